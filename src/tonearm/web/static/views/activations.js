// What a network says of each class, the likeliest first.

/** @import { Result } from "../api.js" */
/** @import { Content } from "../dom.js" */
/** @import { View } from "./index.js" */
import { el } from "../dom.js";
import { percent } from "../format.js";
import { bar, bars } from "./bars.js";

const MOST = 10;
const SUBGENRE = "---";

/** @typedef {{ activations: Record<string, number> }} Shares by class, from 0 to 1 */

/**
 * Whether a result has shares from 0 to 1; some networks answer in a range of their own.
 * @param {Result} result
 * @returns {result is Shares}
 */
export function hasShares(result) {
  const values = Object.values(result.activations ?? {});
  return values.length > 0 && values.every((value) => typeof value === "number" && value >= 0 && value <= 1);
}

/**
 * @param {Shares} result
 * @returns {View}
 */
export function drawActivations({ activations }) {
  const sorted = Object.entries(activations).sort(([, one], [, other]) => other - one);
  const list = bars(sorted.slice(0, MOST).map(named));
  const all = `Show all ${sorted.length}`;
  const more = el("button", { type: "button", class: "quiet", "aria-expanded": "false", onclick: toggle }, all);

  function toggle() {
    const open = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? `Show the first ${MOST}` : all;
    list.replaceChildren(
      ...sorted
        .slice(0, open ? sorted.length : MOST)
        .map(named)
        .map(([name, share]) => bar(name, share)),
    );
  }

  return {
    summary: sorted
      .slice(0, 2)
      .map(([name, share]) => `${plain(name)} ${percent(share)}`)
      .join(", "),
    figure: el("div", {}, list, sorted.length > MOST ? more : null),
  };
}

/**
 * @param {[name: string, share: number]} entry
 * @returns {[name: Content, share: number]}
 */
function named([name, share]) {
  const [genre, style] = name.split(SUBGENRE);
  return [style === undefined ? plain(name) : [style, el("span", { class: "soft" }, ` ${genre}`)], share];
}

/** @param {string} name */
function plain(name) {
  return name.replace(SUBGENRE, ", ").replaceAll("_", " ");
}
