// Which drawing a model's result has.

/** @import { Result } from "../api.js" */
/** @import { Card } from "../models.js" */
/** @import { Player } from "../player.js" */
/** @import { Timeline } from "../timeline/timeline.js" */
import { drawActivations, hasShares } from "./activations.js";
import { drawBeats } from "./beats.js";
import { drawEnergy } from "./energy.js";
import { drawFileFormat } from "./file-format.js";
import { drawKey } from "./key.js";
import { drawLoudness } from "./loudness.js";
import { drawMelody } from "./melody.js";
import { drawSections } from "./sections.js";
import { drawChords, drawOnsets, drawSilence, drawSpeech, drawWaveform } from "./stretches.js";
import { drawTable } from "./table.js";
import { drawTempo } from "./tempo.js";

/**
 * What some results are drawn on too, until the signal. The heading is for what the file is.
 * @typedef {{ player: Player, heading: HTMLElement, timeline: Timeline, signal: AbortSignal }} Track
 */

/**
 * The figure of a result, or the element that all of it is drawn on in place of a card; the few words that sum it up;
 * and whether it wants the whole width.
 * @typedef {{ figure: Element, home?: undefined, summary: string, wide?: boolean }
 *   | { figure?: undefined, home: Element, summary: string, wide?: undefined }} View
 */

/** The order of the results on the page; all others follow. */
const OWN = {
  audio: drawFileFormat,
  key: drawKey,
  beats: drawBeats,
  bpm_degara: drawTempo,
  bpm_multifeature: drawTempo,
  bpm_percival: drawTempo,
  loudness_ebur128: drawLoudness,
  sections: drawSections,
  energy: drawEnergy,
  chords: drawChords,
  pitch_melody: drawMelody,
  onset_rate: drawOnsets,
  speech: drawSpeech,
  silence: drawSilence,
  waveform: drawWaveform,
};
const ORDER = Object.keys(OWN);

/**
 * @param {string} name
 * @returns {name is keyof typeof OWN}
 */
function hasOwn(name) {
  return ORDER.includes(name);
}

/**
 * @param {Card} card
 * @param {Result} result
 * @param {Track} track
 * @returns {View}
 */
export function draw(card, result, track) {
  if (hasOwn(card.name)) {
    // A model's result always fits its schema, which the type of its drawing repeats.
    const own = /** @type {(result: unknown, track: Track) => View} */ (OWN[card.name]);
    return own(result, track);
  }
  return hasShares(result) ? drawActivations(result) : drawTable(result, card);
}

/** @param {Card} card */
export function rank(card) {
  return hasOwn(card.name) ? ORDER.indexOf(card.name) : ORDER.length;
}
