// The melody as a piano roll: a bar for each note, the higher the note the higher the bar.

/** @import { Note } from "./marks.js" */
/** @import { Scale } from "./scale.js" */
import { highest, lowest } from "../columns.js";
import { svg } from "../dom.js";
import { noteName } from "../music.js";

/** Its height in pixels. */
export const NOTES = 64;
/** Semitones that the lane has at least, so that two notes a step apart look like a step. */
const FEWEST = 12;
/** Semitones of an octave, which has a line. */
const OCTAVE = 12;
const PADDING = 6;
const LETTER = 6.5;
const TALL = 11;

/**
 * @param {Scale} scale
 * @param {Note[]} notes
 * @param {number} y
 */
export function notesLane(scale, notes, y) {
  const pitches = notes.map(({ note }) => note);
  const [low, high] = [lowest(pitches, 0, pitches.length), highest(pitches, 0, pitches.length)];
  const rows = Math.max(FEWEST, high - low + 1);
  const row = NOTES / rows;
  const bottom = low - Math.floor((rows - (high - low + 1)) / 2);
  const height = Math.max(2, row - 0.5);
  const place = (/** @type {number} */ note) => y + NOTES - (note - bottom + 1) * row;
  const octaves = [];
  for (let c = Math.ceil(bottom / OCTAVE) * OCTAVE; c < bottom + rows; c += OCTAVE) {
    octaves.push(svg("line", { x1: 0, x2: scale.width, y1: place(c) + row, y2: place(c) + row }));
  }
  return svg(
    "g",
    { class: "notes" },
    svg("g", { class: "octaves" }, octaves),
    scale.seen(notes).map(({ note, x, width }) => {
      const name = noteName(note);
      const named = width > PADDING + LETTER * name.length;
      const top = place(note);
      return svg(
        "g",
        {},
        svg("rect", { x, y: top, width: Math.max(1, width - 0.5), height, rx: Math.min(2, height / 3) }),
        named ? svg("text", { x: x + width / 2, y: top > y + TALL ? top - 2 : top + height + TALL - 2 }, name) : null,
      );
    }),
  );
}
