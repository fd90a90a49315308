// A stretch of the track, drawn to scale: its lanes, the play head, and where somebody points.

/** @import { Marks, Stretch } from "./marks.js" */
import { timeAxis } from "../axis.js";
import { svg } from "../dom.js";
import { BEATS, beatLane, MARKED_ALL } from "./beat-lane.js";
import { NAMES, namesLane } from "./names-lane.js";
import { NOTES, notesLane } from "./notes-lane.js";
import { Scale } from "./scale.js";
import { waveform } from "./waveform.js";

const ONSETS = 10;
const GAP = 4;
const AXIS = 20;
/** Room for the handle of the play head. */
const ABOVE = 5;

let made = 0;

export class Strip {
  /** Which beats or bars are marked: all of them may not fit. */
  marked = MARKED_ALL;
  scale = new Scale(0, 1, 1);
  #clip = svg("rect", { x: 0, y: 0, width: 0, height: 0 });
  #head = svg("g", { class: "play-head" });
  #cursor = svg("line", { class: "cursor away", x1: 0, x2: 0, y1: 0 });
  #frame = svg("rect", { class: "frame away", y: 0, rx: 3 });
  #wave;
  #bare;
  #id = `strip-${++made}`;

  /**
   * @param {number} waveHeight in pixels
   * @param {boolean} [bare] without lanes and axis
   */
  constructor(waveHeight, bare = false) {
    this.#wave = waveHeight;
    this.#bare = bare;
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
    this.scale = new Scale(from, to, width);
    const { layers, bottom } = this.#bare ? { layers: [], bottom: this.#wave } : this.#lanes(track);
    const height = this.#bare ? bottom : bottom + AXIS;
    this.#clip.setAttribute("height", String(this.#wave));
    this.#frame.setAttribute("height", String(this.#wave));
    this.#cursor.setAttribute("y2", String(bottom));
    this.#head.replaceChildren(
      svg("line", { x1: 0, x2: 0, y1: 0, y2: bottom }),
      svg("circle", { cx: 0, cy: 0, r: 4.5 }),
    );
    this.element.setAttribute("viewBox", `0 ${-ABOVE} ${width} ${height + ABOVE}`);
    this.element.setAttribute("height", String(height + ABOVE));
    this.element.replaceChildren(
      svg("defs", {}, svg("clipPath", { id: `${this.#id}-played` }, this.#clip)),
      ...this.#silences(track.silences),
      ...waveform(this.scale, track.waveform, this.#wave, this.#id),
      ...layers,
      ...(this.#bare ? [] : [timeAxis(from, to, width, height - GAP - 1)]),
      this.#frame,
      this.#cursor,
      this.#head,
    );
  }

  /**
   * Put the play head at a time.
   * @param {number} time
   */
  move(time) {
    const { from, to, width } = this.scale;
    this.#head.classList.toggle("away", time < from || time > to);
    const x = Math.min(Math.max(0, this.scale.x(time)), width).toFixed(1);
    this.#head.setAttribute("transform", `translate(${x} 0)`);
    this.#clip.setAttribute("width", x);
  }

  /**
   * Show where somebody points; null if nowhere.
   * @param {number | null} time
   */
  point(time) {
    const here = time !== null && time >= this.scale.from && time <= this.scale.to;
    this.#cursor.classList.toggle("away", !here);
    if (here) this.#cursor.setAttribute("transform", `translate(${this.scale.x(time).toFixed(1)} 0)`);
  }

  /**
   * Show which part is drawn larger elsewhere; null if none is.
   * @param {{ from: number, to: number } | null} part
   */
  frame(part) {
    this.#frame.classList.toggle("away", !part);
    if (!part) return;
    const x = this.scale.x(part.from);
    this.#frame.setAttribute("x", x.toFixed(1));
    this.#frame.setAttribute("width", Math.max(3, this.scale.x(part.to) - x).toFixed(1));
  }

  /**
   * The time under a pointer.
   * @param {number} clientX
   */
  timeAt(clientX) {
    const box = this.element.getBoundingClientRect();
    const share = Math.min(Math.max(0, (clientX - box.left) / box.width), 1);
    return this.scale.time(share * this.scale.width);
  }

  /** @param {Marks} track */
  #lanes(track) {
    /** @type {SVGElement[]} */
    const layers = [];
    let y = this.#wave;
    const add = (/** @type {SVGElement} */ lane, /** @type {number} */ height) => {
      layers.push(lane);
      y += height;
    };
    if (track.beats.length) {
      const { lane, marked } = beatLane(this.scale, track, y);
      this.marked = marked;
      add(lane, BEATS);
    }
    if (track.onsets.length) {
      add(svg("path", { class: "onsets", d: this.scale.ticks(track.onsets, y + 3, y + ONSETS - 1) }), ONSETS);
    }
    for (const kind of /** @type {const} */ (["sections", "keys", "chords", "speech"])) {
      if (track[kind].length) add(namesLane(this.scale, kind, track[kind], y + GAP), NAMES + GAP);
    }
    if (track.notes.length) add(notesLane(this.scale, track.notes, y + GAP), NOTES + GAP);
    return { layers, bottom: y };
  }

  /** @param {Stretch[]} silences */
  #silences(silences) {
    if (!silences.length) return [];
    const areas = this.scale.seen(silences).map(({ x, width }) => svg("rect", { x, y: 0, width, height: this.#wave }));
    return [svg("g", { class: "silences" }, areas)];
  }
}
