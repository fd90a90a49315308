// Names of keys and chords, and how keys lie to each other.

/** Both rings of the circle of fifths from C clockwise, in the spelling of the API. */
export const MAJOR = ["C", "G", "D", "A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F"];
export const MINOR = ["A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F", "C", "G", "D"];

/** With real signs: F♯, B♭, Am stays Am. */
export function pretty(name) {
  return name.replace("#", "♯").replace(/([A-G])b/, "$1♭");
}

/** Where a key is: the ring and the place on it; null for what is no key. */
export function place(key, scale) {
  const ring = scale === "minor" ? MINOR : MAJOR;
  const index = ring.indexOf(key);
  return index < 0 ? null : { scale: scale === "minor" ? "minor" : "major", index };
}

/** The number from 1 to 12 and A or B by which DJs call a key. */
export function camelot({ scale, index }) {
  return `${((index + 7) % 12) + 1}${scale === "minor" ? "A" : "B"}`;
}

export function keyName({ scale, index }) {
  return `${pretty((scale === "minor" ? MINOR : MAJOR)[index])} ${scale}`;
}

/** The keys that mix well: one step either way on the circle, and the relative key. */
export function neighbours({ scale, index }) {
  return [
    { scale, index: (index + 11) % 12 },
    { scale, index: (index + 1) % 12 },
    { scale: scale === "minor" ? "major" : "minor", index },
  ];
}
