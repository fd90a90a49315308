// The time line in words.

/** @import { Marked } from "./beat-lane.js" */
/** @import { Marks } from "./marks.js" */
import { clock, count, number } from "../format.js";

/**
 * @param {Marks} track
 * @param {number} duration
 * @param {Marked} marked
 */
export function caption(track, duration, marked) {
  const { waveform, beats, onsets, sections, keys, chords, notes, speech, silences } = track;
  const words = [
    `${waveform ? "Waveform" : "Timeline"} of ${clock(duration)}`,
    waveform ? peak(waveform.peak) : null,
    beats.length ? inBeats(track, marked) : null,
    onsets.length ? count(onsets.length, "onset") : null,
    sections.length ? count(sections.length, "section") : null,
    keys.length ? count(keys.length, "key") : null,
    chords.length ? count(chords.length, "chord") : null,
    notes.length ? count(notes.length, "note") : null,
    speech.length ? `${count(speech.length, "stretch", "stretches")} of speech` : null,
    silences.length ? count(silences.length, "silence") : null,
  ];
  return `${words.filter(Boolean).join(", ")}.`;
}

/**
 * @param {Marks} track
 * @param {Marked} marked
 */
function inBeats({ beats, downbeats, beatsAreCertain }, { every, what }) {
  const bars = downbeats.length ? ` in ${count(downbeats.length, "bar")}` : "";
  const some = what === "beat" && every === 1 ? "" : `, every ${every > 1 ? `${ordinal(every)} ` : ""}${what} marked`;
  return `${count(beats.length, "beat")}${bars}${beatsAreCertain ? "" : ", uncertain"}${some}`;
}

/** @param {number} value */
function peak(value) {
  return value > 0 ? `highest sample ${number(20 * Math.log10(value), 1)} dBFS` : "digital silence";
}

/** @param {number} number a power of two */
function ordinal(number) {
  const [tens, ones] = [number % 100, number % 10];
  return ones === 2 && tens !== 12 ? `${number}nd` : `${number}th`;
}
