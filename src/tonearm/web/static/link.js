// A link that opens the page with an address and models filled in. They stand behind the #, which no server is told.

/** @import { Card } from "./models.js" */
/** @import { Source } from "./source.js" */
import { identity } from "./models.js";

/**
 * What a link asks for.
 * @typedef {{ url: string | null, models: string[] | null }} Asked
 */

/**
 * @param {Source} source whose address is in the link, if it has one
 * @param {Card[]} cards
 */
export function linkTo(source, cards) {
  const asked = new URLSearchParams(source.url ? { url: source.url } : {});
  asked.set("models", cards.map(identity).join(","));
  return new URL(`#${asked.toString().replace(/%(2C|3A|2F)/g, decodeURIComponent)}`, document.baseURI).href;
}

/**
 * @param {string} hash such as #url=https://example.com/a.mp3&models=key:2,beats
 * @returns {Asked}
 */
export function readLink(hash) {
  const asked = new URLSearchParams(hash.slice(1));
  return { url: asked.get("url"), models: asked.get("models")?.split(",").filter(Boolean) ?? null };
}
