// A light that flashes with the beats while the track plays.

/** @import { Track } from "./index.js" */
import { el } from "../dom.js";
import { calm } from "../motion.js";

const GLOW_SECONDS = 0.12;

/**
 * Null where there is nothing to flash with, or the visitor wants it calm.
 * @param {number[]} beats in seconds
 * @param {Track} track
 */
export function beatLight(beats, { player, signal }) {
  if (calm() || !beats.length) return null;
  const light = el("span", { class: "light", "aria-hidden": "true" });
  player.addEventListener(
    "time",
    () => {
      light.classList.toggle("on", player.playing && sinceBeat(beats, player.time) < GLOW_SECONDS);
    },
    { signal },
  );
  return light;
}

/**
 * Seconds since the last beat before a time.
 * @param {number[]} beats
 * @param {number} time
 */
function sinceBeat(beats, time) {
  let [low, high] = [0, beats.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beats[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low ? time - beats[low - 1] : Infinity;
}
