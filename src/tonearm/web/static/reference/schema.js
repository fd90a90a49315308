// Schemas as people read them: what type a value has, and the fields of an object.

/** @import { Schema } from "./openapi.js" */
import { el, withCode } from "../dom.js";

/** @typedef {(Node | string)[]} Words */

const PLACE = "#/components/schemas/";

/** @param {string} name */
export function anchor(name) {
  return `schema-${name}`;
}

/**
 * The type of a value, with links to named schemas: "number | null", "list of Chord".
 * @param {Schema} schema
 * @returns {Words}
 */
export function typeOf(schema) {
  const either = schema.anyOf ?? schema.oneOf;
  if (schema.$ref) return [link(schema.$ref.replace(PLACE, ""))];
  if (either) return either.flatMap((each, i) => (i ? [" | ", ...typeOf(each)] : typeOf(each)));
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum) return [schema.enum.map((each) => JSON.stringify(each)).join(" | ")];
  if (schema.prefixItems?.length === 1) return ["list of one ", ...typeOf(schema.prefixItems[0])];
  if (schema.type === "array") return ["list of ", ...(schema.items ? typeOf(schema.items) : ["anything"])];
  if (typeof schema.additionalProperties === "object") return [...typeOf(schema.additionalProperties), " by name"];
  return [schema.format === "binary" ? "file" : (schema.type ?? "anything")];
}

/**
 * @param {string} name
 * @param {Schema} schema
 */
export function section(name, schema) {
  return el(
    "section",
    { id: anchor(name), "aria-label": name },
    el("h3", {}, el("code", {}, name)),
    schema.description ? el("p", {}, withCode(schema.description)) : null,
    schema.properties ? fields(schema, schema.properties) : el("p", {}, ...typeOf(schema)),
  );
}

/**
 * @param {Schema} schema
 * @param {Record<string, Schema>} properties
 */
function fields(schema, properties) {
  const rows = Object.entries(properties).map(([name, field]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("code", {}, name), schema.required?.includes(name) ? null : " (optional)"),
      el("td", {}, ...typeOf(field)),
      el("td", {}, ...details(field)),
    ),
  );
  const head = ["field", "type", "description"].map((words) => el("th", { scope: "col" }, words));
  return el("div", { class: "scrolling" }, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

/** @param {Schema} field */
function details(field) {
  const unit = field.unit && field.unit !== "1" ? ` in ${field.unit}` : "";
  const [low, high] = field.range ?? [null, null];
  const bounds = low === null ? (high === null ? "" : `≤ ${high}`) : high === null ? `≥ ${low}` : `${low} to ${high}`;
  const limits = bounds || unit ? el("span", { class: "soft" }, ` (${(bounds + unit).trim()})`) : null;
  return [...withCode(field.description ?? ""), ...(limits ? [limits] : [])];
}

/** @param {string} name */
function link(name) {
  return el("a", { href: `#${anchor(name)}` }, el("code", {}, name));
}
