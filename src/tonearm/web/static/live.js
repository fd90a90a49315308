// The same over a WebSocket: a browser reads nothing of an HTTP response while it sends the request.

/** @import { StreamEvent } from "./api.js" */

const PIECE = 1 << 17;
/** Bytes that may wait in the browser: what is there cannot be taken back. */
const MOST_WAITING = 4 * PIECE;
/** Milliseconds between two looks at how much of that has gone. */
const LOOK = 20;

/**
 * @typedef {object} Listener
 * @property {(loaded: number, total: number) => void} sent while it is uploaded, in bytes
 * @property {(event: StreamEvent) => void} event
 * @property {() => void} done at the end
 * @property {() => void} refused if nothing was analysed: a WebSocket cannot say why
 * @property {() => void} lost if the connection broke
 */

/**
 * Analyse a blob, with results that grow. Returns a function that cancels it silently.
 * @param {string} address of HTTP
 * @param {Blob} blob
 * @param {string} key
 * @param {Listener} heard
 */
export function analyzeLive(address, blob, key, heard) {
  const socket = new WebSocket(address.replace(/^http/, "ws"));
  let [begun, finished, over] = [false, false, false];
  let sent = 0;

  async function send() {
    if (key) socket.send(JSON.stringify({ authorization: `Bearer ${key}` }));
    while (sent < blob.size && socket.readyState === WebSocket.OPEN) {
      const piece = await blob.slice(sent, sent + PIECE).arrayBuffer();
      await room();
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(piece);
      sent += piece.byteLength;
      if (sent === blob.size) socket.send('{"end":true}');
    }
    while (socket.bufferedAmount && socket.readyState === WebSocket.OPEN) {
      tell();
      await pause();
    }
    if (!over) tell();
  }

  async function room() {
    while (socket.bufferedAmount > MOST_WAITING && socket.readyState === WebSocket.OPEN) {
      tell();
      await pause();
    }
    tell();
  }

  function tell() {
    heard.sent(Math.max(0, sent - socket.bufferedAmount), blob.size);
  }

  // A file that has gone from the disk cannot be read.
  socket.onopen = () => send().catch(() => socket.close());
  socket.onmessage = (message) => {
    /** @type {StreamEvent} */
    const event = JSON.parse(message.data);
    begun ||= event.status === "started";
    finished ||= event.status === "finished";
    if (begun && !over) heard.event(event);
  };
  socket.onclose = () => {
    if (over) return;
    over = true;
    if (finished) heard.done();
    else if (begun) heard.lost();
    else heard.refused();
  };
  return () => {
    over = true;
    socket.close();
  };
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, LOOK));
}
