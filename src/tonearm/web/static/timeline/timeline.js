// The track over time: all of it, a part of it drawn large, and the bar that plays it.

/** @import { Player } from "../player.js" */
/** @import { Marks } from "./marks.js" */
import { el, onWidth } from "../dom.js";
import { clock } from "../format.js";
import { paced } from "../pace.js";
import { caption } from "./caption.js";
import { onGestures } from "./gestures.js";
import { onKeys, SHORTCUTS } from "./keys.js";
import { lastKnown, nothingYet } from "./marks.js";
import { momentOf, Readout } from "./readout.js";
import { Strip } from "./strip.js";
import { Transport } from "./transport.js";
import { Window } from "./window.js";
import { ZoomButtons } from "./zoom-buttons.js";

const WHOLE = 112;
const CLOSE = 88;
/** How much closer or farther a step goes. */
const STEP = 2;

/** Sends "track" when more of the track is known, and "complete" when no more will be. */
export class Timeline extends EventTarget {
  #player;
  #track = nothingYet();
  #worth = 0;
  #whole = new Strip(WHOLE);
  #close = new Strip(CLOSE);
  #window = new Window();
  /** Whether the window goes where the play head goes: not once somebody has moved it away. */
  #following = true;
  /** @type {number | null} */
  #pointed = null;
  #readout = new Readout();
  #transport;
  #zoomed = {
    closer: () => this.#zoomBy(STEP),
    farther: () => this.#zoomBy(1 / STEP),
    all: () => this.#all(),
  };
  #zoom = new ZoomButtons(this.#zoomed);
  #width = 0;
  #later = paced(() => this.#draw());
  #caption = el("p", { class: "soft caption", id: "timeline-caption" });
  #slider = el("div", {
    class: "slider",
    role: "slider",
    tabindex: 0,
    "aria-label": "Position in the track",
    "aria-describedby": this.#caption.id,
    "aria-valuemin": 0,
    "aria-keyshortcuts": SHORTCUTS,
  });
  #closeUp = el("div", { class: "close-up", hidden: true }, this.#close.element);

  /**
   * It follows the player until the signal.
   * @param {Player} player
   * @param {AbortSignal} signal
   */
  constructor(player, signal) {
    super();
    this.#player = player;
    this.#transport = new Transport(player, this.#readout.element);
    this.#slider.append(this.#whole.element);
    /** Stays in sight as long as what it stands in does. */
    this.bar = this.#transport.element;
    this.element = el(
      "div",
      { class: "timeline", hidden: true },
      this.#slider,
      this.#closeUp,
      el("div", { class: "below" }, this.#caption, this.#zoom.element),
    );
    onKeys(this.#slider, {
      ...this.#zoomed,
      skip: (seconds) => this.seek(player.time + seconds),
      seek: (time) => this.seek(time),
      scroll: (pages) => this.#pan(pages * this.#window.span),
      toggle: () => player.toggle(),
    });
    this.#feel(this.#slider, this.#whole);
    this.#feel(this.#closeUp, this.#close);
    this.#feel(this.#transport.small, this.#transport.strip);
    onWidth(this.element, (width) => {
      this.#width = width;
      this.#draw();
    });
    const sight = new IntersectionObserver(([entry]) => {
      const above = !entry.isIntersecting && entry.boundingClientRect.top < 0;
      this.bar.classList.toggle("stuck", above);
    });
    sight.observe(this.#slider);
    signal.addEventListener("abort", () => sight.disconnect());
    player.addEventListener("time", () => this.#move(), { signal });
    player.addEventListener("state", () => this.#state(), { signal });
  }

  /**
   * Add to what is known of the track. It is drawn soon: much may become known at once.
   * @param {Partial<Marks>} part
   */
  show(part) {
    Object.assign(this.#track, part);
    this.dispatchEvent(new Event("track"));
    this.#later();
  }

  /** No more will become known. */
  complete() {
    this.#draw();
    this.dispatchEvent(new Event("complete"));
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

  /** @returns {Readonly<Marks>} */
  get track() {
    return this.#track;
  }

  get duration() {
    return this.#track.duration || this.#player.duration || lastKnown(this.#track);
  }

  /** @param {number} time */
  seek(time) {
    this.#following = true;
    this.#player.seek(Math.min(Math.max(0, time), this.duration));
  }

  /**
   * Tell of a moment that somebody points at, here or in another drawing; null when they leave.
   * @param {number | null} time
   */
  point(time) {
    this.#pointed = time;
    for (const strip of [this.#whole, this.#close]) strip.point(time);
    this.#tell();
  }

  /**
   * @param {HTMLElement} element
   * @param {Strip} strip
   */
  #feel(element, strip) {
    onGestures(element, {
      seek: (x) => this.seek(strip.timeAt(x)),
      point: (x) => this.point(x === null ? null : strip.timeAt(x)),
      zoom: (factor, x) => this.#zoomBy(factor, strip.timeAt(x)),
      pan: (pixels) => this.#pan(pixels / strip.scale.perSecond),
    });
  }

  #draw() {
    const duration = this.duration;
    this.element.hidden = this.bar.hidden = !duration;
    this.#transport.show();
    if (!duration || !this.#width) return;
    this.#window.duration = duration;
    this.#whole.draw(this.#track, 0, duration, this.#width);
    this.#transport.draw(this.#track, duration, this.#width);
    this.#caption.textContent = caption(this.#track, duration, this.#whole.marked);
    this.#drawWindow();
    this.#move();
  }

  #drawWindow() {
    const { from, to, whole } = this.#window;
    this.#closeUp.hidden = whole;
    this.#whole.frame(whole ? null : { from, to });
    this.#zoom.show(this.#window);
    if (whole) return;
    this.#close.draw(this.#track, from, to, this.#width);
    this.#close.move(this.#player.time);
    this.#close.point(this.#pointed);
  }

  #state() {
    this.#following ||= this.#player.playing;
    this.#draw();
  }

  #move() {
    const { time } = this.#player;
    const duration = this.duration;
    this.#whole.move(time);
    this.#transport.move(time, duration);
    this.#slider.setAttribute("aria-valuemax", duration.toFixed(1));
    this.#slider.setAttribute("aria-valuenow", time.toFixed(1));
    this.#tell();
    if (!this.#width || this.#window.whole) return;
    this.#following ||= this.#player.playing && this.#window.contains(time);
    const { from } = this.#window;
    if (this.#following) this.#window.follow(time);
    if (this.#window.from === from) this.#close.move(time);
    else this.#drawWindow();
  }

  #tell() {
    const { time } = this.#player;
    this.#readout.show(this.#track, this.#pointed ?? time);
    const { Time: _, Peak: __, ...heard } = momentOf(this.#track, time);
    const words = Object.entries(heard).map(([name, value]) => value && `${name.toLowerCase()} ${value}`);
    const place = `${clock(time)} of ${clock(this.duration)}`;
    this.#slider.setAttribute("aria-valuetext", [place, ...words.filter(Boolean)].join(", "));
  }

  /**
   * @param {number} factor
   * @param {number} [around] the play head if it is in sight, or the middle
   */
  #zoomBy(factor, around) {
    const { from, span } = this.#window;
    const { time } = this.#player;
    this.#window.zoom(factor, around ?? (this.#window.contains(time) ? time : from + span / 2));
    this.#following = this.#window.contains(time);
    this.#drawWindow();
  }

  #all() {
    this.#window.all();
    this.#following = true;
    this.#drawWindow();
  }

  /** @param {number} seconds */
  #pan(seconds) {
    this.#following = false;
    this.#window.pan(seconds);
    this.#drawWindow();
  }
}
