// The crate: many tracks in a table that fills row by row. It is kept in this browser and nowhere else.

/** @import { StreamEvent } from "../api.js" */
/** @import { Card } from "../models.js" */
/** @import { Entry, Found } from "./entry.js" */
import { announce, byId } from "../dom.js";
import { clock, count } from "../format.js";
import { spec } from "../models.js";
import { Problem } from "../problem.js";
import { analysed } from "./analysed.js";
import { Batch } from "./batch.js";
import { entry, identity } from "./entry.js";
import { failure, findings } from "./findings.js";
import { CrateProgress } from "./progress.js";
import { Store } from "./store.js";
import { Table } from "./table.js";
import { tools } from "./tools.js";

/** Refusals that every other track would get too. */
const FOR_ALL = [0, 401, 422, 503];
const MOVED = "The file cannot be read any more. If you have changed or moved it, add it again.";

/**
 * What the page does for the crate.
 * @typedef {object} Host
 * @property {() => string} key the API key
 * @property {() => Card[]} models what to ask for
 * @property {(entry: Entry, events: StreamEvent[], file: File | null) => void} open
 * @property {(problem: Problem, again: () => void) => void} broke
 */

export class Crate {
  #host;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Map<string, File>} those chosen since the page was opened */
  #files = new Map();
  /** @type {Map<string, StreamEvent[]>} where there is no store */
  #events = new Map();
  /** @type {Store | null} */
  #store = null;
  #table;
  #batch;
  #progress;
  #tools;
  #ready;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.#table = new Table({
      open: (id) => this.#open(id),
      retry: (id) => this.#retry(id),
      remove: (id) => this.#remove(id),
      mixing: (playing, many) => this.#tools.mixing(playing, many),
    });
    this.#batch = new Batch(
      (/** @type {Entry} */ item, signal) => this.#analyse(item, signal),
      () => this.#told(),
    );
    this.#progress = new CrateProgress(this.#batch, () => this.#cancel());
    this.#tools = tools({
      add: (found) => this.add(found),
      again: (ids) => this.#start(ids),
      clear: () => this.#clear(),
      entries: () => [...this.#entries.values()],
      table: this.#table,
    });
    byId("crate-body").append(this.#tools.element, this.#progress.element, this.#table.element);
    this.#ready = this.#load();
  }

  /**
   * Add tracks and analyse those that are new.
   * @param {Found[]} found
   */
  async add(found) {
    await this.#ready;
    /** @type {[fresh: string[], known: string[]]} */
    const [fresh, known] = [[], []];
    let place = Math.max(0, ...[...this.#entries.values()].map((each) => each.place));
    for (const each of found) {
      const id = identity(each.file);
      this.#files.set(id, each.file);
      const here = this.#entries.get(id);
      if (here?.state === "done") known.push(id);
      else if (here?.state !== "running") fresh.push(id);
      if (!here) this.#entries.set(id, entry(each, ++place));
    }
    this.#tools.known(known);
    document.body.classList.add("working");
    byId("crate").scrollIntoView({ block: "start" });
    this.#start(fresh);
  }

  /**
   * Put the focus on a track.
   * @param {string} id
   */
  goTo(id) {
    this.#table.focus(id);
  }

  async #load() {
    try {
      this.#store = await Store.open();
      for (const each of await this.#store.entries()) this.#entries.set(each.id, each);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#tools.notKept();
    }
    if (this.#entries.size) this.#show([...this.#entries.keys()]);
  }

  /** @param {string[]} ids of tracks whose files are at hand */
  #start(ids) {
    const items = ids.map((id) => this.#entries.get(id)).filter((each) => each !== undefined);
    if (!items.length) return;
    this.#set(items.map((each) => ({ ...each, state: "waiting", findings: null, error: "" })));
    this.#batch.add(items);
    this.#progress.begin();
  }

  /**
   * @param {Entry} item
   * @param {AbortSignal} signal
   */
  async #analyse({ id }, signal) {
    const [item, file] = [this.#entries.get(id), this.#files.get(id)];
    // It may have been removed, or be done by an earlier wish for the same.
    if (item?.state !== "waiting" || !file) return;
    this.#set([{ ...item, state: "running" }]);
    /** @type {StreamEvent[]} */
    let events = [];
    /** @type {Entry} */
    let after = { ...item, state: "failed" };
    try {
      if (!file.size) throw new Problem(400, { detail: "That file is empty." });
      const models = this.#host.models().map(spec).join(",");
      events = await analysed(file, models, this.#host.key(), signal, (seconds) => this.#progress.busy(seconds));
      const found = findings(events);
      after = found ? { ...item, state: "done", findings: found } : { ...after, error: failure(events) };
    } catch (error) {
      if (signal.aborted) after = { ...item, state: "waiting" };
      else if (!(error instanceof Problem)) throw error;
      else if (!(await readable(file))) after.error = MOVED;
      else if (FOR_ALL.includes(error.status)) {
        after = { ...item, state: "waiting" };
        this.#cancel();
        this.#host.broke(error, () => this.#start(this.#rest));
      } else after.error = error.detail || error.message;
    }
    // It may have been removed meanwhile.
    if (!this.#entries.has(id)) return;
    this.#set([after]);
    if (after.state !== "waiting") await this.#keep(after, events);
  }

  /**
   * @param {Entry} item
   * @param {StreamEvent[]} events
   */
  async #keep(item, events) {
    try {
      if (this.#store) await this.#store.put(item, events);
      else this.#events.set(item.id, events);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#events.set(item.id, events);
      this.#tools.notKept();
    }
  }

  /** The tracks that wait although nothing is at work. */
  get #rest() {
    return [...this.#entries.values()].filter(({ state }) => state === "waiting").map(({ id }) => id);
  }

  #told() {
    this.#progress.told();
    if (this.#batch.active) return;
    this.#progress.end();
    const all = [...this.#entries.values()];
    const [failed, rest] = [all.filter(({ state }) => state === "failed").length, this.#rest];
    this.#tools.rest(rest);
    const failures = failed ? `, ${count(failed, "failure")}` : "";
    announce(rest.length ? `The crate: ${count(rest.length, "track")} not analysed` : `The crate is ready${failures}`);
  }

  #cancel() {
    this.#batch.cancel();
  }

  /** @param {Entry[]} entries */
  #set(entries) {
    for (const each of entries) this.#entries.set(each.id, each);
    this.#show(entries.map(({ id }) => id));
  }

  /** @param {string[]} ids of tracks that are new or have changed */
  #show(ids) {
    this.#table.show(ids.flatMap((id) => this.#entries.get(id) ?? []));
    this.#head();
  }

  #head() {
    const all = [...this.#entries.values()];
    const seconds = all.reduce((sum, { findings }) => sum + (findings?.seconds ?? 0), 0);
    byId("crate").hidden = all.length === 0;
    this.#tools.head(`${count(all.length, "track")}${seconds ? `, ${clock(seconds)}` : ""}`);
  }

  /** @param {string} id */
  async #open(id) {
    const item = this.#entries.get(id);
    if (!item) return;
    const events = this.#events.get(id) ?? (await this.#store?.events(id)) ?? [];
    this.#host.open(item, events, this.#files.get(id) ?? null);
  }

  /** @param {string} id */
  #retry(id) {
    if (this.#files.has(id)) this.#start([id]);
    else this.#tools.say("Add the file again: after a reload the page cannot read it by itself.");
  }

  /** @param {string} id */
  async #remove(id) {
    const item = this.#entries.get(id);
    if (!item) return;
    this.#entries.delete(id);
    this.#events.delete(id);
    this.#table.remove(id);
    this.#head();
    announce(`${item.title} removed`);
    await this.#store?.remove(id);
  }

  async #clear() {
    this.#cancel();
    this.#entries.clear();
    this.#events.clear();
    this.#files.clear();
    this.#table.clear();
    this.#head();
    announce("The crate is empty");
    byId("main").focus({ preventScroll: true });
    await this.#store?.clear();
  }
}

/**
 * Whether the browser can still read it.
 * @param {File} file
 */
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
