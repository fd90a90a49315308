// What pointers, fingers and wheels do on a strip.

/** Of a zoom: a notch of a wheel doubles, as 140 pixels do. */
const PER_PIXEL = Math.LN2 / 140;
const LINE = 20;

/**
 * Times are where the pointer is, in pixels of the window.
 * @typedef {object} Hands
 * @property {(clientX: number) => void} seek
 * @property {(clientX: number | null) => void} point where somebody points without pressing; null when they leave
 * @property {(factor: number, clientX: number) => void} zoom
 * @property {(pixels: number) => void} pan
 */

/**
 * Pressing and drawing seeks, two fingers or a wheel with Ctrl zoom, a wheel sideways or with Shift moves the view.
 * @param {HTMLElement} element
 * @param {Hands} hands
 */
export function onGestures(element, hands) {
  /** @type {Map<number, number>} where each pressed pointer is */
  const pressed = new Map();
  // A finger seeks when it moves or leaves: before, a second may come to zoom.
  let zooming = false;

  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, event.clientX);
    zooming ||= pressed.size > 1;
    if (event.pointerType !== "touch") hands.seek(event.clientX);
  });
  element.addEventListener("pointermove", (event) => {
    const last = pressed.get(event.pointerId);
    if (event.pointerType !== "touch") hands.point(event.clientX);
    if (last === undefined || last === event.clientX) return;
    const before = [...pressed.values()];
    pressed.set(event.pointerId, event.clientX);
    if (zooming) pinch(before, [...pressed.values()]);
    else hands.seek(event.clientX);
  });
  element.addEventListener("pointerup", (event) => {
    if (pressed.delete(event.pointerId) && event.pointerType === "touch" && !zooming) hands.seek(event.clientX);
    zooming &&= pressed.size > 0;
  });
  element.addEventListener("pointercancel", (event) => {
    pressed.delete(event.pointerId);
    zooming &&= pressed.size > 0;
  });
  element.addEventListener("pointerleave", () => hands.point(null));
  element.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
      const [across, along] = [event.deltaX * unit, event.deltaY * unit];
      if (event.ctrlKey || event.metaKey) hands.zoom(Math.exp(-along * PER_PIXEL), event.clientX);
      else if (event.shiftKey) hands.pan(across || along);
      else if (Math.abs(across) > Math.abs(along)) hands.pan(across);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );

  /**
   * @param {number[]} before
   * @param {number[]} after
   */
  function pinch(before, after) {
    if (before.length < 2) return;
    const [was, is] = [before, after].map(([one, other]) => ({
      apart: Math.max(1, Math.abs(one - other)),
      middle: (one + other) / 2,
    }));
    hands.zoom(is.apart / was.apart, is.middle);
    hands.pan(was.middle - is.middle);
  }
}
