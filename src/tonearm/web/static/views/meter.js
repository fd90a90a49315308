import { el } from "../dom.js";

/**
 * A bar for a share from 0 to 1, beside the number that says the same.
 * @param {number} share
 */
export function meter(share) {
  const bar = el("span", { class: "meter", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(Math.min(Math.max(0, share), 1)));
  return bar;
}
