// What is known of the track over time, and what of it is at one moment.

/** @import { Outline } from "./outline.js" */
import { firstAfter, firstIn } from "./search.js";

/** @typedef {{ start: number, end: number }} Stretch in seconds */
/** @typedef {Stretch & { name: string }} Named */
/** @typedef {Stretch & { note: number }} Note with its MIDI number */

/**
 * All in order, in seconds; a duration of 0 is unknown.
 * @typedef {object} Marks
 * @property {Outline | null} waveform
 * @property {number[]} beats
 * @property {number[]} downbeats the beats that begin a bar
 * @property {boolean} beatsAreCertain
 * @property {number[]} onsets
 * @property {Named[]} keys
 * @property {Named[]} sections
 * @property {Named[]} chords with "" for none
 * @property {Note[]} notes
 * @property {Named[]} speech
 * @property {Stretch[]} silences
 * @property {number} duration
 * @property {number} rate samples per second; 0 is unknown
 */

/** @returns {Marks} */
export function nothingYet() {
  return {
    waveform: null,
    beats: [],
    downbeats: [],
    beatsAreCertain: true,
    onsets: [],
    keys: [],
    sections: [],
    chords: [],
    notes: [],
    speech: [],
    silences: [],
    duration: 0,
    rate: 0,
  };
}

/**
 * The last moment that anything is known of, in seconds.
 * @param {Marks} track
 */
export function lastKnown({ duration, waveform, beats, onsets, chords }) {
  return duration || Math.max(waveform?.seconds ?? 0, beats.at(-1) ?? 0, onsets.at(-1) ?? 0, chords.at(-1)?.end ?? 0);
}

/**
 * Bar and beat at a time, counted from 1; the bar is null before the first one, or where bars are unknown.
 * Null before the first beat and after the last one's length.
 * @param {Marks} track
 * @param {number} time
 * @returns {{ bar: number | null, beat: number } | null}
 */
export function beatAt({ beats, downbeats }, time) {
  const beat = firstAfter(beats, time) - 1;
  if (beat < 0) return null;
  if (beat === beats.length - 1 && time - beats[beat] > beats[beat] - (beats[beat - 1] ?? beats[beat])) return null;
  const bar = firstAfter(downbeats, time) - 1;
  if (bar < 0) return { bar: null, beat: beat + 1 };
  return { bar: bar + 1, beat: firstAfter(beats, time) - firstAfter(beats, downbeats[bar]) + 1 };
}

/**
 * @template {Stretch} Kind
 * @param {Kind[]} stretches
 * @param {number} time
 */
export function stretchAt(stretches, time) {
  const found = stretches.at(firstIn(stretches, time));
  return found && found.start <= time && time < found.end ? found : null;
}
