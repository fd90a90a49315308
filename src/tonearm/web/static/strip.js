// A stretch of the track, drawn to scale: waveform, beats and bars, onsets, keys, chords, silences, and the play head.

import { timeAxis } from "./axis.js";
import { highest, lowest, parts } from "./columns.js";
import { svg } from "./dom.js";

const BAR = 3;
const BEATS = 12;
const ONSETS = 10;
const NAMES = 24;
const AXIS = 20;
const CLOSEST = 5;
/** Pixels between beats from which on each is a line through the waveform too. */
const ROOMY = 14;
/** Pixels between beats from which on the bars have their numbers. */
const WIDE = 24;

/**
 * Lowest, highest and RMS sample of even parts of the first `seconds` of the track, from -1 to 1.
 * @typedef {{ low: number[], high: number[], rms: number[], seconds: number }} Waveform
 */

/** @typedef {{ start: number, end: number }} Stretch in seconds */
/** @typedef {Stretch & { name: string }} Named */

/**
 * What is known of the track over time, in seconds; a duration of 0 is unknown.
 * @typedef {object} Marks
 * @property {Waveform | null} waveform
 * @property {number[]} beats
 * @property {number[]} downbeats the beats that begin a bar
 * @property {boolean} beatsAreCertain
 * @property {number[]} onsets
 * @property {Named[]} keys
 * @property {Named[]} chords with "" for none
 * @property {Stretch[]} silences
 * @property {number} duration
 */

let made = 0;

export class Strip {
  /**
   * Every which beat or bar is marked: all of them may not fit.
   * @type {{ every: number, what: "beat" | "bar" }}
   */
  marked = { every: 1, what: "beat" };
  #clip = svg("rect", { x: 0, y: 0, width: 0, height: 0 });
  #head = svg("g", { class: "play-head" });
  #wave;
  #from = 0;
  #to = 1;
  #width = 1;

  /** @param {number} waveHeight in pixels */
  constructor(waveHeight) {
    this.#wave = waveHeight;
    this.id = `strip-${++made}`;
    this.element = svg("svg", { class: "strip", "aria-hidden": "true", focusable: "false" });
  }

  /**
   * Draw the track between two times into `width` pixels.
   * @param {Marks} track
   * @param {number} from
   * @param {number} to
   * @param {number} width
   */
  draw(track, from, to, width) {
    this.#from = from;
    this.#to = to;
    this.#width = width;
    const height = this.#wave;
    let y = height;
    /** @type {SVGElement[]} */
    const layers = [];
    if (track.silences.length) layers.push(this.#silences(track.silences, height));
    layers.push(...this.#waveform(track, height));
    if (track.beats.length) {
      layers.push(this.#beats(track, height));
      y += BEATS;
    }
    if (track.onsets.length) {
      layers.push(svg("path", { class: "onsets", d: this.#ticks(track.onsets, y + 3, y + ONSETS - 1) }));
      y += ONSETS;
    }
    for (const [kind, stretches] of Object.entries({ keys: track.keys, chords: track.chords })) {
      if (!stretches.length) continue;
      layers.push(this.#names(kind, stretches, y + 4));
      y += NAMES + 4;
    }
    layers.push(timeAxis(from, to, width, y + AXIS - 5));
    this.#clip.setAttribute("height", String(height));
    this.#head.replaceChildren(svg("line", { x1: 0, x2: 0, y1: 0, y2: y }), svg("circle", { cx: 0, cy: 0, r: 4.5 }));
    const clip = svg("clipPath", { id: `${this.id}-played` }, this.#clip);
    this.element.setAttribute("viewBox", `0 -5 ${width} ${y + AXIS + 5}`);
    this.element.setAttribute("height", String(y + AXIS + 5));
    this.element.replaceChildren(svg("defs", {}, clip), ...layers, this.#head);
  }

  /**
   * Put the play head at a time; null hides it.
   * @param {number | null} time
   */
  move(time) {
    const here = time !== null && time >= this.#from && time <= this.#to;
    this.#head.classList.toggle("away", !here);
    const x = time === null ? 0 : Math.min(Math.max(0, this.#x(time)), this.#width);
    this.#head.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
    this.#clip.setAttribute("width", x.toFixed(1));
  }

  /**
   * The time under a pointer.
   * @param {number} clientX
   */
  timeAt(clientX) {
    const box = this.element.getBoundingClientRect();
    const share = Math.min(Math.max(0, (clientX - box.left) / box.width), 1);
    return this.#from + share * (this.#to - this.#from);
  }

  /** @param {number} time */
  #x(time) {
    return ((time - this.#from) / (this.#to - this.#from)) * this.#width;
  }

  /**
   * @param {Marks} track
   * @param {number} height
   */
  #waveform({ waveform }, height) {
    const middle = height / 2;
    if (!waveform?.low.length) {
      return [svg("line", { class: "flat", x1: 0, x2: this.#width, y1: middle, y2: middle })];
    }
    const { low, high, rms, seconds } = waveform;
    const begin = Math.min(low.length, Math.floor((this.#from / seconds) * low.length));
    const end = Math.min(low.length, Math.ceil((this.#to / seconds) * low.length));
    const scale = (middle - 2) / Math.max(0.02, highest(high, 0, high.length), -lowest(low, 0, low.length));
    const room = (this.#x(seconds) - this.#x(0)) / low.length;
    const bars = begin < end ? parts(begin, end, ((end - begin) * room) / BAR) : [];
    const path = (/** @type {(first: number, last: number) => [number, number]} */ extent) =>
      bars
        .map(([first, last]) => {
          const [bottom, top] = extent(first, last);
          const x = this.#x(0) + ((first + last) / 2) * room;
          // A line of no length would not be drawn.
          return `M${x.toFixed(1)} ${(middle - top * scale).toFixed(1)}V${(middle - bottom * scale + 0.1).toFixed(1)}`;
        })
        .join("");
    const outline = svg(
      "g",
      { id: `${this.id}-wave` },
      svg("path", { class: "peaks", d: path((first, last) => [lowest(low, first, last), highest(high, first, last)]) }),
      svg("path", {
        class: "rms",
        d: path((first, last) => {
          const level = highest(rms, first, last);
          return [-level, level];
        }),
      }),
    );
    return [
      svg("g", { class: "wave" }, outline),
      svg(
        "g",
        { class: "wave played", "clip-path": `url(#${this.id}-played)` },
        svg("use", { href: `#${this.id}-wave` }),
      ),
    ];
  }

  /**
   * Of beats that are too close, every other one is left out and so on; with bars, all but the downbeats.
   * @param {Marks} track
   * @param {number} height
   */
  #beats({ beats, downbeats, beatsAreCertain }, height) {
    const room = this.#apart(beats);
    const barred = downbeats.length > 0;
    const bars = barred ? this.#apart(downbeats) : 0;
    const fits = (/** @type {number} */ apart) =>
      [1, 2, 4, 8, 16, 32, 64].find((step) => apart * step >= CLOSEST) ?? 128;
    const every = fits(room);
    const everyBar = fits(bars);
    const byBar = barred && every > 1;
    this.marked = byBar ? { every: everyBar, what: "bar" } : { every, what: "beat" };
    const top = height + 2;
    const bottom = height + BEATS - 3;
    const path = (/** @type {string} */ name, /** @type {number[]} */ times, /** @type {number[]} */ [from, to]) =>
      svg("path", { class: name, d: this.#ticks(times, from, to) });
    return svg(
      "g",
      { class: beatsAreCertain ? null : "doubtful" },
      room < ROOMY ? null : path("beats through", beats, [0, height]),
      bars < ROOMY ? null : path("downbeats through", downbeats, [0, height]),
      byBar ? null : path("beats", thinned(beats, every), [top, barred ? bottom - 4 : bottom]),
      barred ? path("downbeats", thinned(downbeats, everyBar), [top, bottom]) : null,
      barred && room >= WIDE ? this.#barNumbers(downbeats, bottom + 1) : null,
    );
  }

  /** @param {number[]} times */
  #apart(times) {
    return times.length > 1 ? (this.#x(times[times.length - 1]) - this.#x(times[0])) / (times.length - 1) : Infinity;
  }

  /**
   * @param {number[]} downbeats
   * @param {number} y
   */
  #barNumbers(downbeats, y) {
    return svg(
      "g",
      { class: "bar-numbers" },
      downbeats.map((time, i) =>
        time < this.#from || time > this.#to ? null : svg("text", { x: this.#x(time) + 4, y }, String(i + 1)),
      ),
    );
  }

  /**
   * @param {number[]} times
   * @param {number} top
   * @param {number} bottom
   */
  #ticks(times, top, bottom) {
    return times
      .filter((time) => time >= this.#from && time <= this.#to)
      .map((time) => `M${this.#x(time).toFixed(1)} ${top}V${bottom}`)
      .join("");
  }

  /**
   * @param {Stretch[]} silences
   * @param {number} height
   */
  #silences(silences, height) {
    return svg(
      "g",
      { class: "silences" },
      this.#visible(silences).map(({ x, width }) => svg("rect", { x, y: 0, width, height })),
    );
  }

  /**
   * @param {string} kind
   * @param {Named[]} stretches
   * @param {number} y
   */
  #names(kind, stretches, y) {
    return svg(
      "g",
      { class: `names ${kind}` },
      this.#visible(stretches)
        .filter(({ name }) => name)
        .map(({ name, x, width }) => {
          const fits = width > 10 + 8 * name.length;
          return svg(
            "g",
            {},
            svg("rect", { x, y, width: Math.max(0.5, width - 1), height: NAMES - 4, rx: Math.min(4, width / 3) }),
            fits ? svg("text", { x: x + width / 2, y: y + 14.5, "text-anchor": "middle" }, name) : null,
          );
        }),
    );
  }

  /**
   * The stretches that are seen here, with their place in pixels.
   * @template {Stretch} Kind
   * @param {Kind[]} stretches
   */
  #visible(stretches) {
    return stretches
      .filter(({ start, end }) => end > this.#from && start < this.#to)
      .map((each) => {
        const x = Math.max(0, this.#x(each.start));
        return { ...each, x, width: Math.min(this.#width, this.#x(each.end)) - x };
      });
  }
}

/**
 * @param {number[]} times
 * @param {number} every
 */
function thinned(times, every) {
  return times.filter((_, i) => i % every === 0);
}
