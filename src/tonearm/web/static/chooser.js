// Which models to run, grouped by what they are about.

import { el } from "./dom.js";
import { capital, count } from "./format.js";
import { identity, inPreset, title } from "./models.js";

const GROUPS = ["tempo and rhythm", "key and harmony", "loudness", "sound", "genre and tags", "mood", "embeddings"];

export class Chooser {
  #chosen;
  #cards;
  #summary = el("div", {});
  #find = el("input", {
    id: "find", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "mood, bpm_degara …",
  });
  #nothing = el("p", { class: "soft", hidden: true }, "No model is called so.");
  #groups = [];

  constructor(cards) {
    this.#cards = cards;
    this.#chosen = new Set(cards.filter(inPreset).map(identity));
    this.#groups = grouped(cards).map(([name, members]) => this.#group(name, members));
    this.#find.addEventListener("input", () => this.#filter());
    const here = cards.filter((card) => !card.unavailable).length;
    this.element = el("div", { class: "chooser" },
      this.#summary,
      el("details", { class: "all-models" },
        el("summary", {}, `Choose among ${count(here, "model")}`),
        el("div", { class: "tools" },
          el("label", { for: "find" }, "Find"), this.#find,
          el("button", { type: "button", class: "quiet", onclick: () => this.#reset() }, "Back to the first choice")),
        this.#nothing,
        this.#groups.map(({ element }) => element)));
    this.#tell();
  }

  /** The cards that are chosen. */
  get chosen() {
    return this.#cards.filter((card) => this.#chosen.has(identity(card)));
  }

  #group(name, members) {
    const [first, more] = [[], []];
    for (const card of members) (card.unavailable || card.variant_of ? more : first).push(card);
    more.sort((one, other) => Boolean(one.unavailable) - Boolean(other.unavailable)
      || Boolean(one.variant_of) - Boolean(other.variant_of));
    const items = new Map(members.map((card) => [card, this.#item(card)]));
    const rest = el("details", { class: "more" },
      el("summary", {}, "More: ", el("span", { class: "soft" }, kinds(more))),
      el("ul", {}, more.map((card) => items.get(card))));
    const element = el("fieldset", {},
      el("legend", {}, capital(name)),
      el("ul", {}, first.map((card) => items.get(card))),
      more.length ? rest : null);
    return { element, items, rest };
  }

  #item(card) {
    const id = `model-${identity(card).replace(":", "-")}`;
    return el("li", { class: card.unavailable ? "unavailable" : null },
      el("input", {
        type: "checkbox", id, disabled: Boolean(card.unavailable), checked: this.#chosen.has(identity(card)),
        "aria-describedby": `${id}-says`, "data-model": identity(card),
        onchange: (event) => this.#set(card, event.target.checked),
      }),
      el("div", {},
        el("label", { for: id }, title(card), " ", el("code", {}, identity(card))),
        el("p", { id: `${id}-says`, class: "soft says" },
          card.unavailable ? withCode(`It ${card.unavailable}`) : card.description),
        el("details", { class: "about" },
          el("summary", { "aria-label": `About ${title(card)}` }, "About"),
          el("p", {}, card.description),
          el("p", { class: "soft" }, `${card.citation} Licence: ${card.licence}.`))));
  }

  #set(card, on) {
    if (on) this.#chosen.add(identity(card));
    else this.#chosen.delete(identity(card));
    this.#tell();
  }

  #reset() {
    this.#chosen = new Set(this.#cards.filter(inPreset).map(identity));
    for (const box of this.element.querySelectorAll("input[data-model]")) {
      box.checked = this.#chosen.has(box.dataset.model);
    }
    this.#tell();
  }

  #tell() {
    const titles = this.chosen.map((card) => el("li", {}, title(card)));
    this.#summary.replaceChildren(titles.length
      ? el("ul", { class: "chips", "aria-label": "Chosen models" }, titles)
      : el("p", {}, "No model is chosen."));
  }

  #filter() {
    const wanted = this.#find.value.trim().toLowerCase();
    let found = 0;
    for (const { element, items, rest } of this.#groups) {
      let here = 0;
      for (const [card, item] of items) {
        const text = [card.name, card.title, card.group, ...card.aliases, card.description].join(" ").toLowerCase();
        item.hidden = !text.includes(wanted);
        here += !item.hidden;
      }
      element.hidden = !here;
      rest.open = Boolean(wanted);
      rest.firstElementChild.hidden = Boolean(wanted);
      found += here;
    }
    this.#nothing.hidden = found > 0;
  }
}

/** Groups in our order, those of plugins after them. */
function grouped(cards) {
  const groups = new Map(GROUPS.map((name) => [name, []]));
  for (const card of cards) groups.set(card.group, [...(groups.get(card.group) ?? []), card]);
  return [...groups].filter(([, members]) => members.length);
}

function kinds(cards) {
  const missing = cards.filter((card) => card.unavailable).length;
  const variants = cards.length - missing;
  const words = [variants ? count(variants, "variant") : null, missing ? `${missing} to install` : null];
  return words.filter(Boolean).join(", ");
}

/** `code` as code. */
function withCode(text) {
  return text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));
}
