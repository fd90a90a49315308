// The bar that stays in sight: play, the time, what is heard at this moment, and the track in small.

/** @import { Player } from "../player.js" */
/** @import { Marks } from "./marks.js" */
import { el } from "../dom.js";
import { clock, signed } from "../format.js";
import { Strip } from "./strip.js";

const SMALL = 30;

export class Transport {
  strip = new Strip(SMALL, true);
  /** The track in small, which is shown while the large one is out of sight. */
  small = el("div", { class: "small-track", "aria-hidden": "true" }, this.strip.element);
  #player;
  #play = el("button", { type: "button", class: "play", onclick: () => this.#player.toggle() });
  #time = el("span", { class: "time" });
  #gain = el("button", { type: "button", class: "quiet gain", hidden: true, onclick: () => this.#player.amplify(0) });
  #note = el("p", { class: "soft note" });

  /**
   * @param {Player} player
   * @param {HTMLElement} readout
   */
  constructor(player, readout) {
    this.#player = player;
    this.element = el(
      "div",
      { class: "transport", hidden: true },
      el("div", { class: "controls" }, this.#play, this.#time, this.#gain, readout, this.#note),
      this.small,
    );
  }

  /** Show the state of the player. */
  show() {
    const { playable, unplayable, loaded, playing, gain } = this.#player;
    this.#play.hidden = !playable;
    this.#play.textContent = playing ? "Pause" : "Play";
    this.#play.classList.toggle("playing", playing);
    this.#gain.hidden = gain === 0;
    this.#gain.textContent = `At ${signed(gain, 1)} dB`;
    this.#gain.setAttribute("aria-label", `Played at ${signed(gain, 1)} dB. Play it as it is`);
    this.#note.textContent = unplayable
      ? "This browser cannot play this format. The results are not affected."
      : loaded
        ? ""
        : "Only a file of this device can be played.";
    this.#note.hidden = playable;
  }

  /**
   * @param {Marks} track
   * @param {number} duration
   * @param {number} width
   */
  draw(track, duration, width) {
    this.strip.draw(track, 0, duration, width);
  }

  /**
   * @param {number} time
   * @param {number} duration
   */
  move(time, duration) {
    this.#time.textContent = `${clock(time)} of ${clock(duration)}`;
    this.strip.move(time);
  }
}
