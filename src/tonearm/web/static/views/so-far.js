// What a model tells before its result is there, drawn as it grows: in its card, and on the timeline.

/** @import { Result } from "../api.js" */
/** @import { Curve } from "../columns.js" */
/** @import { Card } from "../models.js" */
/** @import { Stretch } from "../timeline/marks.js" */
/** @import { Track } from "./index.js" */
/** @import { Chord } from "./stretches.js" */
import { el } from "../dom.js";
import { number } from "../format.js";
import { camelot, keyName, place } from "../music.js";
import { Outline } from "../timeline/outline.js";
import { drawActivations, hasShares } from "./activations.js";
import { WORTH } from "./beats.js";
import { circle } from "./circle.js";
import { energyCurve } from "./energy.js";
import { LoudnessChart } from "./loudness-chart.js";
import { named } from "./stretches.js";
import { WORTH_OF_BEATS_ALONE } from "./tempo.js";

/**
 * @typedef {object} SoFar
 * @property {(told: Result) => void} take remember what is new
 * @property {() => Element | null} draw all of it; null if it needs no card
 */

/**
 * @typedef {{ low: number[], high: number[], rms: number[], point: number }} WaveformTold
 * @typedef {{ integratedLoudness: [number], momentaryLoudness: [Curve], shortTermLoudness: [Curve] }} FirstLoudness
 * @typedef {{ integrated_lufs: number | null, momentary_lufs: Curve, short_term_lufs: Curve }} SecondLoudness
 * @typedef {{ key: string | [string] | null, scale: string | [string] | null }} KeyTold
 * @typedef {{ tempo: number | null, beats: number[], beat_numbers: number[] }} BeatsTold
 * @typedef {{ bpm: number, beat_positions: number[] }} TempoTold
 */

/**
 * @param {Card} card
 * @param {Track} track
 * @returns {SoFar}
 */
export function soFar(card, track) {
  // What a model tells always fits its schema, which the types here repeat.
  const own =
    /** @type {Record<string, ((track: Track) => { take: (told: any) => void, draw: SoFar["draw"] }) | undefined>} */ (
      OWN
    )[card.name];
  return own ? own(track) : shares();
}

const OWN = { waveform, energy, loudness_ebur128: loudness, key, beats, bpm_degara: tempo, chords, silence };

function onTimeline() {
  return el("p", { class: "soft" }, "On the timeline above, so far.");
}

/** @param {Track} track */
function waveform({ timeline }) {
  const words = onTimeline();
  /** @type {WaveformTold} */
  const all = { low: [], high: [], rms: [], point: 0 };
  return {
    take(/** @type {WaveformTold} */ { low, high, rms, point }) {
      all.low.push(...low);
      all.high.push(...high);
      all.rms.push(...rms);
      all.point = point;
    },
    draw() {
      const { low, high, rms, point } = all;
      timeline.show({ waveform: new Outline(low, high, rms, low.length * point) });
      return words;
    },
  };
}

/** @param {Track} track */
function loudness(track) {
  /** @type {{ integrated: number | null, momentary: Curve, shortTerm: Curve }} */
  const all = { integrated: null, momentary: [], shortTerm: [] };
  const value = el("p", { class: "figure" });
  const figure = el("div", { class: "loudness" }, value);
  /** @type {LoudnessChart | null} */
  let chart = null;
  return {
    take(/** @type {FirstLoudness | SecondLoudness} */ told) {
      const first = "integratedLoudness" in told;
      all.integrated = first ? told.integratedLoudness[0] : told.integrated_lufs;
      all.momentary.push(...(first ? told.momentaryLoudness[0] : told.momentary_lufs));
      all.shortTerm.push(...(first ? told.shortTermLoudness[0] : told.short_term_lufs));
    },
    draw() {
      const words = all.integrated === null ? "no loudness yet" : number(all.integrated, 1);
      value.replaceChildren(words, el("span", { class: "unit" }, all.integrated === null ? "" : " LUFS so far"));
      if (!all.momentary.length) return figure;
      const curves = { ...all, seconds: track.timeline.duration };
      if (chart) {
        chart.show(curves);
      } else {
        chart = new LoudnessChart(curves, track);
        figure.append(chart.element);
      }
      return figure;
    },
  };
}

function key() {
  /** @type {KeyTold} */
  let last = { key: null, scale: null };
  return {
    take(/** @type {KeyTold} */ told) {
      last = told;
    },
    draw() {
      const [tonic, scale] = [last.key, last.scale].map((each) => (Array.isArray(each) ? each[0] : each));
      const here = tonic && scale ? place(tonic, scale) : null;
      if (!here) return el("p", { class: "soft" }, "no key yet");
      const name = keyName(here);
      return el(
        "div",
        { class: "key" },
        circle(here, [], `Circle of fifths with ${name} marked`),
        el("div", {}, el("p", { class: "headline" }, name), el("p", { class: "soft" }, `${camelot(here)}, so far`)),
      );
    },
  };
}

/** @param {Track} track */
function beats({ timeline }) {
  /** @type {[all: number[], downbeats: number[]]} */
  const [all, downbeats] = [[], []];
  /** @type {number | null} */
  let bpm = null;
  return {
    take(/** @type {BeatsTold} */ told) {
      bpm = told.tempo;
      all.push(...told.beats);
      downbeats.push(...told.beats.filter((_, i) => told.beat_numbers[i] === 1));
    },
    draw() {
      timeline.offerBeats(WORTH, { beats: all, downbeats, beatsAreCertain: false });
      return tempoNow(bpm);
    },
  };
}

/** @param {Track} track */
function tempo({ timeline }) {
  /** @type {number[]} */
  const all = [];
  let bpm = 0;
  return {
    take(/** @type {TempoTold} */ told) {
      bpm = told.bpm;
      all.push(...told.beat_positions);
    },
    draw() {
      timeline.offerBeats(WORTH_OF_BEATS_ALONE, { beats: all, downbeats: [], beatsAreCertain: false });
      return tempoNow(bpm || null);
    },
  };
}

/** @param {number | null} bpm */
function tempoNow(bpm) {
  return bpm === null
    ? el("p", { class: "soft" }, "no tempo yet")
    : el("p", { class: "figure" }, number(bpm, 1), el("span", { class: "unit" }, " bpm so far"));
}

/** @param {Track} track */
function energy(track) {
  /** @type {number[]} */
  const all = [];
  let last = 0;
  return {
    take(/** @type {{ energy: number, curve: number[] }} */ told) {
      last = told.energy;
      all.push(...told.curve);
    },
    draw() {
      return el(
        "div",
        { class: "energy" },
        el("p", { class: "figure" }, number(last, 2), el("span", { class: "unit" }, " so far")),
        energyCurve(all, track),
      );
    },
  };
}

/** @param {Track} track */
function chords({ timeline }) {
  /** @type {Chord[]} */
  const all = [];
  const words = onTimeline();
  return {
    take(/** @type {{ chords: Chord[] }} */ told) {
      for (const each of told.chords) {
        const last = all.at(-1);
        if (last?.chord === each.chord) last.end = each.end;
        else all.push({ ...each });
      }
    },
    draw() {
      timeline.show({ chords: named(all) });
      return words;
    },
  };
}

/** @param {Track} track */
function silence({ timeline }) {
  /** @type {Stretch[]} */
  const gaps = [];
  let leading = 0;
  const words = onTimeline();
  return {
    take(/** @type {{ leading: number, gaps: Stretch[] }} */ told) {
      leading = told.leading;
      gaps.push(...told.gaps);
    },
    draw() {
      timeline.show({ silences: leading ? [{ start: 0, end: leading }, ...gaps] : gaps });
      return words;
    },
  };
}

/** @returns {SoFar} */
function shares() {
  /** @type {Result} */
  let last = {};
  return {
    take(told) {
      last = told;
    },
    draw: () => (hasShares(last) ? (drawActivations(last).figure ?? null) : null),
  };
}
