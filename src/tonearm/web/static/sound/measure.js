// Decodes a track in the browser and measures its samples in a worker, so that the page stays free.

/** @import { Measured } from "./measurement.js" */

/** Seconds of the longest track that is decoded, which takes 40 MB a minute at most common rates. */
export const LONGEST = 600;
const BLOCK_SECONDS = 5;
/** What browsers decode to, in Hz. */
const [SLOWEST, FASTEST] = [3000, 192_000];

/**
 * Null if the browser cannot decode it.
 * @param {Blob} blob
 * @param {number} rate that it has, in Hz: at another one peaks would not be those of the file
 * @param {AbortSignal} signal
 * @returns {Promise<Measured | null>}
 */
export async function measure(blob, rate, signal) {
  const sound = await decode(blob, Math.min(Math.max(SLOWEST, rate), FASTEST));
  if (!sound || signal.aborted) return null;
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  signal.addEventListener("abort", () => worker.terminate(), { once: true });
  /** @type {Promise<Measured>} */
  const told = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new Error("The samples could not be measured."));
  });
  await send(sound, worker, signal);
  const measured = await told;
  worker.terminate();
  return measured;
}

/**
 * @param {Blob} blob
 * @param {number} rate
 */
async function decode(blob, rate) {
  const context = new OfflineAudioContext({ length: 1, sampleRate: rate });
  try {
    return await context.decodeAudioData(await blob.arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * Block by block, with time for the page between two.
 * @param {AudioBuffer} sound
 * @param {Worker} worker
 * @param {AbortSignal} signal
 */
async function send(sound, worker, signal) {
  const { length, numberOfChannels, sampleRate: rate } = sound;
  const size = BLOCK_SECONDS * rate;
  for (let begin = 0; begin < length && !signal.aborted; begin += size) {
    const block = Array.from({ length: numberOfChannels }, (_, channel) => {
      const samples = new Float32Array(Math.min(size, length - begin));
      sound.copyFromChannel(samples, channel, begin);
      return samples;
    });
    worker.postMessage(
      { rate, block },
      block.map((samples) => samples.buffer),
    );
    await new Promise((resolve) => setTimeout(resolve));
  }
  worker.postMessage({ rate, block: null });
}
