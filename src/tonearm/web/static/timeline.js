// The track over time: all of it, a close-up around the play head, and the buttons that play it.

/** @import { Player } from "./player.js" */
/** @import { Marks, Waveform } from "./strip.js" */
import { highest, lowest } from "./columns.js";
import { el, onWidth } from "./dom.js";
import { clock, count, number } from "./format.js";
import { Strip } from "./strip.js";

const WHOLE = 112;
const CLOSE = 88;
/** Seconds that the close-up shows; a track of twice that has none. */
const PAGE = 12;
const STEP = 5;
/** The attributes that a slider has and a picture does not. */
const SLIDING = ["tabindex", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"];

export class Timeline {
  #player;
  /** @type {Marks} */
  #track = {
    waveform: null,
    beats: [],
    downbeats: [],
    beatsAreCertain: true,
    onsets: [],
    keys: [],
    chords: [],
    silences: [],
    duration: 0,
  };
  #worth = 0;
  #whole = new Strip(WHOLE);
  #close = new Strip(CLOSE);
  #page = -1;
  #width = 0;
  #play = el("button", { type: "button", class: "play", onclick: () => this.#player.toggle() });
  #time = el("span", { class: "time" });
  #note = el("p", { class: "soft note" });
  #caption = el("p", { class: "soft caption", id: "timeline-caption" });
  #slider = el("div", { class: "slider" }, this.#whole.element);
  #closeUp = el("div", { class: "close-up", hidden: true }, this.#close.element);

  /**
   * It follows the player until the signal.
   * @param {Player} player
   * @param {AbortSignal} signal
   */
  constructor(player, signal) {
    this.#player = player;
    this.element = el(
      "div",
      { class: "timeline", hidden: true },
      el("div", { class: "transport" }, this.#play, this.#time, this.#note),
      this.#slider,
      this.#closeUp,
      this.#caption,
    );
    this.#slider.addEventListener("keydown", (event) => this.#key(event));
    this.#seekOn(this.#slider, this.#whole);
    this.#seekOn(this.#closeUp, this.#close);
    onWidth(this.element, (width) => {
      this.#width = width;
      this.#draw();
    });
    player.addEventListener("time", () => this.#move(), { signal });
    player.addEventListener("state", () => this.#draw(), { signal });
  }

  /**
   * Add to what is known of the track.
   * @param {Partial<Marks>} part
   */
  show(part) {
    Object.assign(this.#track, part);
    this.#draw();
  }

  /**
   * Beats of several models: those that are worth most are drawn, whichever come first.
   * @param {number} worth
   * @param {Pick<Marks, "beats" | "downbeats" | "beatsAreCertain">} beats
   */
  offerBeats(worth, beats) {
    if (worth < this.#worth) return;
    this.#worth = worth;
    this.show(beats);
  }

  get duration() {
    const { duration, beats, onsets, chords } = this.#track;
    const last = Math.max(0, beats.at(-1) ?? 0, onsets.at(-1) ?? 0, chords.at(-1)?.end ?? 0);
    return duration || this.#player.duration || last;
  }

  /**
   * Go to the time under the pointer when it is pressed or drawn over a strip.
   * @param {HTMLElement} element
   * @param {Strip} strip
   */
  #seekOn(element, strip) {
    const seek = (/** @type {PointerEvent} */ event) => this.#player.seek(strip.timeAt(event.clientX));
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      seek(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) seek(event);
    });
  }

  #draw() {
    const duration = this.duration;
    this.element.hidden = !duration;
    this.#transport();
    if (!duration || !this.#width) return;
    this.#page = -1;
    this.#whole.draw({ ...this.#track, duration }, 0, duration, this.#width);
    this.#closeUp.hidden = duration < 2 * PAGE;
    this.#caption.textContent = this.#words(duration);
    this.#move();
  }

  #transport() {
    const playable = this.#player.loaded && !this.#player.unplayable;
    this.#play.hidden = !playable;
    this.#time.hidden = !playable;
    const verb = this.#player.playing ? "Pause" : "Play";
    this.#play.textContent = verb;
    this.#play.classList.toggle("playing", this.#player.playing);
    this.#note.textContent = this.#player.unplayable
      ? "This browser cannot play this format. The results are not affected."
      : this.#player.loaded
        ? ""
        : "The server fetched this track. Only a track from this device can be played here.";
    const slider = playable
      ? { role: "slider", tabindex: "0", "aria-label": "Position in the track", "aria-describedby": "timeline-caption" }
      : { role: "img", "aria-label": "The track over time", "aria-describedby": "timeline-caption" };
    // Not taken away and given back: it would lose the focus.
    if (!playable) for (const name of SLIDING) this.#slider.removeAttribute(name);
    for (const [name, value] of Object.entries(slider)) this.#slider.setAttribute(name, value);
    this.#slider.classList.toggle("seekable", playable);
    this.#closeUp.classList.toggle("seekable", playable);
  }

  #move() {
    const duration = this.duration;
    const playable = this.#player.loaded && !this.#player.unplayable;
    const time = playable ? this.#player.time : null;
    this.#whole.move(time);
    const words = `${clock(this.#player.time)} of ${clock(duration)}`;
    this.#time.textContent = words;
    if (playable) {
      this.#slider.setAttribute("aria-valuemin", "0");
      this.#slider.setAttribute("aria-valuemax", duration.toFixed(1));
      this.#slider.setAttribute("aria-valuenow", this.#player.time.toFixed(1));
      this.#slider.setAttribute("aria-valuetext", words);
    }
    if (this.#closeUp.hidden || !this.#width) return;
    // A page at a time, because a picture that scrolls all the time is hard to read.
    const page = Math.floor(Math.min(time ?? 0, duration - 0.001) / PAGE);
    if (page !== this.#page) {
      this.#page = page;
      this.#close.draw({ ...this.#track, duration }, page * PAGE, (page + 1) * PAGE, this.#width);
    }
    this.#close.move(time);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { time, duration } = this.#player;
    /** @type {Record<string, (() => void) | undefined>} */
    const keys = {
      ArrowRight: () => this.#player.seek(time + STEP),
      ArrowUp: () => this.#player.seek(time + STEP),
      ArrowLeft: () => this.#player.seek(time - STEP),
      ArrowDown: () => this.#player.seek(time - STEP),
      PageUp: () => this.#player.seek(time + 6 * STEP),
      PageDown: () => this.#player.seek(time - 6 * STEP),
      Home: () => this.#player.seek(0),
      End: () => this.#player.seek(duration),
      " ": () => this.#player.toggle(),
    };
    const act = keys[event.key];
    if (!act || !this.#player.loaded || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  /** @param {number} duration */
  #words(duration) {
    const { waveform, beats, onsets, keys, chords, silences } = this.#track;
    const words = [
      `${waveform ? "Waveform" : "Timeline"} of ${clock(duration)}`,
      waveform ? peak(waveform) : null,
      beats.length ? this.#beatWords() : null,
      onsets.length ? count(onsets.length, "onset") : null,
      keys.length ? count(keys.length, "key") : null,
      chords.length ? count(chords.length, "chord") : null,
      silences.length ? count(silences.length, "silence") : null,
    ];
    return `${words.filter(Boolean).join(", ")}.`;
  }

  #beatWords() {
    const { beats, downbeats, beatsAreCertain } = this.#track;
    const { every, what } = this.#whole.marked;
    const bars = downbeats.length ? ` in ${count(downbeats.length, "bar")}` : "";
    const marked =
      what === "beat" && every === 1 ? "" : `, every ${every > 1 ? `${ordinal(every)} ` : ""}${what} marked`;
    return `${count(beats.length, "beat")}${bars}${beatsAreCertain ? "" : ", uncertain"}${marked}`;
  }
}

/** @param {Waveform} waveform */
function peak({ low, high }) {
  const value = Math.max(0, highest(high, 0, high.length), -lowest(low, 0, low.length));
  return value > 0 ? `highest sample ${number(20 * Math.log10(value), 1)} dBFS` : "digital silence";
}

/** @param {number} number a power of two below 200 */
function ordinal(number) {
  return number % 10 === 2 ? `${number}nd` : `${number}th`;
}
