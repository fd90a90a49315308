// A melody as notes: where its pitch stays near one semitone.

/** @import { Note } from "../timeline/marks.js" */

const [A4, A4_HZ, OCTAVE] = [69, 440, 12];
/** Semitones from the mean of a note within which the pitch still belongs to it: vibrato is one note. */
const NEAR = 0.6;
/** Seconds: less is on the way from one note to another. */
const SHORTEST = 0.08;
/** Seconds without a pitch that do not end a note. */
const BREATH = 0.05;

/**
 * The MIDI number of a frequency in Hz, with its fraction.
 * @param {number} hertz
 */
export function midi(hertz) {
  return A4 + OCTAVE * Math.log2(hertz / A4_HZ);
}

/**
 * @param {number[]} pitch in Hz; 0 where there is none
 * @param {number} hop seconds between two values
 * @returns {Note[]}
 */
export function melodyNotes(pitch, hop) {
  /** @type {{ first: number, last: number, sum: number, count: number }[]} */
  const runs = [];
  pitch.forEach((hertz, i) => {
    if (hertz <= 0) return;
    const height = midi(hertz);
    const run = runs.at(-1);
    if (run && (i - run.last) * hop <= BREATH + hop && Math.abs(height - run.sum / run.count) <= NEAR) {
      run.last = i;
      run.sum += height;
      run.count += 1;
    } else {
      runs.push({ first: i, last: i, sum: height, count: 1 });
    }
  });
  return runs
    .map(({ first, last, sum, count }) => ({
      start: first * hop,
      end: (last + 1) * hop,
      note: Math.round(sum / count),
    }))
    .filter(({ start, end }) => end - start >= SHORTEST);
}
