// A track as a row of the crate's table.

/** @import { Child } from "../dom.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Told } from "./findings.js" */
import { el } from "../dom.js";
import { clock, number } from "../format.js";
import { camelot, keyName } from "../music.js";
import { mixable } from "./mixing.js";
import { COLUMNS } from "./order.js";

/**
 * What can be done with a row.
 * @typedef {object} Actions
 * @property {(id: string) => void} open
 * @property {(id: string) => void} mix
 * @property {(id: string) => void} retry
 * @property {(id: string) => void} remove
 */

export class Row {
  #actions;
  #entry;
  #mix = el("p", { class: "mix", hidden: true });
  #marked = { words: /** @type {string | null} */ (null), chosen: false };
  #reached = false;
  element = el("tr", { role: "row" });

  /**
   * @param {Entry} entry
   * @param {Actions} actions
   */
  constructor(entry, actions) {
    this.#entry = entry;
    this.#actions = actions;
    this.show(entry);
  }

  /** @param {Entry} entry */
  show(entry) {
    this.#entry = entry;
    const focused = this.element.contains(document.activeElement) && document.activeElement?.className;
    this.element.dataset.track = entry.id;
    this.element.dataset.state = entry.state;
    this.element.replaceChildren(this.#title(), ...this.#cells(), this.#does());
    this.reach(this.#reached);
    if (focused) this.focus(focused);
  }

  /**
   * Say how it mixes with the chosen track: in words, or null if it does not or there is none.
   * @param {string | null} words
   * @param {boolean} chosen whether it is that track itself
   */
  mark(words, chosen) {
    if (words === this.#marked.words && chosen === this.#marked.chosen) return;
    this.#marked = { words, chosen };
    this.element.classList.toggle("mixes", words !== null);
    this.element.classList.toggle("chosen", chosen);
    this.#mix.hidden = words === null;
    this.#mix.textContent = words;
    this.element.querySelector(".find-mixes")?.setAttribute("aria-pressed", String(chosen));
  }

  /**
   * Whether the Tab key comes here. Of hundreds of rows it comes to one, and the arrow keys go on from there.
   * @param {boolean} on
   */
  reach(on) {
    this.#reached = on;
    for (const button of this.element.querySelectorAll("button")) button.tabIndex = on ? 0 : -1;
  }

  /** @param {string} name of the class of a button; the title stands in for one that this row has not */
  focus(name) {
    const buttons = [...this.element.querySelectorAll("button")];
    (buttons.find((button) => button.className === name) ?? buttons[0]).focus();
  }

  #title() {
    const { id, title, path, state } = this.#entry;
    const opens = state === "done";
    const button = el(
      "button",
      { type: "button", class: "open", title: path, "aria-disabled": opens ? null : "true" },
      title,
    );
    if (opens) button.addEventListener("click", () => this.#actions.open(id));
    return el("th", { scope: "row", role: "rowheader" }, button, this.#mix);
  }

  #cells() {
    const { state, findings, error } = this.#entry;
    if (!findings) {
      const words = { waiting: "not analysed yet", running: "analysing …", done: "", failed: error }[state];
      return [el("td", { role: "cell", class: `told ${state}`, "aria-colspan": COLUMNS.length - 1 }, words)];
    }
    const { key, tempo, lufs, peak, seconds, warnings } = findings;
    const code = key?.certainty === "certain" ? camelot(key.value) : null;
    const cells = [
      told(key, keyName),
      code && el("strong", { class: "camelot" }, code),
      told(tempo, (bpm) => number(bpm, 1)),
      lufs === null ? null : number(lufs, 1),
      peak === null ? null : number(peak, 1),
      seconds === null ? null : clock(seconds),
      warnings.join(", ") || null,
    ];
    return cells.map((cell, i) =>
      el("td", { role: "cell", "data-column": COLUMNS[i + 1].name, class: cell === null ? "empty" : null }, cell),
    );
  }

  #does() {
    const { id, title, state } = this.#entry;
    const act = (/** @type {keyof Actions} */ name, /** @type {string} */ look, words = "", label = "") =>
      el(
        "button",
        { type: "button", class: look, "aria-label": `${label} ${title}`, onclick: () => this.#actions[name](id) },
        words,
      );
    const mix = act("mix", "find-mixes", "Mixes", "What mixes with");
    mix.setAttribute("aria-pressed", String(this.element.classList.contains("chosen")));
    return el(
      "td",
      { role: "cell", class: "acts" },
      mixable(this.#entry) ? mix : null,
      state === "failed" ? act("retry", "retry", "Try again", "Analyse again:") : null,
      act("remove", "remove", "×", "Remove"),
    );
  }
}

/**
 * What was found, marked where it is not to be relied upon.
 * @template Value
 * @param {Told<Value> | null} found
 * @param {(value: Value) => string} words
 * @returns {Child}
 */
function told(found, words) {
  if (!found) return null;
  if (found.certainty === "none") return el("span", { class: "soft" }, "none");
  if (found.certainty === "certain") return words(found.value);
  return el("span", { class: "doubtful" }, words(found.value), " ", el("span", { class: "doubt" }, "uncertain"));
}
