// All results of an analysis as one document, in the shape of a line of `tonearm analyze --format json`.

/** @import { Result, StreamEvent, Warning } from "../api.js" */
/** @import { Card } from "../models.js" */
import { spec } from "../models.js";

/**
 * @typedef {object} Document
 * @property {string} file
 * @property {string[]} models
 * @property {Record<string, Result>} results by the model's name; by name:version of several versions
 * @property {{ error: string, model_name: string | null, model_version: string | null }[]} errors
 * @property {Warning[]} warnings
 */

/**
 * @param {string} file the name of the track
 * @param {Card[]} cards the models that were asked for
 * @param {StreamEvent[]} events
 * @returns {Document}
 */
export function gathered(file, cards, events) {
  const name = namer(cards);
  /** @type {Document} */
  const found = { file, models: cards.map(spec), results: {}, errors: [], warnings: [] };
  for (const event of events) {
    if (event.status === "completed") {
      const { model_name, model_version, results } = event.result;
      found.results[name(model_name, model_version)] = results;
    } else if (event.status === "error") {
      const model = event.model_name === undefined ? null : event;
      found.errors.push({
        error: event.error,
        model_name: model?.model_name ?? null,
        model_version: model?.model_version ?? null,
      });
    } else if (event.status === "finished") {
      found.warnings.push(...(event.warnings ?? []));
    }
  }
  return found;
}

/**
 * What the result of a model is called in the document.
 * @param {Card[]} cards
 * @returns {(name: string, version: string | number) => string}
 */
export function namer(cards) {
  const names = cards.map((card) => card.name);
  return (name, version) => (names.filter((each) => each === name).length > 1 ? `${name}:${version}` : name);
}
