// Which drawing a model's result has.

import { drawActivations, hasShares } from "./activations.js";
import { drawKey } from "./key.js";
import { drawLoudness } from "./loudness.js";
import { drawChords, drawOnsets, drawSilence, drawWaveform } from "./stretches.js";
import { drawTable } from "./table.js";
import { drawTempo } from "./tempo.js";

/** In the order in which the results stand on the page; all others follow. */
const OWN = new Map([
  ["key", (result) => drawKey(result)],
  ["bpm_degara", (result, card, track) => drawTempo(result, track)],
  ["bpm_multifeature", (result, card, track) => drawTempo(result, track)],
  ["bpm_percival", (result, card, track) => drawTempo(result, track)],
  ["loudness_ebur128", (result, card, track) => drawLoudness(result, track)],
  ["chords", (result, card, track) => drawChords(result, track)],
  ["onset_rate", (result, card, track) => drawOnsets(result, track)],
  ["silence", (result, card, track) => drawSilence(result, track)],
  ["waveform", (result, card, track) => drawWaveform(result, track)],
]);

/**
 * The figure of a result, the few words that sum it up, and whether it wants the whole width. `track` is the player and
 * the time line, which some results are drawn on too; one that is drawn there alone has no figure.
 */
export function draw(card, result, track) {
  const own = OWN.get(card.name);
  if (own) return own(result, card, track);
  return hasShares(result) ? drawActivations(result) : drawTable(result, card);
}

export function rank(card) {
  const place = [...OWN.keys()].indexOf(card.name);
  return place < 0 ? OWN.size : place;
}
