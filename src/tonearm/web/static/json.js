// JSON for people: indented, with each list of numbers on one line.

import { el } from "./dom.js";

/** @param {unknown} value */
export function pretty(value) {
  return JSON.stringify(value, null, 2).replace(/\[[^[\]{}"]*\]/g, (list) => list.replace(/\s+/g, " "));
}

/**
 * Written only when it is opened: a curve may have 100,000 values.
 * @param {unknown} value
 * @param {string} about
 */
export function jsonDetails(value, about) {
  const text = el("pre", { tabindex: 0, "aria-label": `JSON of ${about}` });
  const details = el("details", { class: "json" }, el("summary", { "aria-label": `JSON of ${about}` }, "JSON"), text);
  details.addEventListener("toggle", () => {
    if (details.open && !text.textContent) text.textContent = pretty(value);
  });
  return details;
}
