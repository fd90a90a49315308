// Beats and bars: as many as can be told apart.

/** @import { Marks } from "./marks.js" */
/** @import { Scale } from "./scale.js" */
import { svg } from "../dom.js";
import { firstAfter } from "./search.js";

/** Its height in pixels. */
export const BEATS = 12;
const CLOSEST = 5;
/** Pixels between beats, and between bars, from which on each is a line through the waveform too. */
const [ROOMY, ROOMY_BARS] = [14, 36];
/** Pixels between bars from which on they have numbers, and between two numbers. */
const [NUMBERED, WIDE] = [26, 36];
const STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const LARGEST = 512;

/**
 * Every which beat or bar is marked.
 * @typedef {{ every: number, what: "beat" | "bar" }} Marked
 */

/** @type {Marked} */
export const MARKED_ALL = { every: 1, what: "beat" };

/**
 * Of beats that are too close, every other one is left out and so on; with bars, all but the downbeats.
 * @param {Scale} scale
 * @param {Marks} track
 * @param {number} top of the lane; the waveform is above it
 * @returns {{ lane: SVGElement, marked: Marked }}
 */
export function beatLane(scale, { beats, downbeats, beatsAreCertain }, top) {
  const room = scale.apart(beats);
  const barred = downbeats.length > 0;
  const bars = barred ? scale.apart(downbeats) : 0;
  const every = step(room, CLOSEST);
  const everyBar = step(bars, CLOSEST);
  const byBar = barred && every > 1;
  const [begin, end] = [top + 2, top + BEATS - 3];
  const path = (/** @type {string} */ name, /** @type {number[]} */ times, /** @type {number[]} */ [from, to]) =>
    svg("path", { class: name, d: scale.ticks(times, from, to) });
  const lane = svg(
    "g",
    { class: beatsAreCertain ? null : "doubtful" },
    room < ROOMY ? null : path("beats through", beats, [0, top]),
    bars < ROOMY_BARS ? null : path("downbeats through", downbeats, [0, top]),
    byBar ? null : path("beats", thinned(beats, every), [begin, barred ? end - 4 : end]),
    barred ? path("downbeats", thinned(downbeats, everyBar), [begin, end]) : null,
    barred && bars >= NUMBERED ? barNumbers(scale, downbeats, end + 1) : null,
  );
  return { lane, marked: byBar ? { every: everyBar, what: "bar" } : { every, what: "beat" } };
}

/**
 * The smallest number of times `apart` that are at least `room` pixels.
 * @param {number} apart
 * @param {number} room
 */
function step(apart, room) {
  return STEPS.find((each) => apart * each >= room) ?? LARGEST;
}

/**
 * @param {Scale} scale
 * @param {number[]} downbeats
 * @param {number} y
 */
function barNumbers(scale, downbeats, y) {
  const every = step(scale.apart(downbeats), WIDE);
  const numbers = [];
  for (let i = firstAfter(downbeats, scale.from - 1e-9); i < downbeats.length && downbeats[i] <= scale.to; i++) {
    if (i % every === 0) numbers.push(svg("text", { x: scale.x(downbeats[i]) + 4, y }, String(i + 1)));
  }
  return svg("g", { class: "bar-numbers" }, numbers);
}

/**
 * @param {number[]} times
 * @param {number} every
 */
function thinned(times, every) {
  return every === 1 ? times : times.filter((_, i) => i % every === 0);
}
