// The loudness that services aim for, and what that would do to this track.

/** @import { Track } from "./index.js" */
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
 * @param {Track} track
 */
export function targets(integrated, truePeak, track) {
  const peaks = truePeak !== null;
  return el(
    "table",
    { class: "targets" },
    el(
      "caption",
      {},
      "Gain needed to reach each target.",
      peaks ? ` A true peak above ${number(HIGHEST_PEAK)} dBTP may clip after encoding.` : null,
    ),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Target"),
        el("th", { scope: "col" }, "Gain"),
        peaks ? el("th", { scope: "col" }, "Resulting true peak") : null,
        el("td", {}),
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
          el("td", {}, preview(gain, lufs, track)),
        );
      }),
    ),
  );
}

/**
 * Plays the track as loud as the target wants it.
 * @param {number} gain in dB
 * @param {number} lufs
 * @param {Track} track
 */
function preview(gain, lufs, { player, signal }) {
  const words = `Hear it at ${number(lufs)} LUFS`;
  const button = el("button", { type: "button", class: "quiet hear", "aria-label": words, onclick: hear }, "Hear it");
  const show = () => {
    button.hidden = !player.playable;
    button.setAttribute("aria-pressed", String(player.gain === gain));
  };
  show();
  player.addEventListener("state", show, { signal });

  function hear() {
    player.amplify(player.gain === gain ? 0 : gain);
    player.play();
  }

  return button;
}

/** @param {number} peak */
function warning(peak) {
  return peak > HIGHEST_PEAK ? el("span", { class: "warning" }, `above ${number(HIGHEST_PEAK)}`) : null;
}
