// The same request for a shell.

/** @import { Source } from "./source.js" */
import { endpoint } from "./api.js";

/**
 * `locked` says whether the server wants an API key; the key itself is not shown.
 * @param {Source} source
 * @param {string} models
 * @param {boolean} locked
 */
export function curl(source, models, locked) {
  const parts = [`curl -N -X POST ${quoted(endpoint(models))}`];
  // In double quotes, so that the shell puts the variable in.
  if (locked) parts.push('-H "Authorization: Bearer $TONEARM_API_KEY"');
  if (source.url) parts.push(`-H ${quoted(`audio-url: ${source.url}`)}`);
  else parts.push(`--data-binary ${source.sample ? "@-" : quoted(`@${source.name}`)}`);
  const command = parts.join(" \\\n  ");
  return source.sample ? `curl -s ${quoted(new URL("sample.wav", document.baseURI).href)} | ${command}` : command;
}

/**
 * A word for a POSIX shell.
 * @param {string} text
 */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
