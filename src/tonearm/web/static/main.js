// The page: which models there are, which track is chosen, and what to say when something goes wrong.

/** @import { StreamEvent } from "./api.js" */
/** @import { Entry } from "./crate/entry.js" */
/** @import { Card } from "./models.js" */
/** @import { Source } from "./source.js" */
import * as alert from "./alert.js";
import { Analysis } from "./analysis.js";
import { listModels } from "./api.js";
import { Chooser } from "./chooser.js";
import { Crate } from "./crate/crate.js";
import { needed } from "./crate/findings.js";
import { byId, el } from "./dom.js";
import { askForKey } from "./key-form.js";
import { readLink } from "./link.js";
import { Player } from "./player.js";
import { Problem } from "./problem.js";
import { fillAddress, listen } from "./source.js";

/** Refusals that would be the same another time. */
const FINAL = [401, 413];

const player = new Player();
let key = "";
/** @type {Card[]} all models */
let cards = [];
/** @type {Chooser | null} */
let chooser = null;
/** @type {Analysis | null} the last one */
let analysis = null;
/** @type {Analysis | null} the last one that the server took */
let shown = null;

const listed = showModels();
addEventListener("hashchange", () => chooser && follow(chooser));
const crate = new Crate({
  key: () => key,
  models: () => [...new Set([...needed(cards), ...(chooser?.chosen ?? [])])],
  open,
  broke: explain,
});
listen(
  begin,
  async (found) => {
    await listed;
    alert.clear();
    if (found.length) crate.add(found);
    else alert.show(new Problem(400, { words: "There is no audio file in that folder." }), null);
  },
  (words) => alert.show(new Problem(400, { words }), null),
);

async function showModels() {
  alert.clear();
  try {
    cards = await listModels(key);
    chooser = new Chooser(cards);
    byId("models-body").replaceChildren(chooser.element);
    follow(chooser);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    byId("models-body").replaceChildren(el("p", { class: "soft" }, "The list of models is not available."));
    explain(problem, showModels);
  }
}

/**
 * Fill in what the link to this page asks for.
 * @param {Chooser} chooser
 */
function follow(chooser) {
  const { url, models } = readLink(location.hash);
  if (url) fillAddress(url);
  const missing = models ? chooser.choose(models) : [];
  if (!missing.length) return;
  const words = `${missing.map((name) => `\`${name}\``).join(", ")} cannot be chosen on this server.`;
  alert.show(new Problem(400, { title: "The link asks for other models", words }), null);
}

/** @param {Source} source */
async function begin(source) {
  await listed;
  if (!chooser) return;
  alert.clear();
  const chosen = chooser.chosen;
  if (!chosen.length) {
    alert.show(new Problem(400, { title: "No model is selected", words: "Select at least one below." }), null);
    return;
  }
  analysis?.stop();
  const again = () => {
    begin(source);
  };
  const broke = (/** @type {Problem} */ problem) => explain(problem, again, source.name);
  const next = new Analysis(source, chosen, key, player, {
    again,
    broke,
    began() {
      shown?.leave();
      shown = next;
    },
    refused(problem) {
      next.leave();
      goBack();
      broke(problem);
    },
  });
  analysis = next;
  await next.start();
}

/**
 * Show a track of the crate.
 * @param {Entry} entry
 * @param {StreamEvent[]} events
 * @param {File | null} file if it is at hand
 */
async function open({ id, path, title }, events, file) {
  await listed;
  if (!chooser) return;
  alert.clear();
  analysis?.stop();
  const source = { name: title, blob: file ?? undefined };
  const told = cards.filter((card) => events.some((event) => isOf(event, card)));
  const next = new Analysis({ ...source, name: path }, told, key, player, {
    again: file && (() => begin(source)),
    back: () => crate.goTo(id),
    broke() {},
    began() {
      shown?.leave();
      shown = next;
    },
    refused() {},
  });
  analysis = next;
  next.recall(events, "From the crate.");
}

/**
 * @param {StreamEvent} event
 * @param {Card} card
 */
function isOf(event, { name, version }) {
  const told = event.status === "completed" ? event.result : event;
  return "model_version" in told && told.model_name === name && told.model_version === String(version);
}

/** Show again what was there before the refused analysis. */
function goBack() {
  if (shown) {
    shown.show();
  } else {
    player.load(null);
    byId("results").hidden = true;
  }
}

/**
 * Show a problem with a way on: `again` repeats the action that failed.
 * @param {Problem} problem
 * @param {() => void} again
 * @param {string} about
 */
function explain(problem, again, about = "") {
  alert.show(problem, FINAL.includes(problem.status) ? null : again, about);
  if (problem.status !== 401) return;
  askForKey(key !== "", (given) => {
    key = given;
    again();
  });
}
