// Drawing as often as the page can afford.

/** How much longer than a drawing took is waited until the next. */
const REST = 9;

/**
 * A function that asks for a drawing, with a frame soon: much may be asked for between two.
 * @param {() => void} draw
 */
export function paced(draw) {
  let due = false;
  let free = 0;

  function now() {
    due = false;
    const begun = performance.now();
    draw();
    const ended = performance.now();
    free = ended + REST * (ended - begun);
  }

  return () => {
    if (due) return;
    due = true;
    const wait = free - performance.now();
    if (wait > 0) setTimeout(() => requestAnimationFrame(now), wait);
    else requestAnimationFrame(now);
  };
}
