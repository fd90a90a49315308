// Momentary and short-term loudness over time, in LUFS, with the integrated loudness and the targets as lines.

/** @import { Curve } from "../columns.js" */
/** @import { Player } from "../player.js" */
/** @import { Track } from "./index.js" */
import { timeAxis } from "../axis.js";
import { highest, lowest, parts } from "../columns.js";
import { onWidth, svg } from "../dom.js";
import { clock, number } from "../format.js";
import { TARGETS } from "./targets.js";

const HEIGHT = 220;
const LEFT = 34;
const RIGHT = 34;
const LINE = 13;
const STEP = 0.1;
/** Seconds from the start of each window to its middle: its value is drawn there. */
const MIDDLE = { momentary: 0.2, shortTerm: 1.5 };

/**
 * In LUFS; a value every 0.1 s. While they grow, `seconds` is how long the track will be, if that is known.
 * @typedef {{ momentary: Curve, shortTerm: Curve | null, integrated: number | null, seconds?: number }} Curves
 */

export class LoudnessChart {
  #curves;
  #head = svg("line", { class: "chart-head", y1: 0, y2: HEIGHT });
  #width = 0;

  /**
   * @param {Curves} curves
   * @param {Track} track
   */
  constructor(curves, { player, timeline, signal }) {
    this.#curves = curves;
    this.element = svg("svg", { class: "chart", role: "img", "aria-label": this.#words() });
    this.element.addEventListener("click", ({ clientX }) => timeline.seek(this.#timeAt(clientX)));
    this.element.addEventListener("pointermove", ({ clientX }) => timeline.point(this.#timeAt(clientX)));
    this.element.addEventListener("pointerleave", () => timeline.point(null));
    onWidth(this.element, (width) => {
      this.#width = width;
      this.#draw();
      this.#move(player);
    });
    player.addEventListener("time", () => this.#move(player), { signal });
  }

  /**
   * Draw others in their place.
   * @param {Curves} curves
   */
  show(curves) {
    this.#curves = curves;
    this.element.setAttribute("aria-label", this.#words());
    if (this.#width) this.#draw();
  }

  get #duration() {
    const { momentary, seconds = 0 } = this.#curves;
    return Math.max(seconds, (momentary.length + 3) * STEP);
  }

  /** @param {number} time */
  #x(time) {
    return LEFT + (time / this.#duration) * (this.#width - LEFT - RIGHT);
  }

  /** @param {number} clientX */
  #timeAt(clientX) {
    const x = clientX - this.element.getBoundingClientRect().left;
    return Math.max(0, ((x - LEFT) / (this.#width - LEFT - RIGHT)) * this.#duration);
  }

  #draw() {
    const { momentary, shortTerm, integrated } = this.#curves;
    const top = Math.max(-12, 6 * Math.ceil((highest(momentary, 0, momentary.length) + 1) / 6));
    const quietest = lowest(momentary, 0, momentary.length);
    const bottom = Math.min(-30, Math.max(top - 48, 6 * Math.floor(quietest / 6)));
    const y = (/** @type {number} */ lufs) => ((top - Math.max(bottom, lufs)) / (top - bottom)) * HEIGHT;
    /** @type {(lufs: number, name: string, text: string, x: number, anchor: string) => [SVGElement, SVGElement]} */
    const level = (lufs, name, text, x, anchor) => [
      svg("line", { class: name, x1: LEFT, x2: this.#width - RIGHT, y1: y(lufs), y2: y(lufs) }),
      svg("text", { class: name, x, y: y(lufs) + 4, "text-anchor": anchor }, text),
    ];
    const grid = [];
    for (let lufs = top; lufs >= bottom; lufs -= 6) grid.push(...level(lufs, "grid", number(lufs), LEFT - 8, "end"));
    const inside = this.#width - LEFT - RIGHT;
    // The highest place for the next label on the right.
    let free = 0;
    const axis = timeAxis(0, this.#duration, inside, HEIGHT + 16);
    axis.setAttribute("transform", `translate(${LEFT} 0)`);
    this.element.setAttribute("viewBox", `0 -8 ${this.#width} ${HEIGHT + 30}`);
    this.element.setAttribute("height", String(HEIGHT + 30));
    this.element.replaceChildren(
      svg("g", {}, grid),
      svg(
        "g",
        {},
        TARGETS.flatMap(({ lufs }) => {
          const [line, label] = level(lufs, "target", number(lufs), this.#width - RIGHT + 6, "start");
          free = Math.max(free, y(lufs) + 4);
          label.setAttribute("y", String(free));
          free += LINE;
          return [line, label];
        }),
      ),
      svg("path", { class: "momentary", d: this.#curve(momentary, MIDDLE.momentary, y) }),
      shortTerm?.length ? svg("path", { class: "short-term", d: this.#curve(shortTerm, MIDDLE.shortTerm, y) }) : "",
      integrated === null
        ? ""
        : svg("line", {
            class: "integrated",
            x1: LEFT,
            x2: this.#width - RIGHT,
            y1: y(integrated),
            y2: y(integrated),
          }),
      axis,
      this.#head,
    );
  }

  /**
   * A line through the lowest and the highest value of each pixel. Digital silence has no value and lifts the pen.
   * @param {Curve} values
   * @param {number} middle
   * @param {(lufs: number) => number} y
   */
  #curve(values, middle, y) {
    let pen = "M";
    return parts(0, values.length, this.#x(values.length * STEP) - LEFT)
      .map(([begin, end]) => {
        const [low, high] = [lowest(values, begin, end), highest(values, begin, end)];
        if (high === -Infinity) {
          pen = "M";
          return "";
        }
        const x = this.#x(((begin + end - 1) / 2) * STEP + middle).toFixed(1);
        const point = `${pen}${x} ${y(high).toFixed(1)}${low === high ? "" : `V${y(low).toFixed(1)}`}`;
        pen = "L";
        return point;
      })
      .join("");
  }

  /** @param {Player} player */
  #move(player) {
    if (this.#width) this.#head.setAttribute("transform", `translate(${this.#x(player.time).toFixed(1)} 0)`);
  }

  #words() {
    const { momentary, shortTerm } = this.#curves;
    const spread = (/** @type {Curve} */ values, /** @type {string} */ name) => {
      const [low, high] = [lowest(values, 0, values.length), highest(values, 0, values.length)];
      return low > high ? `no ${name}` : `${name} from ${number(low, 1)} to ${number(high, 1)} LUFS`;
    };
    const short = shortTerm?.length ? `; ${spread(shortTerm, "short-term loudness")}` : "";
    return `Loudness over ${clock(this.#duration)}: ${spread(momentary, "momentary loudness")}${short}.`;
  }
}
