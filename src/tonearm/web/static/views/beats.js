// Tempo, beats and bars, and how sure the tempo is.

/** @import { Child } from "../dom.js" */
/** @import { Certainty } from "./confidence.js" */
/** @import { Track, View } from "./index.js" */
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { clock, count, number } from "../format.js";
import { alternatives, because, foundBy, likelihood, nothing, value } from "./confidence.js";
import { facts } from "./facts.js";
import { beatLight } from "./light.js";
import { spark } from "./spark.js";

/** Beats of other models are worth less. */
export const WORTH = 3;
/** Simple ratios of tempi, by what they are called. */
const RATIOS = new Map([
  ["half", 1 / 2],
  ["double", 2],
  ["a third", 1 / 3],
  ["three times", 3],
  ["two thirds", 2 / 3],
  ["three halves", 3 / 2],
  ["three quarters", 3 / 4],
  ["four thirds", 4 / 3],
  ["a quarter", 1 / 4],
  ["four times", 4],
]);
const NEAR = 0.03;

/**
 * @typedef {object} Beats
 * @property {number | null} tempo in bpm
 * @property {number} confidence the probability that the tempo is right
 * @property {{ tempo: number, probability: number }[]} alternatives
 * @property {number[]} beats in seconds
 * @property {number[]} downbeats in seconds
 * @property {number | null} metre beats in a bar
 * @property {{ time: number, tempo: number }[] | null} tempo_curve null where it is constant
 *
 * @typedef {Beats & Certainty} BeatsResult
 */

/**
 * @param {BeatsResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawBeats(result, track) {
  const { tempo, confidence, certainty, reason, beats, downbeats, metre, method } = result;
  const certain = certainty === "certain";
  if (beats.length) track.timeline.offerBeats(WORTH, { beats, downbeats, beatsAreCertain: certain });
  const how = foundBy(method);
  if (certainty === "none" || tempo === null) return nothing("No tempo was found.", reason, how);
  const others = result.alternatives.map((/** @type {{ tempo: number, probability: number }} */ each) => {
    const ratio = named(each.tempo / tempo);
    return /** @type {[string, number]} */ ([
      `${number(each.tempo, 1)} bpm${ratio ? `, ${ratio}` : ""}`,
      each.probability,
    ]);
  });
  const doubts = ["uncertain", reason].filter(Boolean).join(": ");
  return {
    summary: `${number(tempo, 1)} bpm, ${beats.length ? count(beats.length, "beat") : "no beats"}${certain ? "" : `, ${doubts}`}`,
    figure: el(
      "div",
      {},
      value("figure", certain, number(tempo, 1), el("span", { class: "unit" }, " bpm"), beatLight(beats, track)),
      because(reason),
      facts([
        likelihood(confidence),
        metre === null ? null : ["Metre", `${count(metre, "beat")} in a bar`],
        beats.length ? ["Beats", `${number(beats.length)}, ${between(beats)}`] : null,
        downbeats.length ? ["Bars", `${number(downbeats.length)}, ${between(downbeats)}`] : null,
        overTime(result.tempo_curve, certain),
      ]),
      alternatives("Other tempi", others, certain),
      how,
    ),
  };
}

/** @param {number[]} times */
function between(times) {
  return `from ${clock(times[0])} to ${clock(times[times.length - 1])}`;
}

/**
 * @param {BeatsResult["tempo_curve"]} curve
 * @param {boolean} certain
 * @returns {[name: string, ...value: Child[]] | null}
 */
function overTime(curve, certain) {
  const tempi = curve?.map(({ tempo }) => tempo) ?? [];
  if (!tempi.length) return certain ? ["Over time", "constant"] : null;
  const [low, high] = [lowest(tempi, 0, tempi.length), highest(tempi, 0, tempi.length)];
  return ["Over time", `${number(low, 1)} to ${number(high, 1)} bpm`, spark(tempi)];
}

/** @param {number} ratio */
function named(ratio) {
  return [...RATIOS].find(([, simple]) => Math.abs(ratio / simple - 1) <= NEAR)?.[0] ?? null;
}
