// The marks of a time axis.

import { svg } from "./dom.js";
import { clock, precise } from "./format.js";

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
const LONGEST_STEP = 3600;
const ROOM = 64;

/**
 * Labels with times between `from` and `to`, in seconds, along `width` pixels, their baseline at `y`.
 * @param {number} from
 * @param {number} to
 * @param {number} width
 * @param {number} y
 */
export function timeAxis(from, to, width, y) {
  const scale = width / (to - from);
  const step = STEPS.find((seconds) => seconds * scale >= ROOM) ?? LONGEST_STEP;
  const labels = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) {
    const time = i * step;
    const x = (time - from) * scale;
    const anchor = x < 14 ? "start" : x > width - 14 ? "end" : "middle";
    labels.push(svg("text", { x, y, "text-anchor": anchor }, step < 1 ? precise(time) : clock(time)));
  }
  return svg("g", { class: "axis" }, labels);
}
