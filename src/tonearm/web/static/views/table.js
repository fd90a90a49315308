// Any result, as its schema describes it: for the models that have no drawing of their own.

import { highest, lowest } from "../columns.js";
import { el } from "../dom.js";
import { count, heading, number, sensible, withUnit } from "../format.js";
import { spark } from "./spark.js";

const MOST = 12;

/** Names and values, one a line; a third of a row is what the name means. */
export function rows(entries) {
  return el("dl", { class: "rows" }, entries.map(([name, value, meaning]) =>
    el("div", {}, el("dt", {}, name, meaning ? el("span", { class: "soft" }, meaning) : null), el("dd", {}, value))));
}

export function drawTable(result, card) {
  const schema = card.result_schema;
  const reasons = result.reasons ?? {};
  const entries = Object.entries(result).filter(([name]) => name !== "reasons").map(([name, value]) => {
    const field = schema.properties?.[name] ?? {};
    return [heading(name), shown(value, field, schema, reasons[name]), field.description];
  });
  const [[name, value]] = Object.entries(result).concat([["", ""]]);
  const brief = typeof value === "number" ? `${heading(name)} ${withUnit(sensible(value), card.units[name])}` : "ready";
  return { summary: brief, figure: rows(entries) };
}

function shown(value, field, schema, reason) {
  if (value === null) return el("span", { class: "soft" }, reason ? `none: ${reason}` : "none");
  if (typeof value === "number") return withUnit(sensible(value), field.unit);
  if (Array.isArray(value)) return list(value, field, schema);
  if (typeof value === "object") return record(value, field);
  return String(value);
}

function list(values, field, schema) {
  if (values.length === 1 && typeof values[0] !== "object") return shown(values[0], field, schema);
  if (values.length && values.every((value) => typeof value === "number")) {
    const [low, high] = [lowest(values, 0, values.length), highest(values, 0, values.length)];
    const span = withUnit(`${sensible(low)} to ${sensible(high)}`, field.unit);
    return el("div", {}, spark(values), el("span", {}, `${count(values.length, "value")}, ${span}`));
  }
  if (values.length && values.every((value) => value && typeof value === "object" && !Array.isArray(value))) {
    return grid(values, schema.$defs?.[(field.items?.$ref ?? "").split("/").at(-1)]?.properties ?? {});
  }
  return values.length ? values.map(String).join(", ") : el("span", { class: "soft" }, "none");
}

/** An object of numbers, the largest first. */
function record(value, field) {
  const entries = Object.entries(value);
  const numbers = entries.every(([, each]) => typeof each === "number");
  if (numbers) entries.sort(([, one], [, other]) => other - one);
  const kept = entries.slice(0, MOST).map(([name, each]) =>
    [heading(name), numbers ? withUnit(sensible(each), field.unit) : JSON.stringify(each)]);
  if (entries.length > MOST) kept.push([`${number(entries.length - MOST)} more`, "in the JSON"]);
  return rows(kept);
}

function grid(values, properties) {
  const names = Object.keys(values[0]);
  const text = (value) => (typeof value === "number" ? sensible(value) : value === null ? "none" : String(value));
  const cells = (row) => el("tr", {}, names.map((name) => el("td", {}, text(row[name]))));
  return el("div", { class: "scrolling", tabindex: 0, role: "group", "aria-label": count(values.length, "row") },
    el("table", {},
      el("thead", {}, el("tr", {}, names.map((name) =>
        el("th", { scope: "col" }, withUnit(heading(name), properties[name]?.unit))))),
      el("tbody", {}, values.slice(0, MOST).map(cells))),
    values.length > MOST ? el("p", { class: "soft" }, `${number(values.length - MOST)} more in the JSON`) : null);
}
