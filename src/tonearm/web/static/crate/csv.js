// The crate as CSV (RFC 4180), for spreadsheets and programs: numbers with a point, and without their units.

/** @import { Entry } from "./entry.js" */
/** @import { Told } from "./findings.js" */
import { cell } from "../export/csv.js";
import { camelot, MAJOR, MINOR } from "../music.js";

const HEAD = [
  ...["file", "title", "key", "scale", "key_certainty", "camelot", "tempo_bpm", "tempo_certainty"],
  ...["integrated_lufs", "true_peak_dbtp", "duration_s", "warnings", "error"],
];

/**
 * A line for each track that was analysed.
 * @param {Entry[]} entries
 */
export function csv(entries) {
  return [HEAD, ...entries.filter(({ state }) => state === "done" || state === "failed").map(cells)]
    .map((line) => `${line.map(cell).join(",")}\r\n`)
    .join("");
}

/** @param {Entry} entry */
function cells({ path, title, findings, error }) {
  const { key = null, tempo = null, lufs, peak, seconds, warnings = [] } = findings ?? {};
  const place = value(key);
  return [
    path,
    title,
    place && (place.scale === "minor" ? MINOR : MAJOR)[place.index],
    place?.scale,
    key?.certainty,
    key?.certainty === "certain" ? camelot(key.value) : null,
    value(tempo),
    tempo?.certainty,
    lufs,
    peak,
    seconds,
    warnings.join("; "),
    error,
  ];
}

/**
 * @template Value
 * @param {Told<Value> | null} told
 */
function value(told) {
  return told && told.certainty !== "none" ? told.value : null;
}
