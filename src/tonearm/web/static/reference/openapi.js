// What the reference reads of the OpenAPI document.

/** @import { Json } from "../api.js" */

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [description]
 * @property {string} [type]
 * @property {string} [format]
 * @property {Json} [const]
 * @property {Json[]} [enum]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 * @property {Schema[]} [prefixItems]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {Schema | boolean} [additionalProperties]
 * @property {string[]} [required]
 * @property {string[]} [examples]
 * @property {string} [unit]
 * @property {[number | null, number | null]} [range]
 */

/** @typedef {{ name: string, in: "query" | "header", description?: string, schema: Schema }} Parameter */
/** @typedef {Record<string, { schema?: Schema, itemSchema?: object }>} Content by media type */
/** @typedef {{ description: string, content?: Content }} Response */

/**
 * @typedef {object} Operation
 * @property {string} operationId
 * @property {string} summary
 * @property {string} [description]
 * @property {Parameter[]} [parameters]
 * @property {{ description: string, content: Content }} [requestBody]
 * @property {Record<string, Response>} responses
 * @property {object[]} [security] absent if it needs no API key
 */

/**
 * @typedef {object} OpenApi
 * @property {Record<string, Record<string, Operation>>} paths
 * @property {{ schemas: Record<string, Schema> }} components
 */

export const STREAM = "text/event-stream";
export const FILE = "application/octet-stream";

/** @returns {Promise<OpenApi>} */
export async function fetchDocument() {
  return (await fetch("openapi.json")).json();
}

/**
 * The schema without the null that stands for an absent value.
 * @param {Schema} schema
 */
export function present(schema) {
  const others = schema.anyOf?.filter((each) => each.type !== "null");
  return others?.length === 1 ? others[0] : schema;
}
