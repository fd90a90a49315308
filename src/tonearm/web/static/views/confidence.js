// How sure a result is, what else it may be, and how it was found.

/** @import { Child } from "../dom.js" */
/** @import { View } from "./index.js" */
import { el, withCode } from "../dom.js";
import { percent } from "../format.js";
import { bars } from "./bars.js";
import { meter } from "./meter.js";

/**
 * What a model that knows how sure it is says of that.
 * @typedef {object} Certainty
 * @property {"certain" | "uncertain" | "none"} certainty
 * @property {string | null} reason why it is uncertain or there is none
 * @property {"networks" | "signal processing"} method
 */

/**
 * Probabilities in words, from the likeliest: the scale that the IPCC's authors use (Mastrandrea et al., 2010).
 * @type {[from: number, words: string][]}
 */
const LIKELIHOODS = [
  [0.99, "virtually certain"],
  [0.9, "very likely"],
  [0.66, "likely"],
  [0.33, "about as likely as not"],
  [0.1, "unlikely"],
  [0, "very unlikely"],
];

/**
 * As a fact.
 * @param {number} probability
 * @returns {[name: string, ...value: Child[]]}
 */
export function likelihood(probability) {
  const [, words] = LIKELIHOODS.find(([from]) => probability >= from) ?? LIKELIHOODS[LIKELIHOODS.length - 1];
  return ["Probability", `${percent(probability)}, ${words}`, meter(probability)];
}

/**
 * The value that a card is about, marked where it is not to be relied upon.
 * @param {"figure" | "headline"} kind
 * @param {boolean} certain
 * @param {...Child} value
 */
export function value(kind, certain, ...value) {
  const [looks, doubt] = certain
    ? [kind, null]
    : [`${kind} doubtful-value`, el("span", { class: "doubt" }, "uncertain")];
  return el("p", { class: looks }, ...value, doubt && " ", doubt);
}

/** @param {string | null} words */
export function because(words) {
  return words ? el("p", { class: "reason" }, words) : null;
}

/**
 * The view of a model that found nothing.
 * @param {string} words
 * @param {string | null} reason
 * @param {Element | null} [found] how it was searched for
 * @returns {View}
 */
export function nothing(words, reason = null, found = null) {
  return {
    summary: ["none found", reason].filter(Boolean).join(": "),
    figure: el("div", {}, el("p", { class: "soft" }, words), because(reason), found),
  };
}

/**
 * What else it may be, a click away; at once where it is uncertain.
 * @param {string} called
 * @param {[name: string, share: number][]} entries
 * @param {boolean} certain
 */
export function alternatives(called, entries, certain) {
  if (!entries.length) return null;
  return el("details", { class: "alternatives", open: !certain }, el("summary", {}, called), bars(entries));
}

/** @param {Certainty["method"]} method */
export function foundBy(method) {
  const words =
    method === "networks"
      ? "Found by networks."
      : "Found by signal processing. Networks are right more often: run `tonearm models pull defaults` on the server.";
  return el("p", { class: "method" }, withCode(words));
}
