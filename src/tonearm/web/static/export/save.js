// A file that the visitor keeps.

import { el } from "../dom.js";

/** How long a browser may take to fetch what it saves. */
const KEPT_MS = 60_000;

/**
 * @param {string} name
 * @param {Blob} blob
 */
export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/**
 * @param {string} text
 * @param {string} type
 */
export function textFile(text, type) {
  return new Blob([text], { type: `${type};charset=utf-8` });
}
