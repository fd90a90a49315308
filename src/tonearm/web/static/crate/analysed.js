// The analysis of one file of many: all of its events, when there are all.

/** @import { StreamEvent } from "../api.js" */
import { post } from "../api.js";
import { pause } from "../pause.js";
import { Problem } from "../problem.js";

/** Seconds until the next attempt at a busy server that does not say. */
const PATIENCE = 5;

/**
 * The events of a file's analysis. `busy` is told for how many seconds the server wants to be left alone, which is
 * waited for. Throws a Problem, and what the signal is aborted with.
 * @param {File} file
 * @param {string} models
 * @param {string} key
 * @param {AbortSignal} signal
 * @param {(seconds: number) => void} busy
 */
export async function analysed(file, models, key, signal, busy) {
  for (;;) {
    try {
      return await once(file, models, key, signal);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 429) throw problem;
      const seconds = problem.retryAfter ?? PATIENCE;
      busy(seconds);
      await pause(1000 * seconds, signal);
    }
  }
}

/**
 * @param {File} file
 * @param {string} models
 * @param {string} key
 * @param {AbortSignal} signal
 * @returns {Promise<StreamEvent[]>}
 */
function once(file, models, key, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    /** @type {StreamEvent[]} */
    const events = [];
    const cancel = post({ name: file.name, blob: file }, models, key, {
      sent() {},
      event: (event) => events.push(event),
      done: () => resolve(events),
      failed: reject,
      lost: () => reject(new Problem(0)),
    });
    signal.addEventListener("abort", () => {
      cancel();
      reject(signal.reason);
    });
  });
}
