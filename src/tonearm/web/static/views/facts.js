/** @import { Child } from "../dom.js" */
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
