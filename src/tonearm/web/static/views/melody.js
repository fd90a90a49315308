// The melody: its notes on the timeline, and how far they reach.

/** @import { Track, View } from "./index.js" */
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { count, number, percent } from "../format.js";
import { noteName } from "../music.js";
import { nothing } from "./confidence.js";
import { facts } from "./facts.js";
import { melodyNotes, midi } from "./melody-notes.js";

/** @typedef {{ pitch: number[], hop: number, median_pitch: number | null, voiced: number }} MelodyResult in Hz and s */

/**
 * @param {MelodyResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawMelody({ pitch, hop, median_pitch: median, voiced }, { timeline }) {
  const notes = melodyNotes(pitch, hop);
  timeline.show({ notes });
  if (!notes.length || median === null) return nothing("No melody was found.");
  const heights = notes.map(({ note }) => note);
  const range = [lowest(heights, 0, heights.length), highest(heights, 0, heights.length)].map(noteName).join(" to ");
  return {
    summary: `${count(notes.length, "note")}, ${range}`,
    figure: el(
      "div",
      {},
      el("p", { class: "figure" }, number(notes.length), el("span", { class: "unit" }, " notes")),
      el("p", { class: "soft" }, "On the timeline above."),
      facts([
        ["Range", range],
        ["Middle", `${noteName(Math.round(midi(median)))}, ${number(median)} Hz`],
        ["With a melody", `${percent(voiced)} of the track`],
      ]),
    ),
  };
}
