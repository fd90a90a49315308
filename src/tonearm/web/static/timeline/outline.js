// The outline of the sound: its lowest and highest sample and its RMS within any stretch of the track.

import { Pyramid } from "./pyramid.js";

export class Outline {
  #low;
  #high;
  #rms;

  /**
   * Of even parts of the first `seconds` of the track, from -1 to 1 at full scale.
   * @param {ArrayLike<number>} low
   * @param {ArrayLike<number>} high
   * @param {ArrayLike<number>} rms
   * @param {number} seconds
   */
  constructor(low, high, rms, seconds) {
    this.#low = new Pyramid(low, "lowest");
    this.#high = new Pyramid(high, "highest");
    this.#rms = new Pyramid(rms, "highest");
    this.seconds = seconds;
  }

  /** The number of parts. */
  get points() {
    return this.#low.length;
  }

  /** Seconds of each part. */
  get point() {
    return this.seconds / Math.max(1, this.points);
  }

  /** The highest absolute sample. */
  get peak() {
    return this.#peak(0, this.points);
  }

  /**
   * The parts from `first` to before `last`, which are not empty.
   * @param {number} first
   * @param {number} last
   */
  extent(first, last) {
    return { low: this.#low.of(first, last), high: this.#high.of(first, last), rms: this.#rms.of(first, last) };
  }

  /**
   * The highest absolute sample of all parts that have something of these times, in dBFS; -Infinity for digital
   * silence and where there are none.
   * @param {number} from
   * @param {number} to
   */
  level(from, to) {
    const first = Math.floor(from / this.point);
    return 20 * Math.log10(this.#peak(first, Math.max(first + 1, Math.ceil(to / this.point))));
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  #peak(first, last) {
    return Math.max(0, this.#high.of(first, last), -this.#low.of(first, last));
  }
}
