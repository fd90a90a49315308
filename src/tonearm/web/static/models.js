// What a model's card says here: its name, how to ask for it, and whether it is chosen at first.

/**
 * One version of one model, as the API describes it.
 * @typedef {object} Card
 * @property {string} name
 * @property {number} version
 * @property {boolean} default
 * @property {string[]} aliases
 * @property {string | null} variant_of
 * @property {string} title
 * @property {string} group
 * @property {string} description
 * @property {string} citation
 * @property {string} licence
 * @property {Record<string, string>} units
 * @property {ResultSchema} result_schema
 * @property {string | null} unavailable why it cannot run on this server
 */

/**
 * What the page reads of a JSON schema.
 * @typedef {object} Field
 * @property {string} [description]
 * @property {string} [unit]
 * @property {string} [type]
 * @property {Field[]} [anyOf]
 * @property {number} [maxItems]
 * @property {Field[]} [prefixItems]
 * @property {{ enum?: string[] }} [propertyNames]
 * @property {{ $ref?: string }} [items]
 */

/**
 * @typedef {object} ResultSchema
 * @property {Record<string, Field>} [properties]
 * @property {Record<string, { properties?: Record<string, Field> }>} [$defs]
 */

import { capital } from "./format.js";

const PRESET = ["audio", "key:2", "beats", "loudness_ebur128:2", "waveform"];
/** @type {Record<string, string | undefined>} */
const PARAMETERS = { "loudness_ebur128:2": "curves=true", waveform: "points=6000" };

/**
 * What tells models apart: the name, and the version unless it is the default one.
 * @param {Card} card
 */
export function identity(card) {
  return card.default ? card.name : `${card.name}:${card.version}`;
}

/** @param {Card} card */
export function title(card) {
  return capital(card.title.replaceAll("_", " "));
}

/**
 * An item of the `models` parameter.
 * @param {Card} card
 */
export function spec(card) {
  const parameters = PARAMETERS[identity(card)];
  return parameters ? `${identity(card)}(${parameters})` : identity(card);
}

/** @param {Card} card */
export function inPreset(card) {
  return PRESET.includes(identity(card)) && !card.unavailable;
}
