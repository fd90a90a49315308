// A button that copies a text.

import { announce, el } from "./dom.js";

const TOLD_MS = 2000;

/**
 * @param {string} label
 * @param {() => string} text
 */
export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "quiet", onclick: copy }, label);

  async function copy() {
    const words = (await put(text())) ? "Copied" : "Could not be copied";
    button.textContent = words;
    announce(words);
    setTimeout(() => {
      button.textContent = label;
    }, TOLD_MS);
  }

  return button;
}

/** @param {string} text */
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return putByCommand(text);
  }
}

/**
 * Without TLS a browser has no clipboard object, and a server of one's own often has no TLS.
 * @param {string} text
 */
function putByCommand(text) {
  const area = el("textarea", { class: "unseen", "aria-hidden": "true", tabindex: -1 });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
