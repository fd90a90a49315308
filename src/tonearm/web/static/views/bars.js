import { el } from "../dom.js";
import { percent } from "../format.js";
import { meter } from "./meter.js";

/** @import { Content } from "../dom.js" */

/**
 * Names with their shares, from 0 to 1, and a bar for each.
 * @param {[name: Content, share: number][]} entries
 */
export function bars(entries) {
  return el(
    "ol",
    { class: "bars" },
    entries.map(([name, share]) => bar(name, share)),
  );
}

/**
 * @param {Content} name
 * @param {number} share
 */
export function bar(name, share) {
  return el(
    "li",
    {},
    el("span", { class: "name" }, name),
    el("span", { class: "value" }, percent(share)),
    meter(share),
  );
}
