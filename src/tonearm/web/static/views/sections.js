// The form of a track: its sections as a strip, each as high as its energy; a click seeks.

/** @import { Certainty } from "./confidence.js" */
/** @import { Track, View } from "./index.js" */
import { el } from "../dom.js";
import { clock, count, precise } from "../format.js";
import { because, foundBy, nothing, value } from "./confidence.js";
import { facts } from "./facts.js";

/** Colours of letters, of which the strip has so many before they come again. */
const COLOURS = 6;
const MOST_ENERGY = 10;

/**
 * @typedef {object} Section
 * @property {number} start in seconds
 * @property {number} end
 * @property {string} label
 * @property {number} energy from 1 to 10
 * @property {"intro" | "outro" | "build" | "drop" | null} role
 *
 * @typedef {object} Form
 * @property {Section[]} sections
 * @property {number | null} first_beat in seconds
 * @property {number | null} first_downbeat
 * @property {number | null} last_phrase
 *
 * @typedef {Form & Certainty} SectionsResult
 */

/**
 * @param {SectionsResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawSections(result, track) {
  const { sections, certainty, reason, method } = result;
  const how = foundBy(method);
  if (certainty === "none") return nothing("No sections were found.", reason, how);
  track.timeline.show({ sections: sections.map((each) => ({ ...each, name: each.label })) });
  const certain = certainty === "certain";
  const form = sections.map(({ label }) => label).join(" ");
  const drops = sections.filter(({ role }) => role === "drop");
  return {
    wide: true,
    summary: `${count(sections.length, "section")}, ${form}${certain ? "" : `, uncertain: ${reason}`}`,
    figure: el(
      "div",
      { class: "form" },
      value("headline", certain, count(sections.length, "section")),
      because(reason),
      strip(sections, track),
      facts([
        drops.length
          ? [
              drops.length > 1 ? "Drops" : "Drop",
              ...moments(
                drops.map(({ start }) => start),
                track,
              ),
            ]
          : null,
        at("First beat", result.first_beat, track),
        at("First downbeat", result.first_downbeat, track),
        at("Last phrase", result.last_phrase, track),
      ]),
      how,
    ),
  };
}

/**
 * @param {Section[]} sections
 * @param {Track} track
 */
function strip(sections, { timeline }) {
  const letters = [...new Set(sections.map(({ label }) => letter(label)))];
  return el(
    "ol",
    { class: "form-strip" },
    sections.map((each) => {
      const { start, end, label, energy, role } = each;
      const words = [`${label}, ${clock(start)} to ${clock(end)}`, role, `energy ${energy} of ${MOST_ENERGY}`];
      const button = el(
        "button",
        {
          type: "button",
          "aria-label": words.filter(Boolean).join(", "),
          title: words.filter(Boolean).join(", "),
          onclick: () => timeline.seek(start),
          onpointermove: () => timeline.point(start),
          onpointerleave: () => timeline.point(null),
        },
        el("span", { class: "bar", "aria-hidden": "true" }),
        el("span", { class: "letter", "aria-hidden": "true" }, label),
        el("span", { class: "role", "aria-hidden": "true" }, role),
      );
      button.style.setProperty("--energy", String(energy / MOST_ENERGY));
      const item = el("li", { class: `letter-${letters.indexOf(letter(label)) % COLOURS}` }, button);
      item.style.setProperty("flex-grow", String(end - start));
      return item;
    }),
  );
}

/** @param {string} label */
function letter(label) {
  return label.replaceAll("'", "");
}

/**
 * @param {string} name
 * @param {number | null} time
 * @param {Track} track
 * @returns {[name: string, ...value: Element[]] | null}
 */
function at(name, time, track) {
  return time === null ? null : [name, ...moments([time], track)];
}

/**
 * Times to click.
 * @param {number[]} times
 * @param {Track} track
 */
function moments(times, { timeline }) {
  return times.map((time) =>
    el("button", { type: "button", class: "quiet moment", onclick: () => timeline.seek(time) }, precise(time)),
  );
}
