// The tempo, and a light that flashes with the beats while the track plays.

/** @import { Child } from "../dom.js" */
/** @import { Track, View } from "./index.js" */
import { tempoIsCertain } from "../certainty.js";
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { clock, count, number } from "../format.js";
import { calm } from "../motion.js";
import { doubt, facts, nothing } from "./facts.js";
import { spark } from "./spark.js";

const GLOW_SECONDS = 0.12;
/** The number of beats that each point of the curve covers. */
const SPAN = 8;
/** In bpm: the trackers search up to 210, and set faster beats only if they hear none. */
const FASTEST = 215;

/** @typedef {{ bpm: number, beat_positions?: number[], confidence?: number }} TempoResult */

/**
 * @param {TempoResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawTempo(result, { player, timeline, signal }) {
  const { bpm, beat_positions: beats = [], confidence } = result;
  if (!bpm || bpm > FASTEST) return nothing("No tempo was found.");
  // If two models found beats, those with a confidence are drawn, whichever came first.
  if (beats.length && (confidence !== undefined || !timeline.hasBeats)) timeline.show({ beats });
  const light = calm() || !beats.length ? null : el("span", { class: "light", "aria-hidden": "true" });
  if (light) {
    player.addEventListener(
      "time",
      () => {
        light.classList.toggle("on", player.playing && sinceBeat(beats, player.time) < GLOW_SECONDS);
      },
      { signal },
    );
  }
  const certain = tempoIsCertain(result);
  return {
    summary: `${number(bpm, 1)} bpm${certain ? "" : ", uncertain"}${beats.length ? `, ${count(beats.length, "beat")}` : ""}`,
    figure: el(
      "div",
      {},
      el(
        "p",
        { class: "figure" },
        number(bpm, 1),
        el("span", { class: "unit" }, " bpm"),
        certain ? null : doubt(),
        light,
      ),
      facts([
        beats.length
          ? ["Beats", `${number(beats.length)}, from ${clock(beats[0])} to ${clock(beats[beats.length - 1])}`]
          : null,
        confidence === undefined ? null : ["Confidence", `${number(confidence, 2)} of 5: ${trust(confidence)}`],
        ["Half, double", `${number(bpm / 2, 1)}, ${number(bpm * 2, 1)} bpm`],
        drift(beats),
      ]),
    ),
  };
}

/**
 * How the tempo changes over the track; null if there are too few beats.
 * @param {number[]} beats
 * @returns {[name: string, ...value: Child[]] | null}
 */
function drift(beats) {
  if (beats.length < 2 * SPAN) return null;
  const tempi = beats.slice(SPAN).map((beat, i) => (60 * SPAN) / (beat - beats[i]));
  const [low, high] = [lowest(tempi, 0, tempi.length), highest(tempi, 0, tempi.length)];
  return [`Over ${SPAN} beats`, `${number(low, 1)} to ${number(high, 1)} bpm`, spark(tempi)];
}

/** @param {number} confidence */
function trust(confidence) {
  return confidence > 3.5 ? "high" : confidence > 1.5 ? "good" : "low";
}

/**
 * Seconds since the last beat before a time.
 * @param {number[]} beats
 * @param {number} time
 */
function sinceBeat(beats, time) {
  let [low, high] = [0, beats.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beats[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low ? time - beats[low - 1] : Infinity;
}
