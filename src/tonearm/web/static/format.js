// Numbers as people read them.

/**
 * By the number of digits. To make one takes a hundred times as long as to use it.
 * @type {Map<number, Intl.NumberFormat>}
 */
const formats = new Map();

/**
 * With a real minus sign, so that columns of figures line up.
 * @param {number} value
 * @param {number} digits
 */
export function number(value, digits = 0) {
  const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = formats.get(digits) ?? new Intl.NumberFormat("en", exactly);
  formats.set(digits, format);
  const text = format.format(value);
  return (Number(text.replaceAll(",", "")) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/**
 * With the digits that carry something: 0.0123, 1.23, 123.4, 12,345.
 * @param {number} value
 */
export function sensible(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return number(value);
  if (size >= 100) return number(value, 1);
  if (size >= 0.1) return number(value, 2);
  return value.toPrecision(3).replace("-", "−");
}

/**
 * A number that is read for its sign: +1.5, −0.4.
 * @param {number} value
 * @param {number} digits
 */
export function signed(value, digits) {
  const text = number(value, digits);
  return value > 0 && !/^[0.]+$/.test(text) ? `+${text}` : text;
}

/**
 * 5:39, or 1:05:39.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * With tenths: 5:39.4.
 * @param {number} seconds
 */
export function precise(seconds) {
  const tenths = Math.round(10 * seconds);
  return `${clock(tenths / 10)}.${tenths % 10}`;
}

/** @param {number} share from 0 to 1 */
export function percent(share) {
  const value = 100 * share;
  return `${value >= 9.95 || value === 0 ? value.toFixed(0) : value < 0.05 ? "<0.1" : value.toFixed(1)} %`;
}

/** @param {number} count */
export function bytes(count) {
  if (count < 1e3) return `${count} bytes`;
  return count < 1e6 ? `${number(count / 1e3)} kB` : `${number(count / 1e6, 1)} MB`;
}

/**
 * "1" is the unit of a number without one.
 * @param {string} text
 * @param {string} [unit]
 */
export function withUnit(text, unit) {
  return unit && unit !== "1" ? `${text} ${unit}` : text;
}

/**
 * 1 result, 2 results.
 * @param {number} many
 * @param {string} word
 * @param {string} [words] the word for more than one
 */
export function count(many, word, words = `${word}s`) {
  return `${number(many)} ${many === 1 ? word : words}`;
}

/** @param {string} words */
export function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * The name of a field in words: local_bpm is "Local bpm", momentaryLoudness is "Momentary loudness".
 * @param {string} name
 */
export function heading(name) {
  const apart = name.replaceAll("_", " ").replace(/([a-z])([A-Z])/g, "$1 $2");
  return capital(apart.replace(/[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase()));
}
