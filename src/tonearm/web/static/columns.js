// Many values made few enough to draw, keeping the extremes.

/** Bounds of `count` even parts of the indices from `begin` to `end`, none of them empty. */
export function parts(begin, end, count) {
  const few = Math.max(1, Math.min(Math.floor(count), end - begin));
  return Array.from({ length: few }, (_, i) => [
    begin + Math.floor((i * (end - begin)) / few),
    begin + Math.floor(((i + 1) * (end - begin)) / few),
  ]);
}

export function lowest(values, begin, end) {
  let found = Infinity;
  for (let i = begin; i < end; i++) if (values[i] !== null) found = Math.min(found, values[i]);
  return found;
}

export function highest(values, begin, end) {
  let found = -Infinity;
  for (let i = begin; i < end; i++) if (values[i] !== null) found = Math.max(found, values[i]);
  return found;
}
