// Which keys and tempi are certain enough to be relied upon: the rules of tonearm.results.certainty, where they are
// explained.

const CERTAIN_STRENGTH = 0.75;
const CERTAIN_CONFIDENCE = 1.5;
const FEWEST_BEATS = 10;
const [STEADY, AS_LONG] = [0.7, 0.05];

/** @param {number} strength */
export function keyIsCertain(strength) {
  return strength >= CERTAIN_STRENGTH;
}

/**
 * As far as beats and confidence tell: a model that gives neither is believed.
 * @param {{ beat_positions?: number[], confidence?: number }} result
 */
export function tempoIsCertain({ beat_positions: beats, confidence }) {
  const reliable = confidence === undefined || confidence > CERTAIN_CONFIDENCE;
  return reliable && (beats === undefined || steady(beats));
}

/** @param {number[]} beats */
function steady(beats) {
  if (beats.length < FEWEST_BEATS) return false;
  const lengths = beats.slice(1).map((beat, i) => beat - beats[i]);
  const usual = median(lengths);
  const same = lengths.filter((length) => Math.abs(length - usual) <= AS_LONG * usual);
  return same.length >= STEADY * lengths.length;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
