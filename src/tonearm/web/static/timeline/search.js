// Finding a time among many that are in order.

/** @import { Stretch } from "./marks.js" */

/**
 * The first index of which `is` is true; it is true of all that follow. The count if it is never.
 * @param {number} count
 * @param {(index: number) => boolean} is
 */
function first(count, is) {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The index of the first time after another.
 * @param {number[]} times
 * @param {number} time
 */
export function firstAfter(times, time) {
  return first(times.length, (i) => times[i] > time);
}

/**
 * The index of the first stretch that ends after a time.
 * @param {Stretch[]} stretches
 * @param {number} time
 */
export function firstIn(stretches, time) {
  return first(stretches.length, (i) => stretches[i].end > time);
}
