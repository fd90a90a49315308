// Where a stretch of time lies in a drawing, and what of the track is seen there.

/** @import { Stretch } from "./marks.js" */
import { firstAfter, firstIn } from "./search.js";

/** Pixels: nothing that comes closer is drawn on its own. */
const FINEST = 1;

export class Scale {
  /**
   * @param {number} from in seconds
   * @param {number} to
   * @param {number} width in pixels
   */
  constructor(from, to, width) {
    this.from = from;
    this.to = to;
    this.width = width;
    this.perSecond = width / (to - from);
  }

  /** @param {number} time */
  x(time) {
    return (time - this.from) * this.perSecond;
  }

  /** @param {number} x */
  time(x) {
    return this.from + x / this.perSecond;
  }

  /**
   * Pixels between two of these on average.
   * @param {number[]} times
   */
  apart(times) {
    return times.length > 1 ? ((times[times.length - 1] - times[0]) * this.perSecond) / (times.length - 1) : Infinity;
  }

  /**
   * Vertical lines at the times that are seen.
   * @param {number[]} times
   * @param {number} top
   * @param {number} bottom
   */
  ticks(times, top, bottom) {
    let path = "";
    let last = -Infinity;
    for (let i = firstAfter(times, this.from - 1e-9); i < times.length && times[i] <= this.to; i++) {
      const x = this.x(times[i]);
      if (x - last < FINEST) continue;
      path += `M${x.toFixed(1)} ${top}V${bottom}`;
      last = x;
    }
    return path;
  }

  /**
   * The stretches that are seen, with their place in pixels. Of those that are too narrow to be told apart, one stands
   * for its neighbours.
   * @template {Stretch} Kind
   * @param {Kind[]} stretches
   */
  seen(stretches) {
    /** @type {(Kind & { x: number, width: number })[]} */
    const found = [];
    let last = -Infinity;
    for (let i = firstIn(stretches, this.from); i < stretches.length && stretches[i].start < this.to; i++) {
      const each = stretches[i];
      const x = Math.max(0, this.x(each.start));
      const end = Math.min(this.width, this.x(each.end));
      if (end - x < FINEST && end - last < FINEST) continue;
      found.push({ ...each, x, width: end - x });
      last = end;
    }
    return found;
  }
}
