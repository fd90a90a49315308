// How far the peaks of a track are above its loudness.

/** @import { Curve } from "../columns.js" */
/** @import { Outline } from "../timeline/outline.js" */

/** Of the short-term loudness: a value every 0.1 s, each of 3 s. */
const [STEP, LENGTH] = [0.1, 3];
/** Values of a second. */
const SECOND = 10;
/** LU below the track's loudness from which on a moment is a pause, as in EBU Tech 3342. */
const PAUSE = 20;

/**
 * The lowest peak to short-term loudness ratio: of any 3 s, how far its highest sample is above its loudness. Null if
 * nothing is loud enough.
 * @param {Curve} shortTerm in LUFS
 * @param {number} integrated in LUFS
 * @param {Outline} waveform
 * @returns {{ ratio: number, time: number } | null} in dB and seconds
 */
export function lowestRatio(shortTerm, integrated, waveform) {
  /** @type {{ ratio: number, time: number } | null} */
  let found = null;
  for (let i = 0; i < shortTerm.length; i += SECOND) {
    const loudness = shortTerm[i];
    if (loudness === null || loudness < integrated - PAUSE) continue;
    const time = i * STEP;
    const ratio = waveform.level(time, time + LENGTH) - loudness;
    if (ratio < (found?.ratio ?? Infinity)) found = { ratio, time };
  }
  return found;
}
