/** @import { Document } from "./document.js" */
import { pretty } from "../json.js";

/**
 * All results, for programs and people.
 * @param {Document} document
 */
export function asJson(document) {
  return `${pretty(document)}\n`;
}
