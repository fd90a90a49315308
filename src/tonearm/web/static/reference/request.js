// One request of the reference: how it is sent, and the same as a command for a shell.

/** @import { Json } from "../api.js" */
import { quoted } from "../curl.js";
import { EventReader } from "../sse.js";
import { STREAM } from "./openapi.js";

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path with its query
 * @property {Record<string, string>} headers
 * @property {File | null} file the body
 */

/**
 * @typedef {object} Listener
 * @property {(response: Response) => void} begun the head of the response is there
 * @property {(event: Json) => void} event
 * @property {(text: string) => void} text the whole of what is not a stream
 */

/**
 * Send it with the API key, unless that is "", and tell what comes back as it arrives. Throws what fetch() throws.
 * @param {Request} request
 * @param {string} key
 * @param {AbortSignal} signal
 * @param {Listener} heard
 */
export async function send(request, key, signal, heard) {
  const response = await fetch(address(request), {
    method: request.method,
    headers: { ...request.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    body: request.file,
    signal,
  });
  heard.begun(response);
  if (!response.headers.get("Content-Type")?.startsWith(STREAM) || !response.body) {
    heard.text(await response.text());
    return;
  }
  const events = new EventReader();
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return;
    text += value;
    for (const event of events.read(text)) heard.event(/** @type {Json} */ (event));
  }
}

/**
 * The key itself is not shown.
 * @param {Request} request
 * @param {boolean} locked whether it needs a key
 */
export function command(request, locked) {
  const parts = [`curl -N -X ${request.method} ${quoted(address(request))}`];
  // In double quotes, so that the shell puts the variable in.
  if (locked) parts.push('-H "Authorization: Bearer $TONEARM_API_KEY"');
  for (const [name, value] of Object.entries(request.headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.file) parts.push(`--data-binary ${quoted(`@${request.file.name}`)}`);
  return parts.join(" \\\n  ");
}

/** @param {Request} request */
function address(request) {
  return new URL(request.path, document.baseURI).href;
}
