// JSON to be read: indented, but a list of numbers on as few lines as it needs.

import { el } from "./dom.js";

function pretty(value) {
  return JSON.stringify(value, null, 2).replace(/\[[^[\]{}"]*\]/g, (list) => list.replace(/\s+/g, " "));
}

/** Written only when it is opened: a curve may have 100,000 values. */
export function jsonDetails(value, about) {
  const text = el("pre", { tabindex: 0, "aria-label": `JSON of ${about}` });
  const details = el("details", { class: "json" }, el("summary", { "aria-label": `JSON of ${about}` }, "JSON"), text);
  details.addEventListener("toggle", () => {
    if (details.open && !text.textContent) text.textContent = pretty(value);
  });
  return details;
}
