// Many files, a few at a time.

/** As many as keep a server of one's own busy while the next file is on its way, and no more. */
const MOST = 2;

/** @template {{ size: number }} Item with a size in bytes, by which the time left is guessed */
export class Batch {
  #work;
  #told;
  #ending = new AbortController();
  /** @type {Item[]} */
  #waiting = [];
  #running = 0;
  #begun = 0;
  #bytes = { all: 0, done: 0 };
  total = 0;
  done = 0;

  /**
   * @param {(item: Item, signal: AbortSignal) => Promise<void>} work which may not throw
   * @param {() => void} told called when it is further than before, and at the end
   */
  constructor(work, told) {
    this.#work = work;
    this.#told = told;
  }

  get active() {
    return this.#running > 0;
  }

  /** In seconds, by what the files took so far that are done; null until there is one. */
  get left() {
    const { all, done } = this.#bytes;
    return done ? ((performance.now() - this.#begun) / 1000) * (all / done - 1) : null;
  }

  /** @param {Item[]} items */
  add(items) {
    if (!this.active) {
      this.#begun = performance.now();
      this.#bytes = { all: 0, done: 0 };
      [this.total, this.done] = [0, 0];
    }
    this.#waiting.push(...items);
    this.total += items.length;
    this.#bytes.all += items.reduce((sum, { size }) => sum + size, 0);
    while (this.#running < MOST && this.#waiting.length) this.#run();
  }

  /** End what runs and forget what waits. */
  cancel() {
    this.#waiting = [];
    this.#ending.abort();
    this.#ending = new AbortController();
  }

  async #run() {
    this.#running += 1;
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) {
      await this.#work(item, this.#ending.signal);
      this.done += 1;
      this.#bytes.done += item.size;
      if (this.#waiting.length) this.#told();
    }
    this.#running -= 1;
    this.#told();
  }
}
