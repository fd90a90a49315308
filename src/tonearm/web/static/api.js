// The public API, as any other client uses it. Addresses are relative, so that a proxy may serve the page anywhere.

/** @import { Sound } from "./listen/sound.js" */
/** @import { Card } from "./models.js" */
/** @import { Source } from "./source.js" */
/** @import { Audio, Samples } from "./tonearm.js" */
import { Problem } from "./problem.js";
import { EventReader } from "./sse.js";
import { AnalysisError, analyze as stream } from "./tonearm.js";

/**
 * @typedef {null | boolean | number | string | Json[] | { [name: string]: Json }} Json
 * @typedef {{ [name: string]: Json }} Result
 */

/**
 * What the stream says of one model.
 * @typedef {{ status: "completed", result: { model_name: string, model_version: string, results: Result } }} Completed
 * @typedef {{ status: "error", error: string, model_name: string, model_version: string }} Failed
 */

/**
 * What a model knows so far; of curves, what is new.
 * @typedef {{ status: "partial", at: number, result: { model_name: string, model_version: string, results: Result } }} Partial
 */

/**
 * What to know of the audio although it was analysed.
 * @typedef {{ code: string, message: string, start?: number, end?: number }} Warning
 */

/**
 * An event of the stream. After an error without a model comes no result.
 * @typedef {(
 *   | { status: "started", total_models: number }
 *   | { status: "finished", total_models: number, warnings?: Warning[] }
 *   | Partial
 *   | Completed
 *   | Failed
 *   | { status: "error", error: string, model_name?: undefined }
 * )} StreamEvent
 */

/**
 * @typedef {object} Listener
 * @property {(loaded: number, total: number) => void} sent while it is uploaded, in bytes
 * @property {(event: StreamEvent) => void} event
 * @property {() => void} done at the end
 * @property {(problem: Problem) => void} failed if the server refused it
 * @property {() => void} lost if the connection broke
 */

/** Seconds of audio between two results so far. */
const SO_FAR = 1;
const NO_SOCKET = {
  title: "The server takes no sound that has no end yet",
  words: "For that a page needs a WebSocket. A proxy in front of the server has to pass it on.",
};
/** The code with which a WebSocket ends for it. */
const TOO_LARGE = 1009;

/**
 * The address that analyses a track with a list of models.
 * @param {string} models
 */
export function endpoint(models) {
  // A query may have the punctuation of a list of models as it is, and is easier to read so.
  const query = encodeURIComponent(models).replace(/%(2C|3A|3D)/g, decodeURIComponent);
  return new URL(`v1/analysis/stream?models=${query}`, document.baseURI).href;
}

/**
 * The card of every model. Throws a Problem.
 * @param {string} key
 * @returns {Promise<Card[]>}
 */
export async function listModels(key) {
  return (await get("v1/models", key)).json();
}

/** The sound of the sample. Throws a Problem. */
export async function fetchSample() {
  return (await get("sample.wav", "")).blob();
}

/**
 * @param {string} path
 * @param {string} key
 */
async function get(path, key) {
  let answer;
  try {
    answer = await fetch(path, { headers: authorization(key) });
  } catch {
    throw new Problem(0);
  }
  if (!answer.ok) throw Problem.of(answer.status, await answer.text(), (name) => answer.headers.get(name));
  return answer;
}

/**
 * Analyse a source: a blob, or the url of one. Returns a function that cancels it silently.
 *
 * A blob goes through a WebSocket. Where none can be opened, or nothing comes of it, HTTP does it too, or says why not.
 * @param {Source} source
 * @param {string} models
 * @param {string} key
 * @param {Listener} heard
 */
export function analyze(source, models, key, heard) {
  if (!source.blob) return post(source, models, key, heard);
  const ending = new AbortController();
  let cancel = () => ending.abort();
  live(source.blob, undefined, models, key, heard, ending.signal).then((taken) => {
    if (!taken && !ending.signal.aborted) cancel = post(source, models, key, heard);
  });
  return () => cancel();
}

/**
 * Analyse a sound until it is stopped. Returns a function that cancels it silently.
 *
 * Only a WebSocket takes it. Where none can be opened, an empty upload over HTTP is told why, or refused for being empty.
 * @param {Sound} sound
 * @param {string} models
 * @param {string} key
 * @param {Listener} heard
 */
export function analyzeSound(sound, models, key, heard) {
  const ending = new AbortController();
  let cancel = () => ending.abort();
  const { rate, channels } = sound;
  const samples = { format: /** @type {const} */ ("pcm_f32le"), rate, channels };
  live(sound.frames(), samples, models, key, heard, ending.signal).then((taken) => {
    if (taken || ending.signal.aborted) return;
    const failed = (/** @type {Problem} */ problem) =>
      heard.failed(problem.status === 400 ? new Problem(0, NO_SOCKET) : problem);
    cancel = post({ name: "", blob: new Blob() }, models, key, { ...heard, failed });
  });
  return () => cancel();
}

/**
 * Whether anything came of it.
 * @param {Audio} audio
 * @param {Samples | undefined} samples what it is if it has no container
 * @param {string} models
 * @param {string} key
 * @param {Listener} heard
 * @param {AbortSignal} signal
 */
async function live(audio, samples, models, key, heard, signal) {
  let [begun, finished] = [false, false];
  try {
    const options = { models, apiKey: key || undefined, samples, partial: SO_FAR, sent: heard.sent, signal };
    for await (const event of stream(document.baseURI, audio, options)) {
      if (signal.aborted) return true;
      begun ||= event.status === "started";
      finished ||= event.status === "finished";
      if (begun) heard.event(/** @type {StreamEvent} */ (event));
    }
  } catch (error) {
    if (error instanceof Problem) {
      heard.failed(error);
      return true;
    }
    if (!begun && error instanceof AnalysisError && error.code === TOO_LARGE) {
      heard.failed(new Problem(413, { detail: error.message }));
      return true;
    }
    // Of all else that is wrong HTTP says more.
  }
  if (!begun || signal.aborted) return begun;
  if (finished) heard.done();
  else heard.lost();
  return true;
}

/**
 * The same over HTTP, which says of every refusal what it is. A blob gives no results so far.
 *
 * XMLHttpRequest, because fetch() does not report the progress of an upload.
 * @param {Source} source
 * @param {string} models
 * @param {string} key
 * @param {Listener} heard
 */
export function post(source, models, key, heard) {
  const request = new XMLHttpRequest();
  const reader = new EventReader();
  let finished = false;

  function read() {
    if (request.status !== 200) return;
    for (const event of reader.read(request.responseText)) {
      finished ||= event.status === "finished";
      heard.event(event);
    }
  }

  request.open("POST", source.url ? `${endpoint(models)}&partial=${SO_FAR}` : endpoint(models));
  for (const [name, value] of Object.entries(authorization(key))) request.setRequestHeader(name, value);
  if (source.url) request.setRequestHeader("audio-url", source.url);
  // Not the type that the browser guesses from the name: the bytes decide.
  else request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = (progress) => heard.sent(progress.loaded, progress.total);
  request.onprogress = read;
  request.onload = () => {
    read();
    if (request.status !== 200) {
      heard.failed(Problem.of(request.status, request.responseText, (name) => request.getResponseHeader(name)));
    } else if (finished) heard.done();
    else heard.lost();
  };
  request.onerror = () => (finished ? heard.done() : heard.lost());
  request.send(source.blob ?? null);
  return () => request.abort();
}

/**
 * @param {string} key
 * @returns {Record<string, string>}
 */
function authorization(key) {
  return key ? { Authorization: `Bearer ${key}` } : {};
}
