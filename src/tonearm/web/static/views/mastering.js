// What a mastering engineer asks of a track: how its loudness is spread, how far its peaks are above it, how its
// channels go together, and where it clips.

/** @import { Child } from "../dom.js" */
/** @import { Clip, Measured } from "../sound/measurement.js" */
/** @import { Track } from "./index.js" */
/** @import { Loudness } from "./loudness.js" */
import { el } from "../dom.js";
import { count, number, precise, signed } from "../format.js";
import { LONGEST, measure } from "../sound/measure.js";
import { lowestRatio } from "./dynamics.js";
import { facts } from "./facts.js";
import { histogram } from "./histogram.js";

const MOST = 12;
/** Seconds before a spot from which it is played, so that it is heard in its surroundings. */
const BEFORE = 1;
const USUAL_RATE = 44_100;
/** dB and less are no side. */
const CENTRED = 0.05;

/**
 * @param {Loudness} loudness
 * @param {Track} track
 */
export function mastering({ integrated, truePeak, shortTerm }, track) {
  const dynamics = el("div", {});
  const channels = el("div", {});
  const spread = shortTerm ? histogram(shortTerm) : null;
  const { timeline, signal } = track;
  /** @type {unknown} nothing yet, not even that there is no waveform */
  let shown;
  const show = () => {
    const { waveform } = timeline.track;
    if (shown === waveform) return;
    shown = waveform;
    const psr = integrated !== null && shortTerm && waveform ? lowestRatio(shortTerm, integrated, waveform) : null;
    dynamics.replaceChildren(
      el("h4", {}, "Dynamics"),
      facts([
        integrated === null || typeof truePeak !== "number"
          ? null
          : ["PLR, true peak to integrated loudness", `${number(truePeak - integrated, 1)} dB`],
        psr
          ? [
              "PSR at its lowest, sample peak to short-term loudness",
              `${number(psr.ratio, 1)} dB at `,
              spot(psr.time, track),
            ]
          : null,
      ]),
    );
  };
  show();
  timeline.addEventListener("track", show, { signal });
  // Not before: until then the machine may be busy with the analysis, and the sample rate may be unknown.
  timeline.addEventListener("complete", () => listen(channels, track), { signal });
  return el(
    "div",
    { class: "mastering" },
    spread && el("div", {}, el("h4", {}, "Short-term loudness, share of the time"), spread),
    dynamics,
    channels,
  );
}

/**
 * @param {HTMLElement} place
 * @param {Track} track
 */
async function listen(place, track) {
  const { player, timeline, signal } = track;
  if (!player.blob) return;
  const say = (/** @type {string} */ words) =>
    place.replaceChildren(el("h4", {}, "Channels"), el("p", { class: "soft" }, words));
  if (timeline.duration > LONGEST) {
    say(`Channels and clipping are measured in tracks of up to ${LONGEST / 60} minutes.`);
    return;
  }
  say("Measuring the samples …");
  const measured = await measure(player.blob, timeline.track.rate || USUAL_RATE, signal);
  if (signal.aborted) return;
  if (measured) place.replaceChildren(...channelsOf(measured, track));
  else say("This browser cannot decode this format.");
}

/**
 * @param {Measured} measured
 * @param {Track} track
 */
function channelsOf({ stereo, clips }, track) {
  const lowest = stereo?.lowest;
  return [
    el("h4", {}, "Channels"),
    facts([
      stereo && ["Correlation", stereo.correlation === null ? "none" : signed(stereo.correlation, 2)],
      lowest ? ["Lowest correlation of a second", `${signed(lowest.value, 2)} at `, spot(lowest.time, track)] : null,
      stereo && ["Balance", side(stereo.balance)],
      ["Clipping", ...clipping(clips, track)],
    ]),
  ];
}

/**
 * @param {number | null} balance in dB
 */
function side(balance) {
  if (balance === null) return "only one channel has sound";
  if (Math.abs(balance) < CENTRED) return "centred";
  return `${number(Math.abs(balance), 1)} dB to the ${balance > 0 ? "left" : "right"}`;
}

/**
 * @param {Clip[]} clips
 * @param {Track} track
 * @returns {Child[]}
 */
function clipping(clips, track) {
  if (!clips.length) return ["none: no three samples in a row at full scale"];
  const worst = [...clips].sort((one, other) => other.samples - one.samples).slice(0, MOST);
  const shown = worst.sort((one, other) => one.start - other.start);
  const some = clips.length > MOST ? `, the longest ${MOST}:` : ":";
  return [
    `${count(clips.length, "spot")}${some}`,
    el(
      "ul",
      { class: "spots" },
      shown.map(({ start, samples }) =>
        el("li", {}, spot(start, track), el("span", { class: "soft" }, ` ${count(samples, "sample")}`)),
      ),
    ),
  ];
}

/**
 * A time that is played when it is pressed.
 * @param {number} time
 * @param {Track} track
 */
function spot(time, { player, timeline }) {
  const words = precise(time);
  return el(
    "button",
    {
      type: "button",
      class: "spot",
      "aria-label": `Hear ${words}`,
      onclick: () => {
        timeline.seek(time - BEFORE);
        player.play();
      },
    },
    words,
  );
}
