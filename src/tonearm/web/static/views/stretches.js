// Results on the timeline: the waveform alone, and chords, onsets, speech and silences, which cards sum up.

/** @import { Stretch } from "../timeline/marks.js" */
/** @import { Certainty } from "./confidence.js" */
/** @import { Track, View } from "./index.js" */
import { el } from "../dom.js";
import { clock, count, number, percent } from "../format.js";
import { pretty } from "../music.js";
import { Outline } from "../timeline/outline.js";
import { foundBy, nothing } from "./confidence.js";
import { rows } from "./table.js";

const MOST = 6;
/** Seconds below which a silence is too short to draw. */
const SHORTEST = 0.05;

/** @typedef {{ low: number[], high: number[], rms: number[], duration: number }} WaveformResult */
/** @typedef {Stretch & { chord: string }} Chord */
/** @typedef {{ chords: Chord[], method?: Certainty["method"] }} ChordsResult only version 2 has a method */
/** @typedef {{ onset_rate: number, onsets: number[] }} OnsetsResult */
/** @typedef {{ share: number, segments: (Stretch & { probability: number })[] }} SpeechResult */
/** @typedef {{ leading: number, trailing: number, duration: number, gaps: Stretch[] }} SilenceResult */

/**
 * @param {WaveformResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawWaveform({ low, high, rms, duration }, { timeline }) {
  const { waveform: sofar } = timeline.track;
  // Of a long track what was told on the way is finer.
  const finer = sofar && sofar.points > low.length && sofar.seconds + sofar.point > duration;
  timeline.show({ waveform: finer ? sofar : new Outline(low, high, rms, duration), duration });
  return { summary: `drawn, ${clock(duration)}`, home: timeline.element };
}

/**
 * @param {ChordsResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawChords({ chords, method }, { timeline }) {
  timeline.show({ chords: named(chords) });
  /** @type {Map<string, number>} */
  const seconds = new Map();
  for (const { chord, start, end } of chords) {
    if (chord !== "N") seconds.set(chord, (seconds.get(chord) ?? 0) + end - start);
  }
  const sorted = [...seconds].sort(([, one], [, other]) => other - one);
  const how = method ? foundBy(method) : null;
  if (!sorted.length) return nothing("No chord was found.", null, how);
  return {
    summary: count(chords.length, "chord"),
    figure: el(
      "div",
      {},
      el("p", {}, `${count(chords.length, "chord")}, on the timeline above. Longest in total:`),
      rows(sorted.slice(0, MOST).map(([chord, time]) => [pretty(chord), `${number(time, 1)} s`])),
      how,
    ),
  };
}

/**
 * As the timeline has them.
 * @param {Chord[]} chords
 */
export function named(chords) {
  return chords.map((each) => ({ ...each, name: each.chord === "N" ? "" : pretty(each.chord) }));
}

/**
 * @param {OnsetsResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawOnsets({ onset_rate: rate, onsets }, { timeline }) {
  timeline.show({ onsets });
  return {
    summary: `${number(rate, 1)} per second`,
    figure: el(
      "div",
      {},
      el("p", { class: "figure" }, number(rate, 1), el("span", { class: "unit" }, " per second")),
      el("p", { class: "soft" }, `${count(onsets.length, "onset")}, on the timeline above.`),
    ),
  };
}

/**
 * @param {SpeechResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawSpeech({ share, segments }, { timeline }) {
  timeline.show({ speech: segments.map((each) => ({ ...each, name: "speech" })) });
  if (!segments.length) return nothing("Nobody speaks.");
  return {
    summary: `${percent(share)} speech`,
    figure: el(
      "div",
      {},
      el("p", { class: "figure" }, percent(share)),
      el(
        "p",
        { class: "soft" },
        `is speech: ${count(segments.length, "stretch", "stretches")}, on the timeline above.`,
      ),
    ),
  };
}

/**
 * @param {SilenceResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawSilence({ leading, trailing, duration, gaps }, { timeline }) {
  const silent = leading >= duration;
  const ends = silent ? [] : [{ start: duration - trailing, end: duration }];
  const silences = [{ start: 0, end: leading }, ...gaps, ...ends].filter(({ start, end }) => end - start >= SHORTEST);
  timeline.show({ silences, duration });
  return {
    summary: silent
      ? "silent throughout"
      : `${number(leading, 2)} s before the sound, ${number(trailing, 2)} s after it`,
    figure: rows([
      ["Before the first sound", `${number(leading, 3)} s`],
      ["After the last sound", `${number(trailing, 3)} s`],
      ["Between sounds", count(gaps.length, "gap")],
    ]),
  };
}
