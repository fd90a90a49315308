/**
 * One track and what it is like, for any page:
 *
 *     <script type="module" src="http://127.0.0.1:8000/web/track-analysis.js"></script>
 *     <track-analysis src="track.mp3"></track-analysis>
 *
 * It analyses its track when it comes into view, and each one after the others. Colours are those of the text around
 * it, and `--track-analysis-accent`.
 */

import { highest, lowest, parts } from "./columns.js";
import { el, onWidth, svg } from "./dom.js";
import { capital, clock, number } from "./format.js";
import { pretty } from "./music.js";
import { pause } from "./pause.js";
import { AnalysisError, analyze } from "./tonearm.js";

/** @typedef {Record<string, Record<string, any>>} Results by name of the model */

const MODELS = "key:2,beats,loudness_ebur128:2,waveform";
const [BAR, HEIGHT] = [4, 56];
/** In seconds. */
const LONGEST_PAUSE = 60;
const NOT_OPENED = 1006;
const UNREACHABLE =
  "The server cannot be reached, or does not let pages of this site use it: TONEARM_CORS_ORIGINS names those that may.";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; font: inherit; color: inherit; }
  :host([hidden]) { display: none; }
  figure { display: grid; grid-template-columns: auto 1fr; gap: 0.25em 0.75em; align-items: center; margin: 0; }
  figcaption { grid-column: 1 / -1; font-weight: 600; overflow-wrap: anywhere; }
  button {
    inline-size: 2.75em; block-size: 2.75em; border: 1px solid; border-radius: 50%; padding: 0;
    font: inherit; line-height: 1; color: inherit; background: none; cursor: pointer;
  }
  .track { position: relative; min-inline-size: 0; color: var(--track-analysis-accent, currentcolor); }
  svg { display: block; inline-size: 100%; block-size: ${HEIGHT}px; stroke: currentcolor; stroke-width: 2; opacity: 0.4; }
  svg.played { position: absolute; inset: 0; opacity: 1; clip-path: inset(0 calc(100% - var(--played, 0%)) 0 0); }
  input { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; margin: 0; opacity: 0; cursor: pointer; }
  .track:focus-within { outline: 2px solid; outline-offset: 2px; }
  dl { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0.25em 1.5em; margin: 0; }
  dl div { display: flex; gap: 0.4em; align-items: baseline; }
  dt { opacity: 0.75; }
  dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
  dd.uncertain { font-weight: 400; font-style: italic; }
  p, progress { grid-column: 1 / -1; inline-size: 100%; margin: 0; accent-color: var(--track-analysis-accent, auto); }
`);

class TrackAnalysis extends HTMLElement {
  static observedAttributes = ["src", "server", "name"];

  /** For a server that asks for a key: everybody who sees the page can read it. */
  apiKey = "";
  #root = this.attachShadow({ mode: "open" });
  #audio = new Audio();
  /** @type {AbortController | null} */
  #work = null;
  #seen = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting && !this.#work) this.#run(this.#begin());
  });

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    this.#audio.preload = "none";
  }

  connectedCallback() {
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    this.#seen.disconnect();
    this.#audio.pause();
    this.#work?.abort();
    this.#work = null;
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  /** @returns {AbortSignal} */
  #begin() {
    this.#work = new AbortController();
    return this.#work.signal;
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    const src = this.getAttribute("src");
    if (!src) return this.#say("There is no track: its address belongs in the attribute src.");
    this.#say("Waiting …");
    try {
      const results = await inTurn(() => this.#results(new URL(src, document.baseURI), signal));
      this.#show(src, results);
      this.dispatchEvent(new CustomEvent("analyzed", { detail: results }));
    } catch (error) {
      if (!signal.aborted) this.#say(words(error));
    }
  }

  /**
   * @param {URL} src
   * @param {AbortSignal} signal
   * @returns {Promise<Results>}
   */
  async #results(src, signal) {
    const server = this.getAttribute("server") ?? new URL("/", import.meta.url);
    for (;;) {
      /** @type {Results} */
      const results = {};
      const told = this.#progress();
      try {
        const asked = { models: MODELS, apiKey: this.apiKey, signal };
        for await (const event of analyze(server, pieces(src, told, signal), asked)) {
          if (event.status === "completed") results[event.result.model_name] = event.result.results;
        }
        return results;
      } catch (error) {
        if (!(error instanceof AnalysisError) || error.retryAfter === null) throw error;
        this.#say("The server is busy; this track is analysed when it is not.");
        await pause(1000 * Math.min(error.retryAfter, LONGEST_PAUSE), signal);
      }
    }
  }

  /** @param {string} words */
  #say(words) {
    this.#root.replaceChildren(el("figure", {}, this.#caption(), el("p", { role: "status" }, words)));
  }

  /** @returns {(share: number | null) => void} to be told how much of the track has been sent, if that is known */
  #progress() {
    const bar = el("progress", { max: 1, "aria-label": "Analysing" });
    this.#root.replaceChildren(el("figure", {}, this.#caption(), bar));
    return (share) => {
      if (share !== null) bar.value = share;
    };
  }

  #caption() {
    const src = this.getAttribute("src") ?? "";
    const file = new URL(src, document.baseURI).pathname.split("/").pop() ?? "";
    return el("figcaption", {}, this.getAttribute("name") ?? unescaped(file));
  }

  /**
   * @param {string} src
   * @param {Results} results
   */
  #show(src, results) {
    const button = el("button", { type: "button", "aria-label": "Play", onclick: () => this.#toggle() }, "▶");
    const children = [this.#caption(), button, this.#track(results.waveform), facts(results)];
    this.#root.replaceChildren(el("figure", {}, ...children));
    this.#audio.src = src;
    const state = () => {
      const playing = !this.#audio.paused;
      button.textContent = playing ? "❚❚" : "▶";
      button.setAttribute("aria-label", playing ? "Pause" : "Play");
    };
    for (const event of /** @type {const} */ (["onplay", "onpause", "onended"])) this.#audio[event] = state;
    this.#audio.onerror = () => {
      button.disabled = true;
      button.title = "This browser cannot play the track.";
    };
  }

  #toggle() {
    if (this.#audio.paused) this.#audio.play().catch(() => {});
    else this.#audio.pause();
  }

  /** @param {Record<string, any> | undefined} waveform */
  #track(waveform) {
    if (!waveform?.low.length) return el("div", { class: "track" });
    const { low, high, duration } = waveform;
    const place = el("input", { type: "range", min: 0, max: duration, step: "any", value: 0, "aria-label": "Place" });
    const drawings = ["waveform", "waveform played"].map((name) =>
      svg("svg", { class: name, preserveAspectRatio: "none", "aria-hidden": "true" }),
    );
    const track = el("div", { class: "track" }, ...drawings, place);
    const tell = (/** @type {number} */ time) => {
      place.value = String(time);
      place.setAttribute("aria-valuetext", `${clock(time)} of ${clock(duration)}`);
      track.style.setProperty("--played", `${(100 * time) / duration}%`);
    };
    tell(0);
    place.addEventListener("input", () => {
      this.#audio.currentTime = Number(place.value);
      tell(Number(place.value));
    });
    this.#audio.ontimeupdate = () => tell(this.#audio.currentTime);
    onWidth(track, (width) => {
      const d = outline(low, high, width);
      for (const drawing of drawings) {
        drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
        drawing.replaceChildren(svg("path", { d }));
      }
    });
    return track;
  }
}

/**
 * A line for each few pixels, from the lowest to the highest sample.
 * @param {number[]} low
 * @param {number[]} high
 * @param {number} width
 */
function outline(low, high, width) {
  const middle = HEIGHT / 2;
  const scale = middle / Math.max(0.02, highest(high, 0, high.length), -lowest(low, 0, low.length));
  return parts(0, low.length, width / BAR)
    .map(([first, last]) => {
      const x = ((first + last) / 2 / low.length) * width;
      const [top, bottom] = [highest(high, first, last), lowest(low, first, last)];
      return `M${x.toFixed(1)} ${(middle - top * scale).toFixed(1)}V${(middle - bottom * scale + 0.1).toFixed(1)}`;
    })
    .join("");
}

/** @param {Results} results */
function facts({ key, beats, loudness_ebur128: loudness, waveform }) {
  /** @type {[name: string, text: string, certainty?: string][]} */
  const known = [];
  if (key?.key) {
    // A code is advice on mixing, and there is none for what is uncertain.
    const code = key.certainty === "certain" ? ` · ${key.camelot}` : "";
    known.push(["Key", `${pretty(key.key)} ${key.scale}${code}`, key.certainty]);
  }
  if (beats?.tempo) known.push(["Tempo", `${number(beats.tempo, 1)} bpm`, beats.certainty]);
  if (Number.isFinite(loudness?.integrated_lufs))
    known.push(["Loudness", `${number(loudness.integrated_lufs, 1)} LUFS`]);
  if (waveform) known.push(["Length", clock(waveform.duration)]);
  return el(
    "dl",
    {},
    known.map(([name, text, certainty]) => {
      const doubtful = certainty === "uncertain";
      const value = el("dd", { class: doubtful && "uncertain" }, doubtful ? `${text}, uncertain` : text);
      return el("div", {}, el("dt", {}, name), value);
    }),
  );
}

/**
 * The track as it arrives here; `told` how much of it has.
 * @param {URL} src
 * @param {(share: number | null) => void} told
 * @param {AbortSignal} signal
 */
async function* pieces(src, told, signal) {
  const response = await fetch(src, { signal });
  if (!response.ok || !response.body) throw new Error(`${src} answers ${response.status}.`);
  const total = Number(response.headers.get("content-length"));
  const reader = response.body.getReader();
  let given = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    given += value.length;
    told(total ? Math.min(1, given / total) : null);
    yield value;
  }
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * After all that came before: a page of fifty tracks asks for one at a time.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
function inTurn(work) {
  const mine = last.then(work, work);
  last = mine.catch(() => {});
  return mine;
}

/** @param {string} file */
function unescaped(file) {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** @param {unknown} error */
function words(error) {
  if (error instanceof AnalysisError && error.code === NOT_OPENED) return UNREACHABLE;
  return capital(error instanceof Error ? error.message : String(error));
}

customElements.define("track-analysis", TrackAnalysis);
