// The page: which models there are, which track is chosen, and what to say when something goes wrong.

/** @import { Source } from "./source.js" */
import * as alert from "./alert.js";
import { Analysis } from "./analysis.js";
import { listModels } from "./api.js";
import { Chooser } from "./chooser.js";
import { byId, el } from "./dom.js";
import { askForKey } from "./key-form.js";
import { Player } from "./player.js";
import { Problem } from "./problem.js";
import { listen } from "./source.js";

/** Refusals that would be the same another time. */
const FINAL = [401, 413];

const player = new Player();
let key = "";
/** @type {Chooser | null} */
let chooser = null;
/** @type {Analysis | null} the last one */
let analysis = null;
/** @type {Analysis | null} the last one that the server took */
let shown = null;

const listed = showModels();
listen(begin, (words) => alert.show(new Problem(400, { words }), null));

async function showModels() {
  alert.clear();
  try {
    chooser = new Chooser(await listModels(key));
    byId("models-body").replaceChildren(chooser.element);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    byId("models-body").replaceChildren(el("p", { class: "soft" }, "The list of models is not here yet."));
    explain(problem, showModels);
  }
}

/** @param {Source} source */
async function begin(source) {
  await listed;
  if (!chooser) return;
  alert.clear();
  const cards = chooser.chosen;
  if (!cards.length) {
    alert.show(new Problem(400, { title: "No model is chosen", words: "Choose at least one of those below." }), null);
    return;
  }
  analysis?.stop();
  const again = () => {
    begin(source);
  };
  const broke = (/** @type {Problem} */ problem) => explain(problem, again, source.name);
  const next = new Analysis(source, cards, key, player, {
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
