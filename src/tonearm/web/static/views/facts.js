import { el } from "../dom.js";

/** Names above values, those that are null left out. */
export function facts(entries) {
  return el("dl", { class: "facts" }, entries.filter(Boolean).map(([name, ...value]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/** What a model found where it found nothing. */
export function nothing(words) {
  return { summary: "none found", figure: el("p", { class: "soft" }, words) };
}
