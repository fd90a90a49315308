// Runs beside the page, where the browser hands out sound in blocks of 128 frames: sends them on as interleaved samples.

// TypeScript has no types for what there is in an AudioWorkletGlobalScope.
/** @typedef {new () => { port: MessagePort }} Processor */
const scope =
  /** @type {{ AudioWorkletProcessor: Processor, registerProcessor(name: string, made: unknown): void }} */ (
    /** @type {unknown} */ (globalThis)
  );

/** In frames: a tenth of a second or less, at any rate. */
const SENT = 4096;

class Frames extends scope.AudioWorkletProcessor {
  #samples = new Float32Array(0);
  #filled = 0;

  /**
   * @param {Float32Array[][]} inputs
   * @returns {boolean}
   */
  process([channels]) {
    const many = channels.length;
    if (!many) return true;
    if (!this.#samples.length) this.#samples = new Float32Array(SENT * many);
    for (let frame = 0; frame < channels[0].length; frame++) {
      for (const channel of channels) this.#samples[this.#filled++] = channel[frame];
    }
    if (this.#filled >= this.#samples.length) {
      this.port.postMessage(this.#samples, [this.#samples.buffer]);
      this.#samples = new Float32Array(0);
      this.#filled = 0;
    }
    return true;
  }
}

scope.registerProcessor("frames", Frames);
