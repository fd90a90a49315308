// Which part of the track is drawn large.

/** Seconds that are shown at first, of a track that is at least twice as long; all of a shorter one. */
const AT_FIRST = 12;
const SHORTEST = 2;

export class Window {
  #duration = 0;
  #from = 0;
  /** @type {number | null} seconds that somebody asked for; null as long as nobody has */
  #wanted = null;

  get from() {
    return Math.min(Math.max(0, this.#from), Math.max(0, this.#duration - this.span));
  }

  get to() {
    return this.from + this.span;
  }

  get span() {
    const atFirst = this.#duration >= 2 * AT_FIRST ? AT_FIRST : this.#duration;
    return Math.min(this.#wanted ?? atFirst, this.#duration);
  }

  /** Whether it shows the whole track. */
  get whole() {
    return this.span >= this.#duration;
  }

  /** Whether nothing shorter can be shown. */
  get closest() {
    return this.span <= Math.min(SHORTEST, this.#duration);
  }

  /** @param {number} seconds */
  set duration(seconds) {
    this.#duration = seconds;
  }

  /**
   * Show a `factor`th of what is shown, with a time where it was, or in the middle if it was not in sight.
   * @param {number} factor
   * @param {number} around
   */
  zoom(factor, around) {
    const [from, span] = [this.from, this.span];
    const share = this.contains(around) ? (around - from) / span : 0.5;
    this.#wanted = Math.max(SHORTEST, span / factor);
    if (this.#wanted >= this.#duration) this.all();
    else this.#from = around - share * this.span;
  }

  /** @param {number} seconds */
  pan(seconds) {
    this.#from = this.from + seconds;
  }

  all() {
    this.#wanted = Infinity;
    this.#from = 0;
  }

  /** @param {number} time */
  contains(time) {
    return time >= this.from && time <= this.to;
  }

  /**
   * Turn pages until a time is in sight: a picture that scrolls all the time is hard to read.
   * @param {number} time
   */
  follow(time) {
    const end = this.to >= this.#duration ? Infinity : this.to;
    if (this.span <= 0 || (time >= this.from && time < end)) return;
    this.#from = this.from + Math.floor((time - this.from) / this.span) * this.span;
  }
}
