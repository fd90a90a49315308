// Loudness in numbers, over time, and against what streaming services aim at.

import { el } from "../dom.js";
import { number } from "../format.js";
import { LoudnessChart } from "./loudness-chart.js";
import { targets } from "./targets.js";

export function drawLoudness(result, track) {
  const told = "integratedLoudness" in result ? first(result) : second(result);
  const { integrated, range, truePeak } = told;
  const curves = told.momentary?.length ? [legend(told), new LoudnessChart(told, track).element] : [];
  return {
    wide: true,
    summary: integrated === null ? "nothing to be heard" : `${number(integrated, 1)} LUFS integrated`,
    figure: el("div", { class: "loudness" },
      el("div", { class: "figures" },
        quantity("Integrated", integrated, "LUFS", told.reasons.integrated_lufs),
        quantity("Range", range, "LU", told.reasons.range_lu),
        truePeak === undefined ? null : quantity("True peak", truePeak, "dBTP", told.reasons.true_peak_dbtp)),
      curves,
      integrated === null ? null : targets(integrated, truePeak)),
  };
}

/** Version 1, in the Essentia API's shape; it says -70 for silence. */
function first(result) {
  return {
    integrated: result.integratedLoudness[0],
    range: result.loudnessRange[0],
    momentary: result.momentaryLoudness[0],
    shortTerm: result.shortTermLoudness[0],
    reasons: {},
  };
}

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

function quantity(name, value, unit, reason) {
  return el("div", {},
    el("h4", {}, name),
    value === null
      ? el("p", { class: "soft" }, `none: ${reason}`)
      : el("p", { class: "figure" }, number(value, 1), el("span", { class: "unit" }, ` ${unit}`)));
}

function legend({ shortTerm }) {
  return el("ul", { class: "legend" },
    el("li", { class: "momentary" }, "Momentary, 400 ms"),
    shortTerm?.length ? el("li", { class: "short-term" }, "Short-term, 3 s") : null,
    el("li", { class: "integrated" }, "Integrated"));
}
