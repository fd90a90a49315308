// What samples themselves tell and no result has: where they clip, and how both channels go together.

/**
 * Samples at full scale in a row, in seconds. Spots that follow at once, or in another channel, are one.
 * @typedef {{ start: number, end: number, samples: number }} Clip
 */

/**
 * @typedef {object} Stereo
 * @property {number | null} correlation from -1, where both cancel each other, to 1, where both are the same; null in
 *   silence
 * @property {{ value: number, time: number } | null} lowest of any second
 * @property {number | null} balance of the energy of left to that of right, in dB
 */

/** @typedef {{ clips: Clip[], stereo: Stereo | null }} Measured */

/** As Audacity's Find Clipping has them: the largest sample of 16 bits, three times. */
const FULL = 1 - 2 ** -15;
const IN_A_ROW = 3;
const APART_SECONDS = 0.5;
/** Mean power of a second below which its correlation says nothing: -60 dBFS. */
const AUDIBLE = 1e-6;

export class Measurement {
  #rate;
  /** Samples of each channel that were taken. */
  #taken = 0;
  /** @type {number[]} samples at full scale up to now, by channel */
  #row = [];
  /** @type {Clip[]} */
  #clips = [];
  #whole = new Energy();
  #second = new Energy();
  /** @type {Stereo["lowest"]} */
  #lowest = null;
  #channels = 0;

  /** @param {number} rate in Hz */
  constructor(rate) {
    this.#rate = rate;
  }

  /**
   * Take samples, as many of each channel.
   * @param {Float32Array[]} block by channel
   */
  take(block) {
    this.#channels = block.length;
    block.forEach((samples, channel) => {
      this.#clipping(samples, channel);
    });
    if (block.length === 2) this.#together(block[0], block[1]);
    this.#taken += block[0]?.length ?? 0;
  }

  /** @returns {Measured} */
  finish() {
    const { correlation, balance } = this.#whole;
    return {
      clips: this.#merged(),
      stereo: this.#channels === 2 ? { correlation, balance, lowest: this.#lowest } : null,
    };
  }

  /**
   * @param {Float32Array} samples
   * @param {number} channel
   */
  #clipping(samples, channel) {
    let row = this.#row[channel] ?? 0;
    for (let i = 0; i < samples.length; i++) {
      if (samples[i] < FULL && samples[i] > -FULL) {
        row = 0;
        continue;
      }
      row += 1;
      const end = (this.#taken + i + 1) / this.#rate;
      if (row === IN_A_ROW) this.#clips.push({ start: end - row / this.#rate, end, samples: row });
      if (row > IN_A_ROW) this.#longer(end);
    }
    this.#row[channel] = row;
  }

  /** @param {number} end */
  #longer(end) {
    const last = this.#clips[this.#clips.length - 1];
    last.end = end;
    last.samples += 1;
  }

  /** @returns {Clip[]} */
  #merged() {
    /** @type {Clip[]} */
    const found = [];
    for (const clip of this.#clips.sort((one, other) => one.start - other.start)) {
      const last = found.at(-1);
      if (last && clip.start - last.end <= APART_SECONDS) {
        last.end = Math.max(last.end, clip.end);
        last.samples += clip.samples;
      } else found.push({ ...clip });
    }
    return found;
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  #together(left, right) {
    let begin = 0;
    while (begin < left.length) {
      const room = this.#rate - this.#second.count;
      const end = Math.min(left.length, begin + room);
      this.#second.add(left, right, begin, end);
      if (this.#second.count >= this.#rate) this.#close((this.#taken + end) / this.#rate - 1);
      begin = end;
    }
    this.#whole.add(left, right, 0, left.length);
  }

  /** @param {number} time where the second begins */
  #close(time) {
    const { correlation, power } = this.#second;
    if (correlation !== null && power >= AUDIBLE && correlation < (this.#lowest?.value ?? Infinity)) {
      this.#lowest = { value: correlation, time };
    }
    this.#second = new Energy();
  }
}

/** Sums over two channels. */
class Energy {
  count = 0;
  #left = 0;
  #right = 0;
  #both = 0;

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   * @param {number} begin
   * @param {number} end
   */
  add(left, right, begin, end) {
    let [l, r, both] = [0, 0, 0];
    for (let i = begin; i < end; i++) {
      l += left[i] * left[i];
      r += right[i] * right[i];
      both += left[i] * right[i];
    }
    this.#left += l;
    this.#right += r;
    this.#both += both;
    this.count += end - begin;
  }

  get power() {
    return (this.#left + this.#right) / (2 * Math.max(1, this.count));
  }

  get correlation() {
    const scale = Math.sqrt(this.#left * this.#right);
    return scale > 0 ? this.#both / scale : null;
  }

  get balance() {
    return this.#left > 0 && this.#right > 0 ? 10 * Math.log10(this.#left / this.#right) : null;
  }
}
