// The marks of a time axis.

import { clock } from "./format.js";
import { svg } from "./dom.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const ROOM = 64;

/** Labels with times between `from` and `to` along `width` pixels, their baseline at `y`. */
export function timeAxis(from, to, width, y) {
  const scale = width / (to - from);
  const step = STEPS.find((seconds) => seconds * scale >= ROOM) ?? STEPS.at(-1);
  const labels = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const x = (time - from) * scale;
    const anchor = x < 14 ? "start" : x > width - 14 ? "end" : "middle";
    labels.push(svg("text", { x, y, "text-anchor": anchor }, clock(time)));
  }
  return svg("g", { class: "axis" }, labels);
}
