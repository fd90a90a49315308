// The crate as a playlist: extended M3U in UTF-8, with each path as it was in the folder that was chosen.

/** @import { Entry } from "./entry.js" */

/**
 * Of the tracks that were analysed.
 * @param {Entry[]} entries
 */
export function m3u(entries) {
  const tracks = entries.filter(({ state }) => state === "done");
  return ["#EXTM3U", ...tracks.flatMap(lines)].map((line) => `${line}\n`).join("");
}

/** @param {Entry} entry */
function lines({ path, title, findings }) {
  const seconds = findings?.seconds ?? null;
  // A line with # is a comment.
  return [`#EXTINF:${seconds === null ? -1 : Math.round(seconds)},${line(title)}`, line(path).replace(/^#/, "./#")];
}

/**
 * A name may have a line break, on some systems.
 * @param {string} text
 */
function line(text) {
  return text.replace(/[\r\n]+/g, " ");
}
