// What keys do on the time line.

const SEEK_SECONDS = 5;
const FAR_SECONDS = 30;

/**
 * @typedef {object} Actions
 * @property {(seconds: number) => void} skip
 * @property {(time: number) => void} seek
 * @property {(pages: number) => void} scroll
 * @property {() => void} toggle
 * @property {() => void} closer
 * @property {() => void} farther
 * @property {() => void} all
 */

/** As aria-keyshortcuts has them. */
export const SHORTCUTS = "Space + - 0 Shift+ArrowLeft Shift+ArrowRight";

/**
 * @param {HTMLElement} element
 * @param {Actions} actions
 */
export function onKeys(element, { skip, seek, scroll, toggle, closer, farther, all }) {
  /** @type {Record<string, (() => void) | undefined>} */
  const plain = {
    ArrowRight: () => skip(SEEK_SECONDS),
    ArrowUp: () => skip(SEEK_SECONDS),
    ArrowLeft: () => skip(-SEEK_SECONDS),
    ArrowDown: () => skip(-SEEK_SECONDS),
    PageUp: () => skip(FAR_SECONDS),
    PageDown: () => skip(-FAR_SECONDS),
    Home: () => seek(0),
    End: () => seek(Infinity),
    "=": closer,
    0: all,
    " ": toggle,
  };
  /** @type {Record<string, (() => void) | undefined>} */
  const shifted = { ArrowRight: () => scroll(0.5), ArrowLeft: () => scroll(-0.5) };
  /** @type {Record<string, (() => void) | undefined>} on some keyboards with Shift, on some without */
  const either = { "+": closer, "-": farther };
  element.addEventListener("keydown", (event) => {
    const act = (event.shiftKey ? shifted : plain)[event.key] ?? either[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}
