// How far the crate is: a line of words, a bar, and the button that ends it.

/** @import { Batch } from "./batch.js" */
/** @import { Entry } from "./entry.js" */
import { announce, el } from "../dom.js";
import { clock, count } from "../format.js";

/** Parts of the whole after each of which it is said aloud how far it is, if there are many. */
const PARTS = 4;
const MANY = 20;
const TICK_MS = 1000;

export class CrateProgress {
  #bar = el("progress", { max: 1, value: 0, "aria-label": "Progress of the crate" });
  #words = el("p", { class: "counted" });
  #batch;
  #until = 0;
  #said = 0;
  #timer = 0;

  /**
   * @param {Batch<Entry>} batch
   * @param {() => void} cancel
   */
  constructor(batch, cancel) {
    this.#batch = batch;
    const button = el("button", { type: "button", class: "quiet", onclick: cancel }, "Cancel");
    this.element = el("div", { class: "progress", hidden: true }, this.#words, this.#bar, button);
  }

  begin() {
    this.element.hidden = false;
    this.#said = 0;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#show(), TICK_MS);
    announce(`The crate: analysing ${count(this.#batch.total, "track")}`);
    this.#show();
  }

  /** @param {number} seconds for which the server wants to be left alone */
  busy(seconds) {
    this.#until = Date.now() + 1000 * seconds;
    this.#show();
  }

  /** It is further than before. */
  told() {
    const { done, total, active } = this.#batch;
    this.#show();
    const part = Math.floor((PARTS * done) / total);
    if (active && total >= MANY && part > this.#said && part < PARTS) {
      this.#said = part;
      announce(`${done} of ${count(total, "track")} of the crate`);
    }
  }

  end() {
    clearInterval(this.#timer);
    this.element.hidden = true;
  }

  #show() {
    const { done, total, left } = this.#batch;
    const wait = Math.ceil((this.#until - Date.now()) / 1000);
    const soon = left === null ? "" : `, about ${clock(Math.ceil(left))} left`;
    this.#bar.value = done / total;
    this.#words.textContent =
      wait > 0
        ? `${done} of ${count(total, "track")}. The server is busy and takes more in ${clock(wait)}.`
        : `${done} of ${count(total, "track")}${soon}`;
  }
}
