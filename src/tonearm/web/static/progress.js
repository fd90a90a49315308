// How far an analysis is: a line of words, a bar, and the button that ends it.

/** @import { Results } from "./results.js" */
import { el } from "./dom.js";
import { bytes, clock, count, number } from "./format.js";

/** Seconds before which nobody knows how long it takes. */
const SOON = 2;

export class Progress {
  #bar = el("progress", { max: 1, value: 0, "aria-label": "Progress of the upload" });
  #words = el("p", { class: "state" });
  #begun = performance.now();
  /** @type {HTMLButtonElement | null} */
  #stop = null;

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
   * It goes on until the visitor has heard enough.
   * @param {() => void} stop
   */
  endless(stop) {
    this.indefinite("Listening …");
    this.#stop = el("button", { type: "button", class: "primary", onclick: stop }, "Stop");
    this.cancel.before(this.#stop);
  }

  /** @param {number} seconds that were listened to so far */
  heard(seconds) {
    if (this.#stop) this.#words.textContent = `Listening: ${clock(seconds)}`;
  }

  /** It was stopped, and the results are on their way. */
  stopped() {
    this.#stop?.remove();
    this.#stop = null;
    this.indefinite("Analysing …");
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
        ? `Sending: ${Math.floor((100 * loaded) / total)} % of ${bytes(total)}${this.#left(loaded, total)}`
        : `Sent ${bytes(total)}. Analysing …`;
    if (loaded === total) this.#bar.removeAttribute("value");
  }

  /**
   * @param {number} loaded
   * @param {number} total
   */
  #left(loaded, total) {
    const seconds = (performance.now() - this.#begun) / 1000;
    if (seconds < SOON || !loaded) return "";
    return `, about ${clock(Math.ceil((seconds * (total - loaded)) / loaded))} left`;
  }

  /** @param {Results} results */
  arrived(results) {
    this.#bar.value = results.arrived / Math.max(1, results.total);
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
    this.#stop?.remove();
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
    const failed = results.failed ? ` and ${count(results.failed, "failure")}` : "";
    const pace = seconds / took >= 2 ? `, ${number(seconds / took)} times as fast as playback` : "";
    return `${count(results.done, "result")}${failed} in ${number(took, 1)} s${pace}.`;
  }
}
