// What the file is, in a line under its name: "MP3, 320 kbit/s, 44.1 kHz, stereo, 3:21".

/** @import { Track, View } from "./index.js" */
import { el } from "../dom.js";
import { clock, number } from "../format.js";

/** @type {Record<string, string | undefined>} */
const CODECS = {
  ac3: "AC-3",
  ape: "Monkey's Audio",
  dca: "DTS",
  eac3: "E-AC-3",
  musepack7: "Musepack",
  musepack8: "Musepack",
  opus: "Opus",
  truehd: "TrueHD",
  vorbis: "Vorbis",
  wavpack: "WavPack",
  wmalossless: "WMA Lossless",
  wmapro: "WMA Pro",
  wmav1: "WMA",
  wmav2: "WMA",
};
/**
 * Containers that are better known than what is in them.
 * @type {Record<string, string | undefined>}
 */
const OF_PCM = { aiff: "AIFF", au: "AU", caf: "CAF", w64: "Wave64", wav: "WAV" };

/**
 * @typedef {object} AudioResult
 * @property {string} container
 * @property {string} codec
 * @property {string | null} profile
 * @property {number | null} bit_rate
 * @property {number} sample_rate
 * @property {number | null} bit_depth
 * @property {string} layout
 * @property {number} duration
 */

/**
 * @param {AudioResult} result
 * @param {Track} track
 * @returns {View}
 */
export function drawFileFormat(result, { heading, timeline }) {
  const summary = line(result);
  timeline.show({ rate: result.sample_rate });
  heading.replaceChildren(el("p", {}, summary));
  return { summary, home: heading };
}

/** @param {AudioResult} result */
function line(result) {
  const { bit_depth: bits, bit_rate: rate, sample_rate: hertz, layout, duration } = result;
  const quality = bits ? `${bits} bit` : rate ? `${number(rate / 1000)} kbit/s` : null;
  return [name(result), quality, `${hertz / 1000} kHz`, layout, clock(duration)].filter(Boolean).join(", ");
}

/** @param {AudioResult} result */
function name({ container, codec, profile }) {
  if (codec.startsWith("pcm_")) return OF_PCM[container] ?? "PCM";
  return profile?.startsWith("HE-AAC") ? profile : (CODECS[codec] ?? codec.toUpperCase());
}
