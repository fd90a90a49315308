// A curve without axes, beside the numbers that give its range.

/** @import { Curve } from "../columns.js" */
import { highest, lowest, parts } from "../columns.js";
import { svg } from "../dom.js";

const WIDTH = 300;
const HEIGHT = 32;

/** @param {Curve} values */
export function spark(values) {
  const [low, high] = [lowest(values, 0, values.length), highest(values, 0, values.length)];
  const y = (/** @type {number} */ value) =>
    (HEIGHT - 2 - ((value - low) / (high - low || 1)) * (HEIGHT - 4)).toFixed(1);
  const points = parts(0, values.length, WIDTH / 2).map(([begin, end], i, all) => {
    const x = ((i / Math.max(1, all.length - 1)) * WIDTH).toFixed(1);
    const [bottom, top] = [lowest(values, begin, end), highest(values, begin, end)];
    return `${i ? "L" : "M"}${x} ${y(top)}${bottom === top ? "" : `V${y(bottom)}`}`;
  });
  return svg(
    "svg",
    {
      class: "spark",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      height: HEIGHT,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    svg("path", { d: points.join("") }),
  );
}
