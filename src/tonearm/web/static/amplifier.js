// How loud a sound is played. A browser can only lower the volume of a sound by itself, so this goes its own way to the
// loudspeakers from the first time on that it is to be played at another gain.

const SMOOTH_SECONDS = 0.02;

export class Amplifier {
  #audio;
  #decibels = 0;
  /** @type {{ context: AudioContext, node: GainNode } | null} */
  #way = null;

  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    this.#audio = audio;
  }

  /** In dB. */
  get gain() {
    return this.#decibels;
  }

  set gain(decibels) {
    this.#decibels = decibels;
    if (decibels !== 0) this.#way ??= route(this.#audio);
    if (!this.#way) return;
    const { context, node } = this.#way;
    node.gain.setTargetAtTime(10 ** (decibels / 20), context.currentTime, SMOOTH_SECONDS);
    this.wake();
  }

  /** Browsers let a sound begin only when somebody wants it. */
  wake() {
    this.#way?.context.resume();
  }
}

/** @param {HTMLAudioElement} audio */
function route(audio) {
  const context = new AudioContext();
  const node = context.createGain();
  context.createMediaElementSource(audio).connect(node).connect(context.destination);
  return { context, node };
}
