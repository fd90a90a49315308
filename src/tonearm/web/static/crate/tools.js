// What stands above the table of the crate: adding, searching, mixing, taking along, emptying.

/** @import { Entry, Found } from "./entry.js" */
/** @import { Table } from "./table.js" */
import { announce, byId, el } from "../dom.js";
import { save, textFile } from "../export/save.js";
import { count } from "../format.js";
import { csv } from "./csv.js";
import { ofChooser } from "./files.js";
import { m3u } from "./m3u.js";
import { byKey } from "./order.js";

const NOT_KEPT = "This browser keeps nothing more for this page: what is new here is gone when you close it.";

/**
 * @typedef {object} Uses
 * @property {(found: Found[]) => void} add
 * @property {(ids: string[]) => void} again analyse these
 * @property {() => void} clear
 * @property {() => Entry[]} entries
 * @property {Table} table
 */

/** @param {Uses} uses */
export function tools({ add, again, clear, entries, table }) {
  const head = el("span", { class: "soft" });
  const said = el("p", { class: "said", hidden: true });
  const lost = el("p", { hidden: true }, NOT_KEPT);
  const mix = el("p", { class: "said", hidden: true });
  const find = el("input", {
    id: "crate-find",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "a title, A minor, 8A …",
    oninput: () => table.filter(find.value),
  });
  const sure = dialog(() => {
    clear();
    say();
  });
  byId("crate-title").append(" ", head);

  /** @param {...(Node | string)} words none to say nothing any more */
  function say(...words) {
    said.hidden = words.length === 0;
    said.replaceChildren(...words);
  }

  return {
    element: el(
      "div",
      { class: "crate-tools" },
      el(
        "div",
        { class: "tools" },
        el("label", { for: "crate-find" }, "Find"),
        find,
        picker("Add files", false, add),
        picker("Add a folder", true, add),
        button("Save as CSV", () => save("crate.csv", textFile(csv(byKey(entries())), "text/csv"))),
        button("Save as M3U", () => save("crate.m3u8", textFile(m3u(byKey(entries())), "audio/x-mpegurl"))),
        button("Empty the crate", () => sure.showModal()),
      ),
      lost,
      said,
      mix,
      sure,
    ),
    say: (/** @type {string} */ words) => {
      say(words);
      announce(words);
    },

    notKept() {
      lost.hidden = false;
    },

    /** @param {string} words how much there is */
    head(words) {
      head.textContent = words;
    },

    /** @param {string[]} ids of tracks that were given once more */
    known(ids) {
      if (!ids.length) {
        say();
        return;
      }
      const words = `${count(ids.length, "track")} ${ids.length === 1 ? "was" : "were"} here already. `;
      say(words, restart("Analyse again", ids));
      announce(words);
    },

    /** @param {string[]} ids of tracks that wait although nothing is at work */
    rest(ids) {
      if (ids.length) say(`${count(ids.length, "track")} not analysed. `, restart("Analyse the rest", ids));
    },

    /**
     * @param {Entry | null} playing
     * @param {number} many
     */
    mixing(playing, many) {
      mix.hidden = !playing;
      if (!playing) return;
      const only = el("input", { type: "checkbox", onchange: () => table.showOnlyMixes(only.checked) });
      mix.replaceChildren(
        el(
          "span",
          {},
          `${count(many, "track")} ${many === 1 ? "mixes" : "mix"} with `,
          el("strong", {}, playing.title),
        ),
        el("label", {}, only, " Only these"),
        button("Done", () => table.forgetMixes()),
      );
      table.showOnlyMixes(false);
    },
  };

  /**
   * @param {string} words
   * @param {string[]} ids
   */
  function restart(words, ids) {
    return button(words, () => {
      say();
      again(ids);
    });
  }
}

/**
 * @param {string} words
 * @param {() => void} does
 */
function button(words, does) {
  return el("button", { type: "button", class: "quiet", onclick: does }, words);
}

/**
 * A button that lets files be chosen.
 * @param {string} words
 * @param {boolean} folder
 * @param {(found: Found[]) => void} take
 */
function picker(words, folder, take) {
  const input = el("input", { type: "file", multiple: !folder, webkitdirectory: folder, hidden: true });
  input.addEventListener("change", () => {
    if (input.files?.length) take(ofChooser(input.files));
    // The same may be chosen again.
    input.value = "";
  });
  return el(
    "span",
    {},
    input,
    button(words, () => input.click()),
  );
}

/** @param {() => void} does what is asked about */
function dialog(does) {
  const asked = el(
    "dialog",
    { "aria-labelledby": "crate-sure" },
    el("p", { id: "crate-sure" }, "Empty the crate? What was found in its tracks is forgotten; your files stay."),
    el(
      "form",
      { method: "dialog", class: "choices" },
      el("button", { class: "primary", value: "empty" }, "Empty it"),
      el("button", { value: "" }, "Keep it"),
    ),
  );
  asked.addEventListener("close", () => {
    if (asked.returnValue === "empty") does();
    asked.returnValue = "";
  });
  return asked;
}
