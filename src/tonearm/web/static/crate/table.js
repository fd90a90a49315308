// The table of the crate: sorted by a column, filtered by words and by what mixes, walked through with the arrow keys.

/** @import { Entry } from "./entry.js" */
/** @import { Column } from "./order.js" */
/** @import { Actions } from "./row.js" */
import { announce, el } from "../dom.js";
import { count } from "../format.js";
import { mixes } from "./mixing.js";
import { COLUMNS, matches, sorted } from "./order.js";
import { Row } from "./row.js";

/** How far the focus goes for a key. */
const STEPS = new Map([
  ["ArrowDown", 1],
  ["ArrowUp", -1],
  ["PageDown", 10],
  ["PageUp", -10],
  ["Home", -Infinity],
  ["End", Infinity],
]);

export class Table {
  #actions;
  /** @type {Map<string, { entry: Entry, row: Row }>} */
  #all = new Map();
  /** @type {Column | null} */
  #column = null;
  #down = false;
  #words = "";
  #onlyMixes = false;
  /** @type {Entry | null} */
  #playing = null;
  #current = "";
  #due = false;
  #headings;
  #body = el("tbody", { role: "rowgroup" });
  #nothing = el("p", { class: "soft nothing", hidden: true }, "No matching track.");

  /** @param {Pick<Actions, "open" | "retry" | "remove"> & { mixing: (playing: Entry | null, many: number) => void }} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#headings = COLUMNS.map((column) => this.#heading(column));
    this.#body.addEventListener("keydown", (event) => this.#key(event));
    this.#body.addEventListener("focusin", ({ target }) => {
      if (target instanceof Element) this.#reach(target.closest("tr")?.dataset.track ?? "");
    });
    this.#body.addEventListener("click", ({ target }) => {
      // A row is as good as its title, which is the button for those who do not point.
      if (!(target instanceof Element) || target.closest("button") || getSelection()?.toString()) return;
      target.closest("tr")?.querySelector("button")?.click();
    });
    const head = el("tr", { role: "row" }, this.#headings, el("th", { role: "columnheader", class: "acts" }));
    this.element = el(
      "div",
      { class: "scrolling listing" },
      el(
        "table",
        { role: "table", "aria-labelledby": "crate-title", "aria-describedby": "crate-keys" },
        el("thead", { role: "rowgroup" }, head),
        this.#body,
      ),
      this.#nothing,
      el(
        "p",
        { id: "crate-keys", class: "unseen" },
        "The arrow keys go from track to track, Enter opens one, Delete removes it.",
      ),
    );
  }

  /** @param {Entry[]} entries each new, or in place of what was there of it */
  show(entries) {
    for (const entry of entries) {
      const known = this.#all.get(entry.id);
      if (known) {
        known.entry = entry;
        known.row.show(entry);
      } else {
        const row = new Row(entry, { ...this.#actions, mix: (id) => this.#mix(id) });
        this.#all.set(entry.id, { entry, row });
        row.reach(false);
      }
    }
    this.#arrangeSoon();
  }

  /** @param {string} id */
  remove(id) {
    const [shown, at] = [this.#shown, this.#shown.findIndex((each) => each.id === id)];
    const next = shown[at + 1] ?? shown[at - 1];
    const focused = this.#all.get(id)?.row.element.contains(document.activeElement);
    this.#all.delete(id);
    if (this.#playing?.id === id) this.forgetMixes();
    this.#arrange();
    if (focused && next) this.focus(next.id);
  }

  clear() {
    this.#all.clear();
    this.forgetMixes();
    this.#arrange();
  }

  /** @param {string} words */
  filter(words) {
    this.#words = words;
    this.#arrange();
  }

  /** @param {boolean} on whether only those tracks are shown that mix with the chosen one */
  showOnlyMixes(on) {
    this.#onlyMixes = on;
    this.#arrange();
  }

  forgetMixes() {
    this.#playing = null;
    this.#onlyMixes = false;
    this.#arrange();
    this.#actions.mixing(null, 0);
  }

  /**
   * Put the focus on a track.
   * @param {string} id
   */
  focus(id) {
    const row = this.#all.get(id)?.row;
    row?.focus("open");
    row?.element.scrollIntoView({ block: "nearest" });
  }

  get #entries() {
    return [...this.#all.values()].map(({ entry }) => entry);
  }

  get #shown() {
    const found = this.#entries.filter(
      (entry) =>
        matches(entry, this.#words) && (!this.#onlyMixes || this.#fits(entry) !== null || this.#isPlaying(entry)),
    );
    return sorted(found, this.#column, this.#down);
  }

  /** @param {Entry} entry */
  #fits(entry) {
    return this.#playing && !this.#isPlaying(entry) ? mixes(this.#playing, entry) : null;
  }

  /** @param {Entry} entry */
  #isPlaying(entry) {
    return entry.id === this.#playing?.id;
  }

  /** With the next frame: several rows may fill between two. */
  #arrangeSoon() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => this.#arrange());
  }

  #arrange() {
    this.#due = false;
    for (const { entry, row } of this.#all.values()) row.mark(this.#fits(entry), this.#isPlaying(entry));
    const shown = this.#shown;
    const rows = shown.map(({ id }) => /** @type {{ row: Row }} */ (this.#all.get(id)).row.element);
    const stays = rows.length === this.#body.children.length && rows.every((row, i) => row === this.#body.children[i]);
    if (!stays) {
      // An element that is moved loses the focus.
      const focused = document.activeElement;
      this.#body.replaceChildren(...rows);
      if (focused instanceof HTMLElement && this.#body.contains(focused)) focused.focus({ preventScroll: true });
    }
    if (shown.length && !shown.some(({ id }) => id === this.#current)) this.#reach(shown[0].id);
    this.#nothing.hidden = shown.length > 0 || this.#all.size === 0;
  }

  /** @param {string} id */
  #reach(id) {
    this.#all.get(this.#current)?.row.reach(false);
    this.#current = id;
    this.#all.get(id)?.row.reach(true);
  }

  /** @param {string} id */
  #mix(id) {
    const entry = this.#all.get(id)?.entry ?? null;
    if (!entry || this.#isPlaying(entry)) {
      this.forgetMixes();
      return;
    }
    this.#playing = entry;
    this.#arrange();
    const many = this.#entries.filter((each) => this.#fits(each) !== null).length;
    this.#actions.mixing(entry, many);
    announce(`${count(many, "track")} ${many === 1 ? "mixes" : "mix"} with ${entry.title}`);
  }

  /** @param {Column} column */
  #heading(column) {
    const unit = column.unit ? el("span", { class: "unit" }, ` ${column.unit}`) : null;
    const button = el(
      "button",
      { type: "button", class: "sort", onclick: () => this.#sort(column) },
      column.name,
      unit,
    );
    return el("th", { scope: "col", role: "columnheader", "data-column": column.name }, button);
  }

  /**
   * Up, then down, then as they were added.
   * @param {Column} column
   */
  #sort(column) {
    if (this.#column !== column) [this.#column, this.#down] = [column, false];
    else if (!this.#down) this.#down = true;
    else [this.#column, this.#down] = [null, false];
    COLUMNS.forEach((each, i) => {
      const direction = this.#down ? "descending" : "ascending";
      if (each === this.#column) this.#headings[i].setAttribute("aria-sort", direction);
      else this.#headings[i].removeAttribute("aria-sort");
    });
    this.#arrange();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [step, focused] = [STEPS.get(event.key), document.activeElement];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step !== undefined) {
      const shown = this.#shown;
      const at = shown.findIndex(({ id }) => id === this.#current) + step;
      const { id } = shown[Math.max(0, Math.min(shown.length - 1, at))];
      this.#all.get(id)?.row.focus(focused?.className ?? "open");
    } else if (event.key === "Delete") {
      this.#actions.remove(this.#current);
    } else {
      return;
    }
    event.preventDefault();
  }
}
