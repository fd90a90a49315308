// Measures samples beside the page: blocks of them come in, and after the last one what they tell goes out.

import { Measurement } from "./measurement.js";

/** @type {Measurement | null} */
let measurement = null;

addEventListener("message", ({ data }) => {
  /** @type {{ rate: number, block: Float32Array[] | null }} null at the end */
  const { rate, block } = data;
  measurement ??= new Measurement(rate);
  if (block) measurement.take(block);
  else postMessage(measurement.finish());
});
