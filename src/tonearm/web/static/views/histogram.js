// How much of the track has which short-term loudness.

/** @import { Curve } from "../columns.js" */
import { highest } from "../columns.js";
import { svg } from "../dom.js";
import { number, percent } from "../format.js";

const [WIDTH, HEIGHT, AXIS] = [320, 120, 20];
/** LU of each column. */
const BIN = 1;
/** LU below the loudest column that are drawn. */
const MOST = 40;
/** Pixels of a column at most. */
const WIDEST = 24;
/** Pixels that a label needs. */
const ROOM = 34;

/**
 * Shares of the values in columns of one LU: the first value is of those from `lowest`. Silence is in none.
 * @param {Curve} values in LUFS
 * @returns {{ lowest: number, shares: number[] }}
 */
export function distribution(values) {
  const heard = values.filter((value) => value !== null && value > -70);
  if (!heard.length) return { lowest: 0, shares: [] };
  const top = Math.floor(highest(heard, 0, heard.length));
  const counts = new Array(MOST).fill(0);
  for (const value of heard) counts[Math.max(0, MOST - 1 - (top - Math.floor(/** @type {number} */ (value))))] += 1;
  const first = counts.findIndex((each) => each > 0);
  return { lowest: top - MOST + 1 + first, shares: counts.slice(first).map((each) => each / heard.length) };
}

/** @param {Curve} values of short-term loudness in LUFS */
export function histogram(values) {
  const { lowest, shares } = distribution(values);
  if (!shares.length) return null;
  const most = highest(shares, 0, shares.length);
  const wide = Math.min(WIDEST, WIDTH / shares.length);
  const common = lowest + shares.indexOf(most);
  const every = [1, 2, 5, 10].find((step) => step * wide >= ROOM) ?? 20;
  return svg(
    "svg",
    {
      class: "histogram",
      viewBox: `0 0 ${WIDTH} ${HEIGHT + AXIS}`,
      role: "img",
      "aria-label": `Short-term loudness from ${number(lowest)} to ${number(lowest + shares.length)} LUFS, most often ${number(common)} to ${number(common + BIN)}: ${percent(most)} of the time.`,
    },
    shares.map((share, i) => {
      const height = (share / most) * HEIGHT;
      return svg("rect", { x: i * wide, y: HEIGHT - height, width: Math.max(1, wide - 1), height });
    }),
    shares.map((_, i) =>
      (lowest + i) % every === 0
        ? svg("text", { x: i * wide, y: HEIGHT + AXIS - 5, "text-anchor": i ? "middle" : "start" }, number(lowest + i))
        : null,
    ),
  );
}
