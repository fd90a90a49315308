// The API key, asked for when the server wants one. It stays in this page and is forgotten with it.

import { byId, el } from "./dom.js";

/**
 * Ask for it; `take` gets it. `wrong` says that there was one which the server does not know.
 * @param {boolean} wrong
 * @param {(key: string) => void} take
 */
export function askForKey(wrong, take) {
  const input = el("input", { id: "api-key", type: "password", autocomplete: "off", required: true });
  const form = el(
    "form",
    { class: "api-key" },
    el("label", { for: "api-key" }, wrong ? "The server does not know this API key. Another one:" : "API key"),
    el("div", { class: "joined" }, input, el("button", { type: "submit" }, "Use this key")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(input.value.trim());
  });
  byId("problem").append(form);
  input.focus();
}
