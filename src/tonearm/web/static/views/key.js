// The key on the circle of fifths, how sure it is, and what mixes with it if it is certain.

/** @import { Child } from "../dom.js" */
/** @import { Certainty } from "./confidence.js" */
/** @import { Track, View } from "./index.js" */
import { keyIsCertain } from "../certainty.js";
import { el } from "../dom.js";
import { clock, number, percent, signed } from "../format.js";
import { camelot, keyName, neighbours, place, pretty } from "../music.js";
import { circle } from "./circle.js";
import { alternatives, because, foundBy, likelihood, nothing, value } from "./confidence.js";
import { facts } from "./facts.js";
import { meter } from "./meter.js";
import { rows } from "./table.js";

const MOST = 6;

/** @typedef {{ key: [string], scale: [string], strength: [number] }} FirstResult */

/** @typedef {{ key: string, scale: "major" | "minor", probability: number }} Likely */
/** @typedef {Likely & { start: number, end: number }} Section in seconds */

/**
 * Version 2.
 * @typedef {object} Second
 * @property {string | null} key
 * @property {"major" | "minor" | null} scale
 * @property {number} probability
 * @property {string | null} open_key
 * @property {(Likely & { camelot: string, open_key: string })[]} alternatives
 * @property {number | null} tuning in cents from 440 Hz
 * @property {Section[]} sections
 *
 * @typedef {Second & Certainty} SecondResult
 */

/**
 * @param {FirstResult | SecondResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawKey(result, track) {
  return "strength" in result ? first(result) : second(result, track);
}

/**
 * @param {FirstResult} result
 * @returns {View}
 */
function first({ key: [key], scale: [scale], strength: [strength] }) {
  if (!(strength > 0)) return nothing("No key was found.");
  return drawn(key, scale, keyIsCertain(strength), null, [["Strength", number(strength, 2), meter(strength)]], []);
}

/**
 * @param {SecondResult} result
 * @param {Track} track
 * @returns {View}
 */
function second(result, { timeline }) {
  const { key, scale, probability, certainty, reason, open_key: code, tuning, sections, method } = result;
  const how = foundBy(method);
  if (certainty === "none" || key === null || scale === null) return nothing("No key was found.", reason, how);
  const certain = certainty === "certain";
  const changes = sections.length > 1;
  if (changes) timeline.show({ keys: sections.map((each) => ({ ...each, name: short(each) })) });
  // Nothing mixes by a key that may be another one: its code would only invite to.
  const others = result.alternatives.map((/** @type {Likely & { camelot: string, open_key: string }} */ each) => {
    const codes = certain ? ` (${each.camelot}, ${each.open_key})` : "";
    return /** @type {[string, number]} */ ([`${full(each)}${codes}`, each.probability]);
  });
  return drawn(
    key,
    scale,
    certain,
    reason,
    [
      certain && code ? ["Open Key", code] : null,
      likelihood(probability),
      tuning === null ? null : ["Tuning", `${signed(tuning, 0)} cents from A4 = 440 Hz`],
    ],
    [changes ? overTime(sections) : null, alternatives("Other keys", others, certain), how],
  );
}

/**
 * @param {string} key
 * @param {string} scale
 * @param {boolean} certain
 * @param {string | null} reason why it is not
 * @param {([name: string, ...value: Child[]] | null)[]} told
 * @param {Child[]} below
 * @returns {View}
 */
function drawn(key, scale, certain, reason, told, below) {
  const here = place(key, scale);
  if (!here) return nothing("No key was found.");
  const near = neighbours(here);
  const name = keyName(here);
  const code = camelot(here);
  return {
    summary: `${name}, ${certain ? code : ["uncertain", reason].filter(Boolean).join(": ")}`,
    figure: el(
      "div",
      {},
      el(
        "div",
        { class: certain ? "key" : "key alone" },
        certain ? circle(here, near, `Circle of fifths with ${name} marked`) : null,
        el(
          "div",
          {},
          value("headline", certain, name),
          because(reason),
          facts([
            certain ? ["Camelot", el("strong", { class: "camelot" }, code)] : null,
            ...told,
            certain ? ["Mixes with", near.map(camelot).join(", ")] : null,
          ]),
        ),
      ),
      below,
    ),
  };
}

/** @param {Section[]} sections */
function overTime(sections) {
  const more = sections.length - MOST;
  return el(
    "div",
    { class: "over-time" },
    el("h4", {}, "Over time"),
    rows(
      sections
        .slice(0, MOST)
        .map((each) => [`${clock(each.start)} to ${clock(each.end)}`, `${full(each)}, ${percent(each.probability)}`]),
    ),
    more > 0 ? el("p", { class: "soft" }, `${number(more)} more on the timeline and in the JSON.`) : null,
  );
}

/** @param {Likely} key */
function full({ key, scale }) {
  return `${pretty(key)} ${scale}`;
}

/** @param {Likely} key */
function short({ key, scale }) {
  return pretty(key) + (scale === "minor" ? "m" : "");
}
