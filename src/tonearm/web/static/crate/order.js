// The columns of the crate, in what order they put the tracks, and which of these a search finds.

/** @import { Entry } from "./entry.js" */
/** @import { Told } from "./findings.js" */
import { camelot, keyName } from "../music.js";

/**
 * By what it sorts; null comes last in both directions.
 * @typedef {{ name: string, unit?: string, by: (entry: Entry) => string | number | null }} Column
 */

/** @type {Column[]} */
export const COLUMNS = [
  { name: "Track", by: ({ title }) => title },
  { name: "Key", by: ({ findings }) => mapped(findings?.key, keyName) },
  { name: "Camelot", by: byCamelot },
  { name: "BPM", by: ({ findings }) => mapped(findings?.tempo, (bpm) => bpm) },
  { name: "LUFS", by: ({ findings }) => findings?.lufs ?? null },
  { name: "True peak", unit: "dBTP", by: ({ findings }) => findings?.peak ?? null },
  { name: "Length", by: ({ findings }) => findings?.seconds ?? null },
  { name: "Warnings", by: ({ findings, error }) => (error ? Infinity : findings?.warnings.length || null) },
];

const { compare } = new Intl.Collator("en", { numeric: true });

/**
 * Sorted by a column, or as they were added.
 * @param {Entry[]} entries
 * @param {Column | null} column
 * @param {boolean} down
 */
export function sorted(entries, column, down) {
  return [...entries].sort((one, other) => {
    if (!column) return one.place - other.place;
    const [a, b] = [column.by(one), column.by(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || one.place - other.place;
    const order = typeof a === "string" ? compare(a, String(b)) : a - Number(b);
    return (down ? -order : order) || one.place - other.place;
  });
}

/**
 * As sets are put together: by key around the wheel, and within a key by tempo.
 * @param {Entry[]} entries
 */
export function byKey(entries) {
  const [, , key, bpm] = COLUMNS;
  return sorted(
    sorted(entries, bpm, false).map((entry, place) => ({ ...entry, place })),
    key,
    false,
  );
}

/**
 * Whether all words of a search are in a title, a path, a key or a warning.
 * @param {Entry} entry
 * @param {string} words
 */
export function matches({ title, path, findings, error }, words) {
  const code = mapped(certain(findings?.key), camelot)?.toLowerCase();
  const text = [title, path, mapped(findings?.key, keyName), ...(findings?.warnings ?? []), error].join("\n");
  const terms = words.toLowerCase().split(/\s+/).filter(Boolean);
  // A code is a word of its own: 1A is not 11A.
  return terms.every((term) => term === code || text.toLowerCase().includes(term));
}

/** @param {Entry} entry */
function byCamelot({ findings }) {
  return mapped(certain(findings?.key), camelot);
}

/**
 * @template Value
 * @param {Told<Value> | null | undefined} told
 */
function certain(told) {
  return told?.certainty === "certain" ? told : null;
}

/**
 * @template Value
 * @template Other
 * @param {Told<Value> | null | undefined} told
 * @param {(value: Value) => Other} change
 */
function mapped(told, change) {
  return told && told.certainty !== "none" ? change(told.value) : null;
}
