// Values in a tree of pairs, so that the extreme of any stretch takes a few steps, however long the track is.

/** @typedef {"lowest" | "highest"} Extreme */

export class Pyramid {
  #count;
  /** The values are in the second half; each place before them has the extreme of two that follow. */
  #tree;
  #extreme;
  #none;

  /**
   * @param {ArrayLike<number>} values
   * @param {Extreme} which
   */
  constructor(values, which) {
    this.#count = values.length;
    this.#extreme = which === "lowest" ? Math.min : Math.max;
    this.#none = which === "lowest" ? Infinity : -Infinity;
    this.#tree = new Float32Array(2 * values.length);
    this.#tree.set(values, values.length);
    for (let i = values.length - 1; i > 0; i--) {
      this.#tree[i] = this.#extreme(this.#tree[2 * i], this.#tree[2 * i + 1]);
    }
  }

  get length() {
    return this.#count;
  }

  /**
   * The extreme of the values from `begin` to before `end`; infinite if there is none.
   * @param {number} begin
   * @param {number} end
   */
  of(begin, end) {
    let found = this.#none;
    let [left, right] = [Math.max(0, begin) + this.#count, Math.min(this.#count, end) + this.#count];
    while (left < right) {
      if (left % 2) found = this.#extreme(found, this.#tree[left++]);
      if (right % 2) found = this.#extreme(found, this.#tree[--right]);
      left >>= 1;
      right >>= 1;
    }
    return found;
  }
}
