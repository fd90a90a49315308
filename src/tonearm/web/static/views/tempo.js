// The tempo of a model that does not know how sure it is.

/** @import { Child } from "../dom.js" */
/** @import { Track, View } from "./index.js" */
import { tempoIsCertain } from "../certainty.js";
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { clock, count, number } from "../format.js";
import { nothing, value } from "./confidence.js";
import { facts } from "./facts.js";
import { beatLight } from "./light.js";
import { spark } from "./spark.js";

/** The number of beats that each point of the curve covers. */
const SPAN = 8;
/** In bpm: the trackers search up to 210, and set faster beats only if they hear none. */
const FASTEST = 215;
/** Without a confidence they are worth less. */
export const WORTH_OF_BEATS_ALONE = 1;

/** @typedef {{ bpm: number, beat_positions?: number[], confidence?: number }} TempoResult */

/**
 * @param {TempoResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawTempo(result, track) {
  const { bpm, beat_positions: beats = [], confidence } = result;
  if (!bpm || bpm > FASTEST) return nothing("No tempo was found.");
  const certain = tempoIsCertain(result);
  if (beats.length) {
    const worth = confidence === undefined ? WORTH_OF_BEATS_ALONE : 2;
    track.timeline.offerBeats(worth, { beats, downbeats: [], beatsAreCertain: certain });
  }
  return {
    summary: `${number(bpm, 1)} bpm${certain ? "" : ", uncertain"}${beats.length ? `, ${count(beats.length, "beat")}` : ""}`,
    figure: el(
      "div",
      {},
      value("figure", certain, number(bpm, 1), el("span", { class: "unit" }, " bpm"), beatLight(beats, track)),
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
