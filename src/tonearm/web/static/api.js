// The public API, as any other client uses it. Addresses are relative, so that a proxy may serve the page anywhere.

import { Problem } from "./problem.js";
import { EventReader } from "./sse.js";

/** Where a list of models is asked of. */
export function endpoint(models) {
  // What the grammar of models is made of may stand in a query as it is, and is easier to read so.
  const query = encodeURIComponent(models).replace(/%(2C|3A|3D)/g, decodeURIComponent);
  return new URL(`v1/analysis/stream?models=${query}`, document.baseURI).href;
}

/** The card of every model. Throws a Problem. */
export async function listModels(key) {
  return (await get("v1/models", key)).json();
}

/** The sound of the sample. Throws a Problem. */
export async function fetchSample() {
  return (await get("sample.wav", "")).blob();
}

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
 * Analyse a source: a blob, or the url of one. `heard.sent(loaded, total)` is called while it is uploaded,
 * `heard.event(event)` with each event, and at the end `heard.done()`, `heard.failed(problem)` where it was refused, or
 * `heard.lost()` where the connection broke. Returns a function that cancels it silently.
 *
 * XMLHttpRequest, because fetch() tells nothing of an upload's progress.
 */
export function analyze(source, models, key, heard) {
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

  request.open("POST", endpoint(models));
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

function authorization(key) {
  return key ? { Authorization: `Bearer ${key}` } : {};
}
