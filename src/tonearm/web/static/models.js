// What a model's card says here: how it is called, how it is asked for, and whether it is chosen at first.

import { capital } from "./format.js";

const PRESET = ["key", "bpm_degara", "loudness_ebur128:2", "waveform"];
const PARAMETERS = { "loudness_ebur128:2": "curves=true", waveform: "points=6000" };

/** What tells models apart: the name, with the version where it is not the default one. */
export function identity(card) {
  return card.default ? card.name : `${card.name}:${card.version}`;
}

export function title(card) {
  return capital(card.title.replaceAll("_", " "));
}

/** An item of the `models` parameter. */
export function spec(card) {
  const parameters = PARAMETERS[identity(card)];
  return parameters ? `${identity(card)}(${parameters})` : identity(card);
}

export function inPreset(card) {
  return PRESET.includes(identity(card)) && !card.unavailable;
}
