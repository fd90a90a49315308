// Loudness in numbers, over time, and beside the targets of streaming services.

/** @import { Curve } from "../columns.js" */
/** @import { Track, View } from "./index.js" */
import { el, svg } from "../dom.js";
import { number } from "../format.js";
import { LoudnessChart } from "./loudness-chart.js";
import { mastering } from "./mastering.js";
import { targets } from "./targets.js";

/** Pixels of a line in the legend. */
const SWATCH = 22;

/**
 * Version 1, in the Essentia API's shape; silence is -70 in it.
 * @typedef {object} FirstResult
 * @property {[number]} integratedLoudness
 * @property {[number]} loudnessRange
 * @property {[Curve]} momentaryLoudness
 * @property {[Curve]} shortTermLoudness
 */

/**
 * Version 2. A value that cannot be measured is null, and `reasons` says why.
 * @typedef {object} SecondResult
 * @property {number | null} integrated_lufs
 * @property {number | null} range_lu
 * @property {number | null} true_peak_dbtp
 * @property {Curve | null} momentary_lufs
 * @property {Curve | null} short_term_lufs
 * @property {Record<string, string>} reasons
 */

/** @typedef {FirstResult | SecondResult} LoudnessResult */

/**
 * Either version.
 * @typedef {object} Loudness
 * @property {number | null} integrated in LUFS
 * @property {number | null} range in LU
 * @property {number | null} [truePeak] in dBTP
 * @property {Curve | null} momentary in LUFS, every 0.1 s
 * @property {Curve | null} shortTerm in LUFS, every 0.1 s
 * @property {Record<string, string>} reasons
 */

/**
 * @param {LoudnessResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawLoudness(result, track) {
  const told = "integratedLoudness" in result ? first(result) : second(result);
  const { integrated, range, truePeak } = told;
  const { momentary, shortTerm } = told;
  const chart = momentary?.length ? new LoudnessChart({ momentary, shortTerm, integrated }, track) : null;
  return {
    wide: true,
    summary: integrated === null ? "no integrated loudness" : `${number(integrated, 1)} LUFS integrated`,
    figure: el(
      "div",
      { class: "loudness" },
      el(
        "div",
        { class: "figures" },
        quantity("Integrated", integrated, "LUFS", told.reasons.integrated_lufs),
        quantity("Range", range, "LU", told.reasons.range_lu),
        truePeak === undefined ? null : quantity("True peak", truePeak, "dBTP", told.reasons.true_peak_dbtp),
      ),
      chart && legend(shortTerm),
      chart?.element,
      integrated === null ? null : targets(integrated, truePeak ?? null, track),
      mastering(told, track),
    ),
  };
}

/**
 * @param {FirstResult} result
 * @returns {Loudness}
 */
function first(result) {
  return {
    integrated: result.integratedLoudness[0],
    range: result.loudnessRange[0],
    momentary: result.momentaryLoudness[0],
    shortTerm: result.shortTermLoudness[0],
    reasons: {},
  };
}

/**
 * @param {SecondResult} result
 * @returns {Loudness}
 */
function second(result) {
  return {
    integrated: result.integrated_lufs,
    range: result.range_lu,
    truePeak: result.true_peak_dbtp,
    momentary: result.momentary_lufs,
    shortTerm: result.short_term_lufs,
    reasons: result.reasons,
  };
}

/**
 * @param {string} name
 * @param {number | null} value
 * @param {string} unit
 * @param {string} [reason]
 */
function quantity(name, value, unit, reason) {
  return el(
    "div",
    {},
    el("h4", {}, name),
    value === null
      ? el("p", { class: "soft" }, `none (${reason})`)
      : el("p", { class: "figure" }, number(value, 1), el("span", { class: "unit" }, ` ${unit}`)),
  );
}

/** @param {Curve | null} shortTerm */
function legend(shortTerm) {
  return el(
    "ul",
    { class: "legend" },
    line("momentary", "Momentary, 400 ms"),
    shortTerm?.length ? line("short-term", "Short-term, 3 s") : null,
    line("integrated", "Integrated"),
  );
}

/**
 * @param {string} name
 * @param {string} words
 */
function line(name, words) {
  const swatch = svg("line", { class: name, x1: 0, x2: SWATCH, y1: 2, y2: 2 });
  return el("li", {}, svg("svg", { width: SWATCH, height: 4, "aria-hidden": "true" }, swatch), words);
}
