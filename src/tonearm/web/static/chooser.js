// Which models to run, grouped by what they are about.

/** @import { Card } from "./models.js" */
import { Addable } from "./addable.js";
import { el } from "./dom.js";
import { capital, count } from "./format.js";
import { identity, inPreset, title } from "./models.js";

const GROUPS = [
  "tempo and rhythm",
  "key and harmony",
  "loudness",
  "sound",
  "genre and tags",
  "mood",
  "embeddings",
  "file",
];

/**
 * Some models on the page; `rest` folds away the variants of others.
 * @typedef {object} Group
 * @property {HTMLElement} element
 * @property {{ card: Card, element: HTMLElement, box: HTMLInputElement }[]} items
 * @property {HTMLDetailsElement} rest
 * @property {HTMLElement} summary
 */

export class Chooser {
  /** @type {Set<string>} */
  #chosen;
  #cards;
  #summary = el("div", {});
  #find = el("input", {
    id: "find",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "mood, bpm_degara …",
  });
  #nothing = el("p", { class: "soft", hidden: true }, "No matching model.");
  /** @type {Group[]} */
  #groups = [];
  #addable;

  /** @param {Card[]} cards */
  constructor(cards) {
    this.#cards = cards;
    this.#chosen = new Set(cards.filter(inPreset).map(identity));
    const able = cards.filter((card) => !card.unavailable);
    this.#groups = grouped(able).map(([name, members]) => this.#group(name, members));
    this.#addable = new Addable(cards.filter((card) => card.unavailable && !card.variant_of));
    this.#find.addEventListener("input", () => this.#filter());
    this.element = el(
      "div",
      { class: "chooser" },
      this.#summary,
      el(
        "details",
        { class: "all-models" },
        el("summary", {}, `Choose from ${count(able.length, "model")}`),
        el(
          "div",
          { class: "tools" },
          el("label", { for: "find" }, "Find"),
          this.#find,
          el("button", { type: "button", class: "quiet", onclick: () => this.#reset() }, "Reset to defaults"),
        ),
        this.#nothing,
        this.#groups.map(({ element }) => element),
        this.#addable.element,
      ),
    );
    this.#tell();
  }

  /** The cards that are chosen. */
  get chosen() {
    return this.#cards.filter((card) => this.#chosen.has(identity(card)));
  }

  /**
   * Choose these and no other. Returns those that cannot be chosen here.
   * @param {string[]} names
   */
  choose(names) {
    const able = this.#cards.filter((card) => !card.unavailable).map(identity);
    this.#mark(names.filter((name) => able.includes(name)));
    return names.filter((name) => !able.includes(name));
  }

  /**
   * @param {string} name
   * @param {Card[]} members
   * @returns {Group}
   */
  #group(name, members) {
    const items = members.map((card) => this.#item(card));
    const first = items.filter(({ card }) => !card.variant_of);
    const more = items.filter(({ card }) => card.variant_of);
    const summary = el("summary", {}, "More: ", el("span", { class: "soft" }, count(more.length, "variant")));
    const rest = el(
      "details",
      { class: "more" },
      summary,
      el(
        "ul",
        {},
        more.map(({ element }) => element),
      ),
    );
    const element = el(
      "fieldset",
      {},
      el("legend", {}, capital(name)),
      el(
        "ul",
        {},
        first.map(({ element }) => element),
      ),
      more.length ? rest : null,
    );
    return { element, items, rest, summary };
  }

  /** @param {Card} card */
  #item(card) {
    const id = `model-${identity(card).replace(":", "-")}`;
    const box = el("input", {
      type: "checkbox",
      id,
      checked: this.#chosen.has(identity(card)),
      "aria-describedby": `${id}-says`,
      "data-model": identity(card),
      onchange: () => this.#set(card, box.checked),
    });
    const element = el(
      "li",
      {},
      box,
      el(
        "div",
        {},
        el("label", { for: id }, title(card), " ", el("code", {}, identity(card))),
        el("p", { id: `${id}-says`, class: "soft says" }, card.description),
        el(
          "details",
          { class: "about" },
          el("summary", { "aria-label": `About ${title(card)}` }, "About"),
          el("p", {}, card.description),
          el("p", { class: "soft" }, `${card.citation} Licence: ${card.licence}.`),
        ),
      ),
    );
    return { card, element, box };
  }

  /**
   * @param {Card} card
   * @param {boolean} on
   */
  #set(card, on) {
    if (on) this.#chosen.add(identity(card));
    else this.#chosen.delete(identity(card));
    this.#tell();
  }

  #reset() {
    this.#mark(this.#cards.filter(inPreset).map(identity));
  }

  /** @param {string[]} names */
  #mark(names) {
    this.#chosen = new Set(names);
    for (const { items } of this.#groups) {
      for (const { card, box } of items) box.checked = this.#chosen.has(identity(card));
    }
    this.#tell();
  }

  #tell() {
    const titles = this.chosen.map((card) => el("li", {}, title(card)));
    this.#summary.replaceChildren(
      titles.length
        ? el("ul", { class: "chips", "aria-label": "Selected models" }, titles)
        : el("p", {}, "No model is selected."),
    );
  }

  #filter() {
    const wanted = this.#find.value.trim().toLowerCase();
    let found = 0;
    for (const { element, items, rest, summary } of this.#groups) {
      let here = 0;
      for (const { card, element } of items) {
        const text = [card.name, card.title, card.group, ...card.aliases, card.description].join(" ").toLowerCase();
        element.hidden = !text.includes(wanted);
        if (!element.hidden) here += 1;
      }
      element.hidden = !here;
      rest.open = Boolean(wanted);
      summary.hidden = Boolean(wanted);
      found += here;
    }
    found += this.#addable.find(wanted);
    this.#nothing.hidden = found > 0;
  }
}

/**
 * Groups in our order, those of plugins after them.
 * @param {Card[]} cards
 */
function grouped(cards) {
  /** @type {Map<string, Card[]>} */
  const groups = new Map(GROUPS.map((name) => [name, []]));
  for (const card of cards) groups.set(card.group, [...(groups.get(card.group) ?? []), card]);
  return [...groups].filter(([, members]) => members.length);
}
