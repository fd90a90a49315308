// The crate as this browser keeps it: its rows, and apart from them the events of each analysis, which are many times
// as large and read one by one.

/** @import { StreamEvent } from "../api.js" */
/** @import { Entry } from "./entry.js" */

const [NAME, VERSION] = ["tonearm", 1];
const [ROWS, EVENTS] = ["crate", "events"];

export class Store {
  #base;

  /** @param {IDBDatabase} base */
  constructor(base) {
    this.#base = base;
  }

  /**
   * Throws a DOMException if the browser keeps nothing for this page.
   * @returns {Promise<Store>}
   */
  static async open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS, { keyPath: "id" });
      request.result.createObjectStore(EVENTS);
    };
    return new Store(await answered(request));
  }

  /** All rows, in the order in which they were added. */
  async entries() {
    /** @type {Entry[]} */
    const all = await answered(this.#base.transaction(ROWS).objectStore(ROWS).getAll());
    return all.sort((one, other) => one.place - other.place);
  }

  /**
   * The events of one analysis.
   * @param {string} id
   * @returns {Promise<StreamEvent[]>}
   */
  async events(id) {
    return JSON.parse((await answered(this.#base.transaction(EVENTS).objectStore(EVENTS).get(id))) ?? "[]");
  }

  /**
   * Throws a DOMException if there is no room for it.
   * @param {Entry} entry
   * @param {StreamEvent[]} events
   */
  put(entry, events) {
    return this.#write((rows, all) => {
      rows.put(entry);
      // As text, which takes half of the room that the browser needs for the numbers.
      all.put(JSON.stringify(events), entry.id);
    });
  }

  /** @param {string} id */
  remove(id) {
    return this.#write((rows, all) => {
      rows.delete(id);
      all.delete(id);
    });
  }

  clear() {
    return this.#write((rows, all) => {
      rows.clear();
      all.clear();
    });
  }

  /**
   * @param {(rows: IDBObjectStore, events: IDBObjectStore) => void} change
   * @returns {Promise<void>}
   */
  #write(change) {
    const transaction = this.#base.transaction([ROWS, EVENTS], "readwrite");
    change(transaction.objectStore(ROWS), transaction.objectStore(EVENTS));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/**
 * @template Value
 * @param {IDBRequest<Value>} request
 * @returns {Promise<Value>}
 */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
