// Any result, as its schema describes it: for the models that have no drawing of their own.

/** @import { Json, Result } from "../api.js" */
/** @import { Child, Content } from "../dom.js" */
/** @import { Card, Field, ResultSchema } from "../models.js" */
/** @import { View } from "./index.js" */
import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { count, heading, number, sensible, withUnit } from "../format.js";
import { spark } from "./spark.js";

const MOST = 12;

/**
 * Names and values, one on each line, and the meaning of the name if it is given.
 * @param {[name: string, value: Content, meaning?: string][]} entries
 */
export function rows(entries) {
  return el(
    "dl",
    { class: "rows" },
    entries.map(([name, value, meaning]) =>
      el("div", {}, el("dt", {}, name, meaning ? el("span", { class: "soft" }, meaning) : null), el("dd", {}, value)),
    ),
  );
}

/**
 * @param {Result} result
 * @param {Card} card
 * @returns {View}
 */
export function drawTable(result, card) {
  const schema = card.result_schema;
  const reasons = isRecord(result.reasons) ? result.reasons : {};
  /** @type {[string, Child, string | undefined][]} */
  const entries = Object.entries(result)
    .filter(([name]) => name !== "reasons")
    .map(([name, value]) => {
      const field = schema.properties?.[name] ?? {};
      return [heading(name), shown(value, field, schema, reasons[name]), field.description];
    });
  const [name, value] = Object.entries(result)[0] ?? ["", null];
  const brief = typeof value === "number" ? `${heading(name)} ${withUnit(sensible(value), card.units[name])}` : "ready";
  return { summary: brief, figure: rows(entries) };
}

/**
 * @param {Json} value
 * @param {Field} field
 * @param {ResultSchema} schema
 * @param {Json} [reason]
 * @returns {Child}
 */
function shown(value, field, schema, reason) {
  if (value === null) return el("span", { class: "soft" }, reason ? `none: ${reason}` : "none");
  if (typeof value === "number") return withUnit(sensible(value), field.unit);
  if (Array.isArray(value)) return list(value, field, schema);
  if (typeof value === "object") return record(value, field);
  return String(value);
}

/**
 * @param {Json[]} values
 * @param {Field} field
 * @param {ResultSchema} schema
 * @returns {Child}
 */
function list(values, field, schema) {
  if (values.length === 1 && typeof values[0] !== "object") return shown(values[0], field, schema);
  if (values.length && values.every((value) => typeof value === "number")) {
    const [low, high] = [lowest(values, 0, values.length), highest(values, 0, values.length)];
    const span = withUnit(`${sensible(low)} to ${sensible(high)}`, field.unit);
    return el("div", {}, spark(values), el("span", {}, `${count(values.length, "value")}, ${span}`));
  }
  if (values.length && values.every(isRecord)) {
    const row = schema.$defs?.[field.items?.$ref?.split("/").at(-1) ?? ""];
    return grid(values, row?.properties ?? {});
  }
  return values.length ? values.map(String).join(", ") : el("span", { class: "soft" }, "none");
}

/**
 * An object; numbers are sorted, the largest first.
 * @param {Result} value
 * @param {Field} field
 */
function record(value, field) {
  const entries = Object.entries(value);
  if (entries.every(isNumeric)) entries.sort(([, one], [, other]) => other - one);
  /** @type {[string, string][]} */
  const kept = entries
    .slice(0, MOST)
    .map(([name, each]) => [
      heading(name),
      typeof each === "number" ? withUnit(sensible(each), field.unit) : JSON.stringify(each),
    ]);
  if (entries.length > MOST) kept.push([`${number(entries.length - MOST)} more`, "in the JSON"]);
  return rows(kept);
}

/**
 * @param {Result[]} values
 * @param {Record<string, Field>} properties
 */
function grid(values, properties) {
  const names = Object.keys(values[0]);
  const text = (/** @type {Json} */ value) =>
    typeof value === "number" ? sensible(value) : value === null ? "none" : String(value);
  const cells = (/** @type {Result} */ row) =>
    el(
      "tr",
      {},
      names.map((name) => el("td", {}, text(row[name]))),
    );
  return el(
    "div",
    { class: "scrolling", tabindex: 0, role: "group", "aria-label": count(values.length, "row") },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          names.map((name) => el("th", { scope: "col" }, withUnit(heading(name), properties[name]?.unit))),
        ),
      ),
      el("tbody", {}, values.slice(0, MOST).map(cells)),
    ),
    values.length > MOST ? el("p", { class: "soft" }, `${number(values.length - MOST)} more in the JSON`) : null,
  );
}

/**
 * @param {Json | undefined} value
 * @returns {value is Result}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {[string, Json]} entry
 * @returns {entry is [string, number]}
 */
function isNumeric(entry) {
  return typeof entry[1] === "number";
}
