// How far an analysis is: a line of words, a bar, and the button that ends it.

/** @import { Results } from "./results.js" */
import { el } from "./dom.js";
import { bytes, count, number } from "./format.js";

export class Progress {
  #bar = el("progress", { max: 1, value: 0, "aria-label": "Progress of the upload" });
  #words = el("p", { class: "state" });
  #begun = performance.now();

  /** @param {() => void} cancel */
  constructor(cancel) {
    this.cancel = el("button", { type: "button", class: "quiet", onclick: cancel }, "Cancel");
    this.element = el("div", { class: "progress" }, this.#words, this.#bar, this.cancel);
  }

  /** @param {string} words */
  indefinite(words) {
    this.#bar.removeAttribute("value");
    this.#words.textContent = words;
  }

  /**
   * @param {number} loaded
   * @param {number} total
   */
  sent(loaded, total) {
    if (!total) return;
    this.#bar.value = loaded / total;
    this.#words.textContent =
      loaded < total
        ? `Sending: ${Math.floor((100 * loaded) / total)} % of ${bytes(total)}`
        : `Sent ${bytes(total)}. Analysing …`;
    if (loaded === total) this.#bar.removeAttribute("value");
  }

  /** @param {Results} results */
  arrived(results) {
    this.#bar.value = results.arrived / results.total;
    this.#words.textContent = `${results.arrived} of ${count(results.total, "result")}`;
  }

  /**
   * It is over: show `words`, or else how long it took for `seconds` of sound.
   * @param {string | null} words
   * @param {Results} results
   * @param {number} seconds
   */
  end(words, results, seconds) {
    this.#bar.remove();
    this.cancel.remove();
    this.#words.textContent = words ?? this.#account(results, seconds);
    return this.#words.textContent;
  }

  /**
   * @param {Results} results
   * @param {number} seconds
   */
  #account(results, seconds) {
    const took = (performance.now() - this.#begun) / 1000;
    const failed = results.failed ? `, ${results.failed} failed` : "";
    const pace = seconds / took >= 2 ? `, ${number(seconds / took)} times as fast as it plays` : "";
    return `${count(results.done, "result")}${failed}, after ${number(took, 1)} s${pace}.`;
  }
}
