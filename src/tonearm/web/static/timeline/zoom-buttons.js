// The buttons that zoom.

import { el } from "../dom.js";

/**
 * @typedef {object} Zoom
 * @property {() => void} closer
 * @property {() => void} farther
 * @property {() => void} all
 */

export class ZoomButtons {
  #closer;
  #farther;
  #all;

  /** @param {Zoom} zoom */
  constructor({ closer, farther, all }) {
    const button = (/** @type {string} */ label, /** @type {string} */ text, /** @type {() => void} */ act) =>
      el("button", { type: "button", class: "quiet", "aria-label": label, title: label, onclick: act }, text);
    this.#farther = button("Zoom out", "−", farther);
    this.#closer = button("Zoom in", "+", closer);
    this.#all = button("Show the whole track", "All", all);
    this.element = el(
      "div",
      { class: "zoom", role: "group", "aria-label": "Zoom" },
      this.#farther,
      this.#closer,
      this.#all,
    );
  }

  /**
   * Not disabled, which would take the focus away from who presses them.
   * @param {{ whole: boolean, closest: boolean }} state
   */
  show({ whole, closest }) {
    this.#closer.setAttribute("aria-disabled", String(closest));
    for (const button of [this.#farther, this.#all]) button.setAttribute("aria-disabled", String(whole));
  }
}
