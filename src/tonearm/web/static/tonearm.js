/**
 * A client for pages and programs: `import { analyze } from "http://127.0.0.1:8000/tonearm.js"`.
 *
 * It needs nothing but a WebSocket, which browsers, Deno, Bun and Node.js from version 22 have.
 */

/**
 * @typedef {{ status: "started", total_models: number }} Started
 * @typedef {{ model_name: string, model_version: string, correlation_id: string, results: Record<string, unknown> }}
 *   ModelResult
 * @typedef {{ status: "completed", result: ModelResult }} Completed
 * @typedef {{ status: "error", error: string, model_name?: string, model_version?: string, correlation_id?: string }}
 *   Failed
 * @typedef {{ code: string, message: string, start?: number, end?: number }} AudioWarning
 * @typedef {{ status: "finished", total_models: number, warnings?: AudioWarning[] }} Finished
 * @typedef {{ status: "partial", at: number, result: ModelResult }} Partial
 * @typedef {Started | Partial | Completed | Failed | Finished} AnalysisEvent
 *
 * @typedef {Blob | BufferSource | AsyncIterable<Blob | BufferSource>} Audio
 * @typedef {{ format: "pcm_f32le" | "pcm_s16le", rate: number, channels: number }} Samples
 *
 * @typedef {object} Options
 * @property {string} models such as "key,bpm_degara"
 * @property {string} [apiKey] for a server that asks for one
 * @property {Samples} [samples] what the audio is if it has no container
 * @property {number} [partial] seconds of audio between two rounds of partial results; without it there are none
 * @property {(bytes: number, total: number) => void} [sent] told how much of a file or of bytes has been sent
 * @property {AbortSignal} [signal] ends the analysis without results
 */

const MOST_WAITING = 1 << 19;
const PIECE = 1 << 17;
const LOOK_MS = 20;
const COMPLETE = 1000;
const TRY_LATER = 1013;

/** The server refused the analysis, or broke it off. */
export class AnalysisError extends Error {
  /**
   * @param {string} message
   * @param {number} code of the WebSocket's end; 1006 if it never opened, and the browser does not say why
   * @param {number | null} retryAfter seconds to wait before another attempt, if the server is busy
   */
  constructor(message, code, retryAfter) {
    super(message);
    this.name = "AnalysisError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * Sends audio and yields each event as soon as it is known, while the audio is still being sent.
 *
 * @param {string | URL} server its address, such as "http://127.0.0.1:8000"; below a path of a proxy, with a slash at its end
 * @param {Audio | URL} audio bytes, a file, pieces of them as they come to be, or the address of audio
 * @param {Options} options
 * @returns {AsyncGenerator<AnalysisEvent, void, void>}
 * @throws {AnalysisError} if the server refuses the analysis or breaks it off, and what reading `audio` throws
 */
export async function* analyze(server, audio, { models, apiKey, samples, partial, sent, signal }) {
  signal?.throwIfAborted();
  const socket = new WebSocket(address(server, audio, models, { ...samples, partial, length: size(audio) }));
  /** @type {AnalysisEvent[]} */
  const events = [];
  /** @type {CloseEvent | null} */
  let end = null;
  let words = "";
  /** @type {{ error: unknown } | null} */
  let broken = null;
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    /** @type {AnalysisEvent} */
    const event = JSON.parse(data);
    if (event.status === "error" && !event.model_name) words = event.error;
    events.push(event);
    wake();
  };
  socket.onclose = (event) => {
    end = event;
    wake();
  };
  const fail = (/** @type {unknown} */ error) => {
    broken ??= { error };
    wake();
  };
  const abort = () => fail(signal?.reason);
  signal?.addEventListener("abort", abort);
  socket.onopen = () => {
    if (apiKey) socket.send(JSON.stringify({ authorization: `Bearer ${apiKey}` }));
    if (!(audio instanceof URL)) send(socket, audio, sent).catch(fail);
  };
  try {
    for (;;) {
      const event = events.shift();
      if (event) yield event;
      else if (broken) throw /** @type {{ error: unknown }} */ (broken).error;
      else if (end) break;
      else {
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
    }
    const { code, reason } = /** @type {CloseEvent} */ (/** @type {unknown} */ (end));
    if (code !== COMPLETE) {
      const seconds = code === TRY_LATER ? Number(reason) : null;
      throw new AnalysisError(words || reason || `The WebSocket ended with the code ${code}.`, code, seconds);
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    socket.close();
  }
}

/**
 * @param {string | URL} server
 * @param {Audio | URL} audio
 * @param {string} models
 * @param {Record<string, string | number | undefined>} more
 */
function address(server, audio, models, more) {
  const url = new URL("v1/analysis/live", server);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("models", models);
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  if (audio instanceof URL) url.searchParams.set("audio_url", audio.href);
  return url;
}

/**
 * No faster than the server takes it.
 *
 * @param {WebSocket} socket
 * @param {Audio} audio
 * @param {Options["sent"]} tell
 */
async function send(socket, audio, tell = () => {}) {
  const total = size(audio);
  let given = 0;
  const gone = async (/** @type {number} */ waiting) => {
    // No event tells when there is room again.
    while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > waiting) {
      if (total) tell(Math.max(0, given - socket.bufferedAmount), total);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  for await (const piece of pieces(audio)) {
    await gone(MOST_WAITING);
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(piece);
    given += piece instanceof Blob ? piece.size : piece.byteLength;
  }
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ end: true }));
  await gone(0);
  if (total && socket.readyState === WebSocket.OPEN) tell(total, total);
}

/**
 * In bytes, if that is known.
 * @param {Audio | URL} audio
 */
function size(audio) {
  return audio instanceof Blob ? audio.size : "byteLength" in audio ? audio.byteLength : undefined;
}

/** @param {Audio} audio */
async function* pieces(audio) {
  if (Symbol.asyncIterator in audio) {
    yield* audio;
    return;
  }
  const blob = audio instanceof Blob ? audio : new Blob([audio]);
  for (let start = 0; start < blob.size; start += PIECE) {
    yield await blob.slice(start, start + PIECE).arrayBuffer();
  }
}
