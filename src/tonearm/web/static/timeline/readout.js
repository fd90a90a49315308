// What the track is at one moment: time, level, bar and beat, section, chord, key, note.

/** @import { Marks } from "./marks.js" */
import { el } from "../dom.js";
import { number, precise } from "../format.js";
import { noteName } from "../music.js";
import { beatAt, stretchAt } from "./marks.js";

const NONE = "–";
/** Seconds around the moment of which the level is told. */
const AROUND = 0.05;

/**
 * Its parts by name, and null where there is none; a part that the track does not have at all is left out.
 * @param {Marks} track
 * @param {number} time
 * @returns {Record<string, string | null>}
 */
export function momentOf(track, time) {
  /** @type {Record<string, string | null>} */
  const parts = { Time: precise(time) };
  if (track.waveform?.points) {
    const level = track.waveform.level(time - AROUND, time + AROUND);
    parts.Peak = level === -Infinity ? null : `${number(level, 1)} dBFS`;
  }
  if (track.beats.length) {
    const found = beatAt(track, time);
    if (track.downbeats.length) parts.Bar = found?.bar ? String(found.bar) : null;
    parts.Beat = found ? String(found.beat) : null;
  }
  if (track.sections.length) parts.Section = stretchAt(track.sections, time)?.name || null;
  if (track.chords.length) parts.Chord = stretchAt(track.chords, time)?.name || null;
  if (track.keys.length) parts.Key = stretchAt(track.keys, time)?.name || null;
  if (track.notes.length) {
    const note = stretchAt(track.notes, time);
    parts.Note = note && noteName(note.note);
  }
  if (track.speech.length) parts.Speech = stretchAt(track.speech, time) ? "yes" : null;
  return parts;
}

export class Readout {
  element = el("dl", { class: "readout", "aria-label": "At this moment" });
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();

  /**
   * @param {Marks} track
   * @param {number} time
   */
  show(track, time) {
    const parts = momentOf(track, time);
    if (Object.keys(parts).join() !== [...this.#values.keys()].join()) this.#build(Object.keys(parts));
    for (const [name, value] of Object.entries(parts)) {
      const place = this.#values.get(name);
      if (place && place.textContent !== (value ?? NONE)) place.textContent = value ?? NONE;
    }
  }

  /** @param {string[]} names */
  #build(names) {
    this.#values = new Map(names.map((name) => [name, el("dd", {})]));
    this.element.replaceChildren(
      ...[...this.#values].map(([name, value]) => el("div", { "data-part": name }, el("dt", {}, name), value)),
    );
  }
}
