// The single values of all results as a row, and its header: the columns of `tonearm analyze --csv`. Lists, such as beats
// and curves, have no column.

/** @import { Json } from "../api.js" */
/** @import { Card, Field } from "../models.js" */
/** @import { Document } from "./document.js" */
import { namer } from "./document.js";

const SINGLE = ["number", "integer", "string", "boolean", "null"];

/**
 * @param {Document} document
 * @param {Card[]} cards the models that were asked for, in the order of the columns
 */
export function asCsv(document, cards) {
  const name = namer(cards);
  const header = ["file"];
  /** @type {Json[]} */
  const cells = [document.file];
  for (const card of cards) {
    const model = name(card.name, card.version);
    for (const path of fields(card)) {
      header.push([model, ...path].join("."));
      cells.push(at(document.results[model], path));
    }
  }
  const errors = document.errors.map(({ error, model_name: model }) => (model ? `${model}: ${error}` : error));
  header.push("error", "warning");
  cells.push(errors.join(" "), document.warnings.map(({ message }) => message).join(" "));
  return `${header.map(cell).join(",")}\n${cells.map(cell).join(",")}\n`;
}

/**
 * Where a result of this model has single values, by its schema.
 * @param {Card} card
 * @returns {string[][]}
 */
function fields(card) {
  return Object.entries(card.result_schema.properties ?? {}).flatMap(([name, field]) => {
    const labels = field.propertyNames?.enum;
    if (labels) return labels.map((label) => [name, label]);
    return isSingle(field) ? [[name]] : [];
  });
}

/**
 * @param {Field} field
 * @returns {boolean}
 */
function isSingle(field) {
  if (field.anyOf) return field.anyOf.every(isSingle);
  if (field.maxItems === 1 && field.prefixItems) return isSingle(field.prefixItems[0]);
  return SINGLE.includes(field.type ?? "");
}

/**
 * @param {Json | undefined} value
 * @param {string[]} path
 * @returns {Json}
 */
function at(value, [name, ...rest]) {
  if (value === undefined || value === null) return null;
  if (name === undefined) return Array.isArray(value) ? value[0] : value;
  return typeof value === "object" && !Array.isArray(value) ? at(value[name], rest) : null;
}

/**
 * As RFC 4180 has it.
 * @param {Json | undefined} value
 */
export function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
