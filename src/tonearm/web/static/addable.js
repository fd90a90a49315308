// What this server could measure too: one card, and not a line for each model that is not installed.

/** @import { Card } from "./models.js" */
import { el } from "./dom.js";
import { count } from "./format.js";

const FIRST = ["genre_discogs400", "mood_happy", "mood_sad", "danceability"];
const FEW = 4;

export class Addable {
  /** @type {Card[]} */
  #cards;
  #command = el("code", { class: "pull" });
  #names = el("p", { class: "soft names" });

  /** @param {Card[]} cards models that are not installed, without variants of others */
  constructor(cards) {
    this.#cards = cards;
    this.element = el(
      "section",
      { class: "addable", "aria-labelledby": "addable", hidden: !cards.length },
      el("h3", { id: "addable" }, "Add moods and genres"),
      el(
        "p",
        {},
        `${count(cards.length, "more model")} can be installed on this server, by whoever runs it: moods, genres, `,
        "instruments, and others. ",
        el("a", { href: "docs/networks" }, "Which there are, and their licences"),
      ),
      el("pre", {}, this.#command),
      el("details", {}, el("summary", {}, "Their names"), this.#names),
    );
    this.find("");
  }

  /**
   * Show those whose name, title or description has these words; returns how many there are.
   * @param {string} wanted in small letters
   */
  find(wanted) {
    const found = this.#cards.filter((card) =>
      [card.name, card.title, card.group, ...card.aliases, card.description].join(" ").toLowerCase().includes(wanted),
    );
    const names = found.map((card) => card.name);
    const liked = wanted ? [] : FIRST.filter((name) => names.includes(name));
    this.#command.textContent = `tonearm models pull ${(liked.length ? liked : names.slice(0, FEW)).join(" ")}`;
    this.#names.textContent = names.join(", ");
    this.element.hidden = !found.length;
    return found.length;
  }
}
