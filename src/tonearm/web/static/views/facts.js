/** @import { Child } from "../dom.js" */
/** @import { View } from "./index.js" */
import { el } from "../dom.js";

/**
 * Names above values; null is left out.
 * @param {([name: string, ...value: Child[]] | null)[]} entries
 */
export function facts(entries) {
  return el(
    "dl",
    { class: "facts" },
    entries
      .filter((entry) => entry !== null)
      .map(([name, ...value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

/**
 * The view of a model that found nothing.
 * @param {string} words
 * @returns {View}
 */
export function nothing(words) {
  return { summary: "none found", figure: el("p", { class: "soft" }, words) };
}

/** What stands behind a value that is not to be relied upon. */
export function doubt() {
  return el("span", { class: "doubt" }, " uncertain");
}
