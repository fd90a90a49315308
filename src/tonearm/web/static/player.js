// The sound of the track, played from this device, and the time that all drawings follow.

import { Amplifier } from "./amplifier.js";
import { calm } from "./motion.js";

/** Sends "state" when it starts, stops, gets or loses its sound, and "time" whenever the play head is elsewhere. */
export class Player extends EventTarget {
  #audio = new Audio();
  /** @type {string | null} */
  #address = null;
  /**
   * The time it was last sent to; the sound may need a moment to get there.
   * @type {number | null}
   */
  #goal = null;
  /** @type {Blob | null} what it plays */
  blob = null;
  #amplifier = new Amplifier(this.#audio);

  constructor() {
    super();
    for (const event of ["play", "pause", "ended", "loadedmetadata", "error"]) {
      this.#audio.addEventListener(event, () => this.#say("state"));
    }
    this.#audio.addEventListener("play", () => this.#follow());
    this.#audio.addEventListener("timeupdate", () => this.#say("time"));
    this.#audio.addEventListener("seeked", () => {
      if (!this.#audio.seeking) this.#goal = null;
      this.#say("time");
    });
  }

  /**
   * Take the sound of a blob; null if the track is not on this device.
   * @param {Blob | null} blob
   */
  load(blob) {
    this.#audio.pause();
    this.blob = blob;
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = blob && URL.createObjectURL(blob);
    if (this.#address) this.#audio.src = this.#address;
    else this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#goal = null;
    this.#amplifier.gain = 0;
    this.#say("state");
    this.#say("time");
  }

  get loaded() {
    return this.#address !== null;
  }

  /** Whether the browser cannot decode it, which says nothing about the server. */
  get unplayable() {
    return this.loaded && this.#audio.error !== null;
  }

  get playable() {
    return this.loaded && !this.unplayable;
  }

  get playing() {
    return !this.#audio.paused && !this.#audio.ended;
  }

  get time() {
    return this.#goal ?? this.#audio.currentTime;
  }

  get duration() {
    return Number.isFinite(this.#audio.duration) ? this.#audio.duration : 0;
  }

  /** In dB. */
  get gain() {
    return this.#amplifier.gain;
  }

  toggle() {
    if (this.playing) this.#audio.pause();
    else this.play();
  }

  play() {
    if (!this.playable) return;
    this.#amplifier.wake();
    this.#audio.play().catch(() => this.#say("state"));
  }

  /**
   * Go to a time, of a track without sound too: the drawings show what is there.
   * @param {number} time in seconds
   */
  seek(time) {
    this.#goal = Math.min(Math.max(0, time), this.duration || Infinity);
    if (this.playable) this.#audio.currentTime = this.#goal;
    this.#say("time");
  }

  /**
   * Play the track louder or softer than it is.
   * @param {number} gain in dB
   */
  amplify(gain) {
    this.#amplifier.gain = gain;
    this.#say("state");
  }

  #follow() {
    if (!this.playing || calm()) return;
    this.#say("time");
    requestAnimationFrame(() => this.#follow());
  }

  /** @param {"state" | "time"} event */
  #say(event) {
    this.dispatchEvent(new Event(event));
  }
}
