// Names of keys and chords, and how keys relate to each other.

/**
 * A key: a ring of the circle of fifths and a place on it, from 0 to 11 clockwise.
 * @typedef {{ scale: "major" | "minor", index: number }} Key
 */

/** Both rings of the circle of fifths from C clockwise, in the spelling of the API. */
export const MAJOR = ["C", "G", "D", "A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F"];
export const MINOR = ["A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F", "C", "G", "D"];
/** By pitch from C. */
const NOTES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/**
 * With real signs: F♯, B♭, Am stays Am.
 * @param {string} name
 */
export function pretty(name) {
  return name.replace("#", "♯").replace(/([A-G])b/, "$1♭");
}

/**
 * For programs, as the API has them: F#, Bb.
 * @param {string} name
 */
export function plain(name) {
  return name.replace("♯", "#").replace("♭", "b");
}

/**
 * C4 is the middle C, MIDI note 60.
 * @param {number} note
 */
export function noteName(note) {
  return `${pretty(NOTES[note % NOTES.length])}${Math.floor(note / NOTES.length) - 1}`;
}

/**
 * A key by its name in the API; null if that is no key.
 * @param {string} key
 * @param {string} scale
 * @returns {Key | null}
 */
export function place(key, scale) {
  const ring = scale === "minor" ? MINOR : MAJOR;
  const index = ring.indexOf(key);
  return index < 0 ? null : { scale: scale === "minor" ? "minor" : "major", index };
}

/**
 * The number from 1 to 12 and A or B that DJs use for a key.
 * @param {Key} key
 */
export function camelot({ scale, index }) {
  return `${((index + 7) % 12) + 1}${scale === "minor" ? "A" : "B"}`;
}

/** @param {Key} key */
export function keyName({ scale, index }) {
  return `${pretty((scale === "minor" ? MINOR : MAJOR)[index])} ${scale}`;
}

/**
 * The keys that mix well: one step either way on the circle, and the relative key.
 * @param {Key} key
 * @returns {Key[]}
 */
export function neighbours({ scale, index }) {
  return [
    { scale, index: (index + 11) % 12 },
    { scale, index: (index + 1) % 12 },
    { scale: scale === "minor" ? "major" : "minor", index },
  ];
}
