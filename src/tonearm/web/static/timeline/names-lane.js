// Stretches with names, such as chords. A name is written where it fits into its stretch.

/** @import { Named } from "./marks.js" */
/** @import { Scale } from "./scale.js" */
import { svg } from "../dom.js";

/** Its height in pixels. */
export const NAMES = 24;
const PADDING = 10;
const LETTER = 8;
const ROUND = 4;

/**
 * @param {Scale} scale
 * @param {string} kind
 * @param {Named[]} stretches
 * @param {number} y
 */
export function namesLane(scale, kind, stretches, y) {
  const named = stretches.filter(({ name }) => name);
  return svg(
    "g",
    { class: `names ${kind}` },
    scale.seen(named).map(({ name, x, width }) => {
      const fits = width > PADDING + LETTER * name.length;
      return svg(
        "g",
        {},
        svg("rect", { x, y, width: Math.max(0.5, width - 1), height: NAMES - 4, rx: Math.min(ROUND, width / 3) }),
        fits ? svg("text", { x: x + width / 2, y: y + 14.5, "text-anchor": "middle" }, name) : null,
      );
    }),
  );
}
