// The outline of the sound as bars, and once more in another colour for what has been played.

/** @import { Outline } from "./outline.js" */
/** @import { Scale } from "./scale.js" */
import { svg } from "../dom.js";

/** Pixels from one bar to the next, unless there are fewer points. */
const BAR = 3;
const THINNEST = 2;
/** Full scale is not less than that, so that near silence does not look loud. */
const QUIETEST = 0.02;

/**
 * @param {Scale} scale
 * @param {Outline | null} outline
 * @param {number} height
 * @param {string} id of the strip, whose clip path covers what has been played
 */
export function waveform(scale, outline, height, id) {
  const middle = height / 2;
  if (!outline?.points) return [svg("line", { class: "flat", x1: 0, x2: scale.width, y1: middle, y2: middle })];
  const loud = (middle - 2) / Math.max(QUIETEST, outline.peak);
  const y = (/** @type {number} */ value) => (middle - value * loud).toFixed(1);
  const { peaks, levels, apart } = bars(scale, outline, y);
  const thick = Math.max(THINNEST, (2 * apart) / 3).toFixed(1);
  const drawn = svg(
    "g",
    { id: `${id}-wave`, "stroke-width": thick },
    svg("path", { class: "peaks", d: peaks }),
    svg("path", { class: "rms", d: levels }),
  );
  return [
    svg("g", { class: "wave" }, drawn),
    svg("g", { class: "wave played", "clip-path": `url(#${id}-played)` }, svg("use", { href: `#${id}-wave` })),
  ];
}

/**
 * Each stands for the same points wherever the view begins, so that it keeps its height while the view moves.
 * @param {Scale} scale
 * @param {Outline} outline
 * @param {(value: number) => string} y
 */
function bars(scale, outline, y) {
  const room = outline.point * scale.perSecond;
  const each = Math.max(1, Math.ceil(BAR / room));
  const begin = Math.max(0, Math.floor(scale.from / outline.point / each));
  const end = Math.min(Math.ceil(outline.points / each), Math.ceil(scale.to / outline.point / each));
  let [peaks, levels] = ["", ""];
  for (let bar = begin; bar < end; bar++) {
    const [first, last] = [bar * each, Math.min(outline.points, (bar + 1) * each)];
    const { low, high, rms } = outline.extent(first, last);
    const middle = scale.x(((first + last) / 2) * outline.point);
    if (middle < 0 || middle > scale.width) continue;
    const x = middle.toFixed(1);
    peaks += line(x, y(high), y(low));
    levels += line(x, y(rms), y(-rms));
  }
  return { peaks, levels, apart: room * each };
}

/**
 * A line of no length would not be drawn.
 * @param {string} x
 * @param {string} top
 * @param {string} bottom
 */
function line(x, top, bottom) {
  return `M${x} ${top}V${top === bottom ? (Number(bottom) + 0.1).toFixed(1) : bottom}`;
}
