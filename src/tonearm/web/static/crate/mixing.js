// Which tracks mix with which: by key, on the Camelot wheel, and by tempo.

/** @import { Entry } from "./entry.js" */
import { signed } from "../format.js";
import { camelot, neighbours } from "../music.js";

/** How far the pitch fader of a turntable usually goes, as a share of the tempo. */
const FADER = 0.06;
/** @type {[factor: number, words: string][]} */
const COUNTED = [
  [1, ""],
  [2, ", counted double"],
  [0.5, ", counted half"],
];

/**
 * The key and tempo of a track that can be relied upon, or null: there is no advice on mixing by what may be wrong.
 * @param {Entry} entry
 */
export function mixable({ findings }) {
  const [key, tempo] = [findings?.key, findings?.tempo];
  return key?.certainty === "certain" && tempo?.certainty === "certain" ? { key: key.value, bpm: tempo.value } : null;
}

/**
 * How `other` goes with a track that is playing, such as "8A to 9A, +2.1 %", which is how much faster it has to be
 * played; null if it does not.
 * @param {Entry} playing
 * @param {Entry} other
 */
export function mixes(playing, other) {
  const [from, to] = [mixable(playing), mixable(other)];
  if (!from || !to) return null;
  const codes = [from.key, ...neighbours(from.key)].map(camelot);
  if (!codes.includes(camelot(to.key))) return null;
  for (const [factor, counted] of COUNTED) {
    const change = from.bpm / (factor * to.bpm) - 1;
    if (Math.abs(change) > FADER) continue;
    return `${codes[0]} to ${camelot(to.key)}, ${signed(100 * change, 1)} %${counted}`;
  }
  return null;
}
