// What one analysis finds: a card for each model, filled when its result arrives.

/** @import { Completed, Failed, Partial, Warning } from "./api.js" */
/** @import { Card } from "./models.js" */
/** @import { Track } from "./views/index.js" */
/** @import { SoFar } from "./views/so-far.js" */
import { announce, el } from "./dom.js";
import { jsonDetails } from "./json.js";
import { identity, title } from "./models.js";
import { paced } from "./pace.js";
import { draw, rank } from "./views/index.js";
import { soFar } from "./views/so-far.js";

/**
 * The card of one model on the page.
 * @typedef {object} Place
 * @property {Card} card
 * @property {boolean} waiting
 * @property {HTMLElement} element
 * @property {SoFar | null} soFar what it tells before its result is there
 * @property {Element | null} told the drawing of that
 * @property {(figure: Element) => void} tell
 * @property {(figure: Element, state: "done" | "failed" | "left") => void} fill
 */

export class Results {
  #track;
  /** @type {Map<string, Place>} by name and version */
  #cards = new Map();
  #grid = el("div", { class: "cards" });
  #drawSoon = paced(() => this.#drawTold());
  /** @type {Set<Place>} those that have told something which is not drawn yet */
  #told = new Set();
  #warnings = el("ul", { class: "warnings", hidden: true });
  done = 0;
  failed = 0;

  /**
   * @param {Card[]} cards
   * @param {Track} track
   */
  constructor(cards, track) {
    this.#track = track;
    for (const card of [...cards].sort((one, other) => rank(one) - rank(other))) this.#place(card);
    this.element = el("div", {}, this.#warnings, track.timeline.bar, track.timeline.element, this.#grid);
  }

  get total() {
    return this.#cards.size;
  }

  get arrived() {
    return this.done + this.failed;
  }

  /** The cards that show a result, and what they are called. */
  get pictures() {
    const done = [...this.#cards.values()].filter(({ element }) => element.matches(".cards > .done"));
    return done.map(({ card, element }) => ({ name: identity(card).replace(":", "-"), title: title(card), element }));
  }

  /**
   * A result, or why a model has none.
   * @param {Completed | Failed} event
   */
  take(event) {
    const { model_name: name, model_version: version } = event.status === "completed" ? event.result : event;
    const place = this.#cards.get(`${name}:${version}`);
    if (!place) return;
    if (event.status === "completed") {
      const { figure, home, summary, wide = false } = draw(place.card, event.result.results, this.#track);
      this.done += 1;
      const json = jsonDetails(event.result, title(place.card));
      if (figure) {
        place.fill(figure, "done");
        place.element.classList.toggle("wide", wide);
        place.element.append(json);
      } else {
        place.waiting = false;
        place.element.remove();
        home.append(json);
      }
      announce(`${title(place.card)}: ${summary}`);
    } else {
      this.failed += 1;
      place.fill(el("p", { class: "failure" }, event.error), "failed");
      announce(`${title(place.card)} failed: ${event.error}`);
    }
  }

  /**
   * What a model knows so far. It is drawn soon: many may come at once.
   * @param {Partial} event
   */
  hear({ result }) {
    const place = this.#cards.get(`${result.model_name}:${result.model_version}`);
    if (!place?.waiting) return;
    place.soFar ??= soFar(place.card, this.#track);
    place.soFar.take(result.results);
    this.#told.add(place);
    this.#drawSoon();
  }

  #drawTold() {
    for (const place of this.#told) {
      const figure = place.waiting && place.soFar?.draw();
      if (figure) place.tell(figure);
    }
    this.#told.clear();
  }

  /**
   * Say what to know of the audio, although it was analysed.
   * @param {Warning[]} warnings
   */
  warn(warnings) {
    this.#warnings.hidden = warnings.length === 0;
    this.#warnings.replaceChildren(...warnings.map((warning) => el("li", {}, warning.message)));
    for (const warning of warnings) announce(warning.message);
  }

  /**
   * Say in every card without a result why it has none; what was told so far stays.
   * @param {string} words
   */
  leave(words) {
    for (const place of this.#cards.values()) {
      if (place.waiting) place.fill(el("div", {}, place.told, el("p", { class: "soft" }, words)), "left");
    }
  }

  /** @param {Card} card */
  #place(card) {
    const body = el("div", { class: "body" }, el("p", { class: "soft" }, "waiting …"));
    /** @type {Place} */
    const place = {
      card,
      waiting: true,
      element: el(
        "article",
        { class: "card waiting", "data-result": identity(card) },
        el("h3", {}, title(card), " ", el("code", {}, identity(card))),
        body,
      ),
      soFar: null,
      told: null,
      tell(figure) {
        place.told = figure;
        place.element.classList.add("telling");
        if (body.firstElementChild !== figure) body.replaceChildren(figure);
      },
      fill(figure, state) {
        place.waiting = false;
        place.element.classList.remove("telling");
        place.element.classList.replace("waiting", state);
        body.replaceChildren(figure);
      },
    };
    this.#cards.set(`${card.name}:${card.version}`, place);
    this.#grid.append(place.element);
  }
}
