// What a row tells of a track, made of the events of its analysis.

/** @import { Json, Result, StreamEvent } from "../api.js" */
/** @import { Key } from "../music.js" */
/** @import { Card } from "../models.js" */
import { keyIsCertain, tempoIsCertain } from "../certainty.js";
import { heading } from "../format.js";
import { place } from "../music.js";

/**
 * What a model that may find nothing has found.
 * @template Value
 * @typedef {{ certainty: "certain" | "uncertain", value: Value } | { certainty: "none" }} Told
 */

/**
 * Null stands for what was not measured.
 * @typedef {object} Findings
 * @property {Told<Key> | null} key
 * @property {Told<number> | null} tempo in bpm
 * @property {number | null} lufs
 * @property {number | null} peak in dBTP
 * @property {number | null} seconds
 * @property {string[]} warnings a few words each
 */

/** The models that a row is made of: of each line the first that the server has. */
const MODELS = [["audio:1"], ["key:2", "key:1"], ["beats:1", "bpm_degara:1"], ["loudness_ebur128:2"], ["waveform:1"]];
/** In bpm. What a beat tracker returns above it is no tempo. */
const FASTEST = 215;

/**
 * The cards of the models that the crate needs.
 * @param {Card[]} cards
 */
export function needed(cards) {
  const here = new Map(cards.filter((card) => !card.unavailable).map((card) => [`${card.name}:${card.version}`, card]));
  return MODELS.flatMap((names) => names.map((name) => here.get(name)).find(Boolean) ?? []);
}

/**
 * What was found, or null if no model has a result.
 * @param {StreamEvent[]} events
 * @returns {Findings | null}
 */
export function findings(events) {
  /** @type {Map<string, Result>} */
  const results = new Map();
  const warnings = [];
  for (const event of events) {
    if (event.status === "completed") {
      const { model_name: name, model_version: version } = event.result;
      results.set(`${name}:${version}`, event.result.results);
    } else if (event.status === "error") {
      warnings.push(event.model_name ? `${heading(event.model_name)} failed` : event.error);
    } else if (event.status === "finished") {
      warnings.push(...(event.warnings ?? []).map(({ code }) => heading(code.replaceAll("-", "_"))));
    }
  }
  if (!results.size) return null;
  const loudness = results.get("loudness_ebur128:2");
  return {
    key: key(results),
    tempo: tempo(results),
    lufs: numeric(loudness?.integrated_lufs),
    peak: numeric(loudness?.true_peak_dbtp),
    seconds: numeric(results.get("audio:1")?.duration),
    warnings,
  };
}

/**
 * Why there are no findings.
 * @param {StreamEvent[]} events
 */
export function failure(events) {
  const error = events.find((event) => event.status === "error");
  return error?.status === "error" ? error.error : "No result arrived.";
}

/**
 * @param {Map<string, Result>} results
 * @returns {Told<Key> | null}
 */
function key(results) {
  const second = /** @type {{ key: string, scale: string, certainty: Certainty } | undefined} */ (results.get("key:2"));
  if (second) return told(second.certainty, second.certainty === "none" ? null : place(second.key, second.scale));
  const first = /** @type {{ key: [string], scale: [string], strength: [number] } | undefined} */ (
    results.get("key:1")
  );
  if (!first) return null;
  const [[name], [scale], [strength]] = [first.key, first.scale, first.strength];
  return told(keyIsCertain(strength) ? "certain" : "uncertain", strength > 0 ? place(name, scale) : null);
}

/**
 * @param {Map<string, Result>} results
 * @returns {Told<number> | null}
 */
function tempo(results) {
  const own = /** @type {{ tempo: number | null, certainty: Certainty } | undefined} */ (results.get("beats:1"));
  if (own) return told(own.certainty, own.tempo);
  const first = /** @type {{ bpm: number, beat_positions: number[] } | undefined} */ (results.get("bpm_degara:1"));
  if (!first) return null;
  const bpm = first.bpm > 0 && first.bpm <= FASTEST ? first.bpm : null;
  return told(tempoIsCertain(first) ? "certain" : "uncertain", bpm);
}

/** @typedef {"certain" | "uncertain" | "none"} Certainty */

/**
 * @template Value
 * @param {Certainty} certainty
 * @param {Value | null} value
 * @returns {Told<Value>}
 */
function told(certainty, value) {
  return certainty === "none" || value === null ? { certainty: "none" } : { certainty, value };
}

/** @param {Json | undefined} value */
function numeric(value) {
  return typeof value === "number" ? value : null;
}
