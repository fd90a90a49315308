// What can be taken along of an analysis: files of its results, labels, and pictures of what is on the page.

/** @import { Card } from "../models.js" */
/** @import { Marks } from "../timeline/marks.js" */
/** @import { Document } from "./document.js" */
import { announce, el } from "../dom.js";
import { capital } from "../format.js";
import { asCsv } from "./csv.js";
import { asJson } from "./json.js";
import { asLabels, labelsOf } from "./labels.js";
import { asPng } from "./png.js";
import { save, textFile } from "./save.js";
import { asSvg } from "./svg.js";

/**
 * @typedef {object} Taken
 * @property {string} name of the track
 * @property {Card[]} cards
 * @property {() => Document} document
 * @property {Readonly<Marks>} track
 * @property {() => { name: string, title: string, element: Element }[]} pictures
 */

/** @param {Taken} taken */
export function exportMenu({ name, cards, document, track, pictures }) {
  const base = name.replace(/^.*\//, "").replace(/\.\w{1,5}$/, "") || "track";
  const text = (
    /** @type {string} */ label,
    /** @type {string} */ end,
    /** @type {string} */ type,
    /** @type {() => string} */ write,
  ) => action(label, `${base}.${end}`, async (file) => save(file, textFile(write(), type)));
  const labels = labelsOf(track).map(([kind, all]) =>
    text(capital(kind), `${kind}.txt`, "text/plain", () => asLabels(all)),
  );
  const body = el("div", { class: "rows" });
  const details = el("details", { class: "take" }, el("summary", {}, "Save …"), body);
  // Only when it is opened: until then cards may still change.
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    body.replaceChildren(
      row("Results", [
        text("JSON", "json", "application/json", () => asJson(document())),
        text("CSV", "csv", "text/csv", () => asCsv(document(), cards)),
      ]),
      labels.length ? row("Labels for Audacity", labels) : "",
      ...pictures().map(({ name: kind, title, element }) =>
        row(title, [
          action("SVG", `${base}.${kind}.svg`, async (file) =>
            save(file, textFile(asSvg(element, `${title}: ${name}`).text, "image/svg+xml")),
          ),
          action("PNG", `${base}.${kind}.png`, async (file) =>
            save(file, await asPng(asSvg(element, `${title}: ${name}`))),
          ),
        ]),
      ),
    );
  });
  return details;
}

/**
 * @param {string} what
 * @param {Element[]} ways
 */
function row(what, ways) {
  return el("div", { role: "group", "aria-label": what }, el("span", {}, what), el("span", { class: "ways" }, ways));
}

/**
 * @param {string} label
 * @param {string} file
 * @param {(file: string) => Promise<void>} act
 */
function action(label, file, act) {
  return el(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: () =>
        act(file).then(
          () => announce(`Saved ${file}`),
          (/** @type {Error} */ error) => announce(error.message),
        ),
    },
    label,
  );
}
