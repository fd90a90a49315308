// Server-Sent Events out of a text that grows. EventSource can only GET, so the page reads them itself.

/** @import { StreamEvent } from "./api.js" */

export class EventReader {
  #seen = 0;

  /**
   * The events that have become complete since the last time.
   * @param {string} text
   */
  read(text) {
    /** @type {StreamEvent[]} */
    const events = [];
    for (;;) {
      const end = text.indexOf("\n\n", this.#seen);
      if (end < 0) return events;
      const lines = text.slice(this.#seen, end).split("\n");
      this.#seen = end + 2;
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
      // A comment keeps the connection alive and says nothing.
      if (data.length) events.push(JSON.parse(data.join("\n")));
    }
  }
}
