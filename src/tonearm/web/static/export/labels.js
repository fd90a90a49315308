// Label tracks of Audacity: a line for each label, with its begin and end in seconds and its words, apart by tabs.

/** @import { Marks } from "../timeline/marks.js" */
import { noteName, plain } from "../music.js";
import { beatAt } from "../timeline/marks.js";

const DIGITS = 6;

/** @typedef {{ start: number, end: number, name: string }} Label */

/**
 * The labels of each kind that the track has, by what they are.
 * @param {Readonly<Marks>} track
 * @returns {[kind: string, labels: Label[]][]}
 */
export function labelsOf(track) {
  const { beats, sections, keys, chords, notes, speech, silences, onsets } = track;
  /** @type {[string, Label[]][]} */
  const kinds = [
    ["beats", beats.map((time) => point(time, beatName(track, time)))],
    ["sections", sections],
    ["chords", chords.filter(({ name }) => name)],
    ["keys", keys],
    ["melody", notes.map(({ start, end, note }) => ({ start, end, name: noteName(note) }))],
    ["onsets", onsets.map((time, i) => point(time, String(i + 1)))],
    ["speech", speech],
    ["silence", silences.map(({ start, end }) => ({ start, end, name: "silence" }))],
  ];
  return kinds.filter(([, labels]) => labels.length);
}

/** @param {Label[]} labels */
export function asLabels(labels) {
  return labels
    .map(({ start, end, name }) => `${start.toFixed(DIGITS)}\t${end.toFixed(DIGITS)}\t${plain(name)}\n`)
    .join("");
}

/**
 * @param {number} time
 * @param {string} name
 * @returns {Label}
 */
function point(time, name) {
  return { start: time, end: time, name };
}

/**
 * Bar and beat, such as 12.3.
 * @param {Readonly<Marks>} track
 * @param {number} time
 */
function beatName(track, time) {
  const found = beatAt(track, time);
  return found ? [found.bar, found.beat].filter((each) => each !== null).join(".") : "";
}
