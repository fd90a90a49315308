// The loudness that services aim for, and what that would do to this track.

import { el } from "../dom.js";
import { number, signed } from "../format.js";

export const TARGETS = [
  { lufs: -14, who: "most streaming services" },
  { lufs: -16, who: "Apple Music, podcasts" },
  { lufs: -23, who: "broadcasting (EBU R 128)" },
];
/** The highest true peak that EBU R 128 and streaming services allow. */
const HIGHEST_PEAK = -1;

/**
 * @param {number} integrated in LUFS
 * @param {number | null} truePeak in dBTP, if it is known
 */
export function targets(integrated, truePeak) {
  const peaks = truePeak !== null;
  return el(
    "table",
    { class: "targets" },
    el(
      "caption",
      {},
      "What would bring it to a target.",
      peaks ? ` A true peak above ${number(HIGHEST_PEAK)} dBTP may clip once encoded.` : null,
    ),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Target"),
        el("th", { scope: "col" }, "Gain"),
        peaks ? el("th", { scope: "col" }, "True peak then") : null,
      ),
    ),
    el(
      "tbody",
      {},
      TARGETS.map(({ lufs, who }) => {
        const gain = lufs - integrated;
        return el(
          "tr",
          {},
          el("th", { scope: "row" }, `${number(lufs)} LUFS `, el("span", { class: "soft" }, who)),
          el("td", {}, `${signed(gain, 1)} dB`),
          peaks ? el("td", {}, `${signed(truePeak + gain, 1)} dBTP`, warning(truePeak + gain)) : null,
        );
      }),
    ),
  );
}

/** @param {number} peak */
function warning(peak) {
  return peak > HIGHEST_PEAK ? el("span", { class: "warning" }, `above ${number(HIGHEST_PEAK)}`) : null;
}
