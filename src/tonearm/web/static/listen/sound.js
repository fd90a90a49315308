// Sound that has no end yet: what a microphone or another tab gives, as samples, until it is stopped.

import { Problem } from "../problem.js";

/** Seconds of sound that may wait for the line to the server. */
const MOST_WAITING = 30;

export class Sound {
  #stream;
  #context;
  /** @type {Float32Array<ArrayBuffer>[]} */
  #waiting = [];
  #ended = false;
  /** @type {Problem | null} */
  #problem = null;
  #wake = () => {};
  rate;
  channels;
  /** Called once when it has been stopped, by whomever. */
  onstop = () => {};

  /**
   * @param {MediaStream} stream
   * @param {AudioContext} context with the module `frames.js`
   */
  constructor(stream, context) {
    const [track] = stream.getAudioTracks();
    this.#stream = stream;
    this.#context = context;
    this.rate = context.sampleRate;
    this.channels = Math.min(2, track.getSettings().channelCount ?? 2);
    const node = new AudioWorkletNode(context, "frames", { channelCount: this.channels, channelCountMode: "explicit" });
    node.port.onmessage = ({ data }) => this.#take(data);
    context.createMediaStreamSource(stream).connect(node);
    // It is silent, and yet no browser runs what is connected to nothing.
    node.connect(context.destination);
    track.addEventListener("ended", () => this.stop());
  }

  /**
   * Throws a DOMException if the browser cannot.
   * @param {MediaStream} stream
   */
  static async of(stream) {
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(new URL("frames.js", import.meta.url));
      await context.resume();
      return new Sound(stream, context);
    } catch (error) {
      end(stream);
      await context.close();
      throw error;
    }
  }

  /** Its samples as they come, interleaved. Throws a Problem if nobody takes them in time. */
  async *frames() {
    for (;;) {
      const some = this.#waiting.shift();
      if (some) yield some;
      else if (this.#problem) throw this.#problem;
      else if (this.#ended) return;
      else {
        await new Promise((resolve) => {
          this.#wake = () => resolve(undefined);
        });
      }
    }
  }

  /** Listen no longer; what was heard is still given out. */
  stop() {
    if (this.#ended) return;
    this.#ended = true;
    end(this.#stream);
    this.#context.close();
    this.onstop();
    this.#wake();
  }

  /** @param {Float32Array<ArrayBuffer>} samples */
  #take(samples) {
    if (this.#ended) return;
    this.#waiting.push(samples);
    const seconds = (this.#waiting.length * samples.length) / this.channels / this.rate;
    if (seconds > MOST_WAITING) {
      // To leave something out would be heard as a break, and told as another tempo.
      this.#problem = new Problem(0, {
        title: "The line to the server is too slow for this sound",
        words: "It takes 3 Mbit/s. The results so far are kept below.",
      });
      this.stop();
    }
    this.#wake();
  }
}

/** @param {MediaStream} stream */
function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
