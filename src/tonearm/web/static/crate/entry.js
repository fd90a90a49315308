// One track of the crate: which file it is, and what was found in it.

/** @import { Findings } from "./findings.js" */

/** A file, and where it is within the folder that was chosen: its name if it was chosen by itself. */
/** @typedef {{ file: File, path: string }} Found */

/**
 * Findings are those of a track that is done, the error is why another has none.
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} title
 * @property {string} path
 * @property {number} size in bytes
 * @property {number} place in the order in which they were added
 * @property {"waiting" | "running" | "done" | "failed"} state
 * @property {Findings | null} findings
 * @property {string} error
 */

/**
 * @param {Found} found
 * @param {number} place
 * @returns {Entry}
 */
export function entry({ file, path }, place) {
  return {
    id: identity(file),
    title: file.name.replace(/\.[a-z0-9]{1,5}$/i, ""),
    path,
    size: file.size,
    place,
    state: "waiting",
    findings: null,
    error: "",
  };
}

/**
 * The same for the same file, wherever it is moved to.
 * @param {File} file
 */
export function identity(file) {
  return `${file.size}/${file.lastModified}/${file.name}`;
}
