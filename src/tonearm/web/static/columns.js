// Many values made few enough to draw, keeping the extremes.

/**
 * Values at even steps; null if there is none at a step.
 * @typedef {(number | null)[]} Curve
 */

/**
 * Bounds of `count` even parts of the indices from `begin` to `end`, none of them empty.
 * @param {number} begin
 * @param {number} end
 * @param {number} count
 * @returns {[begin: number, end: number][]}
 */
export function parts(begin, end, count) {
  const few = Math.max(1, Math.min(Math.floor(count), end - begin));
  return Array.from({ length: few }, (_, i) => [
    begin + Math.floor((i * (end - begin)) / few),
    begin + Math.floor(((i + 1) * (end - begin)) / few),
  ]);
}

/**
 * Infinity if there is no value.
 * @param {Curve} values
 * @param {number} begin
 * @param {number} end
 */
export function lowest(values, begin, end) {
  let found = Infinity;
  for (let i = begin; i < end; i++) found = Math.min(found, values[i] ?? Infinity);
  return found;
}

/**
 * -Infinity if there is no value.
 * @param {Curve} values
 * @param {number} begin
 * @param {number} end
 */
export function highest(values, begin, end) {
  let found = -Infinity;
  for (let i = begin; i < end; i++) found = Math.max(found, values[i] ?? -Infinity);
  return found;
}
