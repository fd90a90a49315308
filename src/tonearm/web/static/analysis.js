// One analysis on the page, from the choice of a track to the last result, or to an earlier end.

/** @import { StreamEvent } from "./api.js" */
/** @import { Card } from "./models.js" */
/** @import { Player } from "./player.js" */
/** @import { Sound } from "./listen/sound.js" */
/** @import { Source } from "./source.js" */
import { analyze, analyzeSound, fetchSample } from "./api.js";
import { copyButton } from "./copy.js";
import { curl } from "./curl.js";
import { announce, byId, el } from "./dom.js";
import { gathered } from "./export/document.js";
import { exportMenu } from "./export/menu.js";
import { linkTo } from "./link.js";
import { spec } from "./models.js";
import { calm } from "./motion.js";
import { Problem } from "./problem.js";
import { Progress } from "./progress.js";
import { Results } from "./results.js";
import { Timeline } from "./timeline/timeline.js";

/**
 * @typedef {object} Listener
 * @property {() => void} began when the server has taken it
 * @property {(problem: Problem) => void} refused when it has not
 * @property {(problem: Problem) => void} broke when it ended early
 * @property {(() => void) | null} again when the visitor wants it once more; null if that is not possible
 * @property {(() => void)} [back] when the visitor wants to go where it was opened from
 */

export class Analysis {
  #source;
  #cards;
  #models;
  #key;
  #player;
  #heard;
  /** @type {StreamEvent[]} */
  #events = [];
  #over = false;
  #abort = () => {};
  /** @type {Sound | null} */
  #sound = null;
  #ending = new AbortController();
  #timeline;
  #results;
  #progress = new Progress(() => this.stop());
  #heading = el("div", { class: "heading" });
  /** @type {HTMLElement | null} */
  #back = null;
  #actions = el("div", { class: "actions" });

  /**
   * @param {Source} source
   * @param {Card[]} cards
   * @param {string} key
   * @param {Player} player
   * @param {Listener} heard
   */
  constructor(source, cards, key, player, heard) {
    this.#source = source;
    this.#cards = cards;
    this.#key = key;
    this.#player = player;
    this.#heard = heard;
    this.#models = cards.map(spec).join(",");
    if (heard.back)
      this.#back = el("button", { type: "button", class: "quiet back", onclick: heard.back }, "Back to the crate");
    const signal = this.#ending.signal;
    this.#timeline = new Timeline(player, signal);
    this.#results = new Results(cards, { player, heading: this.#heading, timeline: this.#timeline, signal });
  }

  async start() {
    this.show();
    announce(`Analysing ${this.#source.name}`);
    if (this.#source.sample && !this.#source.blob && !(await this.#fetchSample())) return;
    if (this.#source.url) this.#progress.indefinite("The server is fetching the track …");
    if (this.#source.sound && !(await this.#listen(this.#source.sound))) return;
    const heard = {
      sent: (/** @type {number} */ loaded, /** @type {number} */ total) => this.#progress.sent(loaded, total),
      event: (/** @type {StreamEvent} */ event) => this.#take(event),
      done: () => this.#end(null, "did not arrive"),
      failed: (/** @type {Problem} */ problem) => this.#fail(problem),
      lost: () => this.#fail(this.#begun ? Problem.lost(this.#results.arrived, this.#results.total) : new Problem(0)),
    };
    this.#abort = this.#sound
      ? analyzeSound(this.#sound, this.#models, this.#key, heard)
      : analyze(this.#source, this.#models, this.#key, heard);
  }

  /**
   * Show what was found at another time.
   * @param {StreamEvent[]} events
   * @param {string} words
   */
  recall(events, words) {
    this.show();
    for (const event of events) this.#take(event);
    this.#end(words, "did not arrive");
  }

  /** End it, keeping the results so far. */
  stop() {
    this.#abort();
    this.#end("Cancelled. The results so far are kept.", "cancelled");
  }

  /** Put it on the page in place of any other. */
  show() {
    this.#load();
    byId("results-title").textContent = this.#source.name;
    const parts = [this.#heading, this.#progress.element, this.#actions, this.#results.element];
    byId("results-body").replaceChildren(...(this.#back ? [this.#back] : []), ...parts);
    byId("results").hidden = false;
    document.body.classList.add("working");
    byId("results").focus({ preventScroll: true });
    byId("results").scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
  }

  /** It will not be shown again. */
  leave() {
    this.#ending.abort();
  }

  get #begun() {
    return this.#events.length > 0;
  }

  #load() {
    this.#player.load(this.#source.blob ?? null);
  }

  async #fetchSample() {
    this.#progress.indefinite("Fetching the sample …");
    try {
      this.#source.blob = await fetchSample();
      if (!this.#over) this.#load();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#fail(problem);
    }
    return !this.#over;
  }

  /** @param {() => Promise<Sound>} ask */
  async #listen(ask) {
    this.#progress.indefinite("Waiting for you to allow it …");
    try {
      this.#sound = await ask();
      this.#progress.endless(() => this.#sound?.stop());
      this.#sound.onstop = () => this.#progress.stopped();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#fail(problem);
    }
    if (this.#over) this.#sound?.stop();
    return !this.#over;
  }

  /** @param {StreamEvent} event */
  #take(event) {
    if (!this.#begun) this.#heard.began();
    if (event.status === "partial") {
      this.#results.hear(event);
      if (this.#sound) {
        // Nothing else knows how long it is by now.
        this.#timeline.show({ duration: event.at });
        this.#progress.heard(event.at);
      }
      return;
    }
    this.#events.push(event);
    if (event.status === "completed" || (event.status === "error" && event.model_name !== undefined)) {
      this.#results.take(event);
      this.#progress.arrived(this.#results);
    } else if (event.status === "finished") {
      this.#results.warn(event.warnings ?? []);
    } else if (event.status === "error") {
      this.#fail(new Problem(200, { title: "The analysis stopped early", detail: event.error }));
    }
  }

  /** @param {Problem} problem */
  #fail(problem) {
    if (this.#over) return;
    if (this.#begun) {
      this.#end(problem.message, "did not arrive");
      this.#heard.broke(problem);
    } else {
      this.#over = true;
      this.#sound?.stop();
      this.#heard.refused(problem);
    }
  }

  /**
   * @param {string | null} words
   * @param {string} missing what the empty cards say
   */
  #end(words, missing) {
    if (this.#over) return;
    this.#over = true;
    this.#sound?.stop();
    this.#results.leave(missing);
    this.#timeline.complete();
    announce(this.#progress.end(words, this.#results, this.#timeline.duration));
    const { again } = this.#heard;
    this.#actions.replaceChildren(
      ...(again ? [el("button", { type: "button", onclick: again }, "Analyse again")] : []),
      ...(this.#sound ? [] : [copyButton("Copy as curl", () => curl(this.#source, this.#models, this.#key !== ""))]),
      copyButton("Copy the JSON", () => JSON.stringify(this.#events)),
      copyButton("Copy link", () => linkTo(this.#source, this.#cards)),
      exportMenu({
        name: this.#source.name,
        cards: this.#cards,
        document: () => gathered(this.#source.name, this.#cards, this.#events),
        track: this.#timeline.track,
        pictures: () => [
          { name: "timeline", title: "Timeline", element: this.#timeline.element },
          ...this.#results.pictures,
        ],
      }),
    );
  }
}
