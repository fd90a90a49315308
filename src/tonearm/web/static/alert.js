// A problem as it is shown: in words, with a way on.

/** @import { Problem } from "./problem.js" */
import { announce, byId, el } from "./dom.js";

let stop = new AbortController();

export function clear() {
  stop.abort();
  byId("problem").replaceChildren();
}

/**
 * `again` is called when the visitor wants to try again; null if that would not help. `about` is the name of the track
 * that it concerns.
 * @param {Problem} problem
 * @param {(() => void) | null} again
 * @param {string} about
 */
export function show(problem, again, about = "") {
  clear();
  stop = new AbortController();
  const wait = el("span", { class: "wait" });
  const retry = again ? el("button", { type: "button", onclick: again }, "Try again") : null;
  byId("problem").replaceChildren(
    el(
      "div",
      { class: "problem", role: "alert" },
      about ? el("p", { class: "soft" }, about) : null,
      el("p", { class: "title" }, problem.message),
      problem.detail ? el("p", {}, problem.detail) : null,
      problem.words ? el("p", {}, problem.words) : null,
    ),
    el("p", { class: "way-on" }, retry, wait),
  );
  byId("problem").scrollIntoView({ block: "nearest" });
  // The element that had the focus is gone from the page.
  if (document.activeElement === document.body) byId("problem").focus({ preventScroll: true });
  if (retry && problem.retryAfter) countDown(problem.retryAfter, retry, wait, stop.signal);
}

/**
 * By the clock, because a tab in the background is called late.
 * @param {number} seconds
 * @param {HTMLButtonElement} retry
 * @param {HTMLElement} wait
 * @param {AbortSignal} signal
 */
function countDown(seconds, retry, wait, signal) {
  const end = Date.now() + 1000 * seconds;
  retry.disabled = true;

  function tick() {
    if (signal.aborted) return;
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      wait.textContent = `in ${left} s`;
      setTimeout(tick, 250);
    } else {
      wait.textContent = "";
      retry.disabled = false;
      announce("You can try again now.");
    }
  }

  tick();
}
