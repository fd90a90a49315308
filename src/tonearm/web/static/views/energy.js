// Energy in one number and over time.

/** @import { Curve } from "../columns.js" */
/** @import { Track, View } from "./index.js" */
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { number } from "../format.js";
import { nothing } from "./confidence.js";
import { meter } from "./meter.js";
import { spark } from "./spark.js";

/** @typedef {{ energy: number, curve: number[] }} EnergyResult from 0 to 1, a value each second */

/**
 * @param {EnergyResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawEnergy({ energy, curve }, track) {
  if (!curve.length) return nothing("There is too little sound to have energy.");
  return {
    summary: `${number(energy, 2)} of 1`,
    figure: el(
      "div",
      { class: "energy" },
      el("p", { class: "figure" }, number(energy, 2), el("span", { class: "unit" }, " of 1")),
      meter(energy),
      energyCurve(curve, track),
    ),
  };
}

/**
 * A click seeks.
 * @param {Curve} curve
 * @param {Track} track
 */
export function energyCurve(curve, { timeline }) {
  const [low, high] = [lowest(curve, 0, curve.length), highest(curve, 0, curve.length)];
  const timeAt = (/** @type {PointerEvent | MouseEvent} */ { clientX }) => {
    const { left, width } = drawn.getBoundingClientRect();
    return ((clientX - left) / width) * curve.length;
  };
  const drawn = el("div", { class: "energy-curve" }, spark(curve));
  drawn.addEventListener("click", (event) => timeline.seek(timeAt(event)));
  drawn.addEventListener("pointermove", (event) => timeline.point(timeAt(event)));
  drawn.addEventListener("pointerleave", () => timeline.point(null));
  return el("div", {}, drawn, el("p", { class: "soft" }, `From ${number(low, 2)} to ${number(high, 2)} over time.`));
}
