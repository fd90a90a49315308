// The form that tries an operation: a field for each parameter, the file, and what the server answers.

/** @import { Json } from "../api.js" */
/** @import { Operation, Parameter } from "./openapi.js" */
/** @import { Request } from "./request.js" */
import { copyButton } from "../copy.js";
import { announce, el, withCode } from "../dom.js";
import { jsonDetails, pretty } from "../json.js";
import { FILE, present, STREAM } from "./openapi.js";
import { command, send } from "./request.js";

const LINE = 90;
const SHORT = 2000;
const SHOWN_HEADERS = ["Content-Type", "X-Correlation-ID", "RateLimit", "RateLimit-Policy", "Retry-After"];

export class Trial {
  #method;
  #path;
  #operation;
  #key;
  /** @type {{ parameter: Parameter, input: HTMLInputElement | HTMLSelectElement }[]} */
  #fields;
  #file = el("input", { type: "file" });
  #accept = el("select", {});
  #answer = el("div", { class: "answer" });
  #stop = new AbortController();

  /**
   * `key` returns the API key to send, "" without one.
   * @param {string} method
   * @param {string} path
   * @param {Operation} operation
   * @param {() => string} key
   */
  constructor(method, path, operation, key) {
    this.#method = method.toUpperCase();
    this.#path = path;
    this.#operation = operation;
    this.#key = key;
    this.#fields = (operation.parameters ?? []).map((parameter) => ({ parameter, input: input(parameter) }));
    // The stream is what a server is for, and a client that does not ask for anything gets it.
    this.#accept.append(...this.#types.map((type) => el("option", { selected: type === STREAM }, type)));
    this.element = el(
      "form",
      { class: "trial", "aria-label": `Try ${this.#method} ${path}`, onsubmit: (event) => this.#send(event) },
      this.#fields.map(({ parameter, input }) => this.#field(parameter.name, input, parameter)),
      this.#body ? this.#field("body", this.#file, this.#body) : null,
      this.#types.length > 1 ? this.#field("Accept", this.#accept, { in: "header" }) : null,
      el(
        "p",
        { class: "send" },
        el("button", { type: "submit", class: "primary" }, "Send"),
        copyButton("Copy as curl", () => command(this.#request(), this.#locked)),
      ),
      this.#answer,
    );
  }

  get #types() {
    return Object.keys(this.#operation.responses["200"]?.content ?? {});
  }

  get #body() {
    const body = this.#operation.requestBody;
    return body && FILE in body.content ? body : undefined;
  }

  get #locked() {
    return Boolean(this.#operation.security);
  }

  /**
   * @param {string} name
   * @param {HTMLInputElement | HTMLSelectElement} input
   * @param {{ in?: string, description?: string }} about
   */
  #field(name, input, about) {
    input.id = `${this.#operation.operationId}-${about.in ?? "body"}-${name}`;
    const hint = el("p", { id: `${input.id}-hint`, class: "soft" }, ...withCode(about.description ?? ""));
    input.setAttribute("aria-describedby", hint.id);
    const where = about.in ? el("span", { class: "soft" }, ` ${about.in}`) : null;
    return el("div", { class: "field" }, el("label", { for: input.id }, el("code", {}, name), where), input, hint);
  }

  /** @returns {Request} */
  #request() {
    const query = new URLSearchParams();
    /** @type {Record<string, string>} */
    const headers = this.#types.length > 1 ? { Accept: this.#accept.value } : {};
    for (const { parameter, input } of this.#fields) {
      if (!input.value) continue;
      if (parameter.in === "query") query.set(parameter.name, input.value);
      else headers[parameter.name] = input.value;
    }
    const file = this.#file.files?.[0] ?? null;
    // Not the type that the browser guesses from the name: the bytes decide.
    if (file) headers["Content-Type"] = FILE;
    const path = this.#path.slice(1);
    return { method: this.#method, path: query.size ? `${path}?${query}` : path, headers, file };
  }

  /** @param {Event} event */
  async #send(event) {
    event.preventDefault();
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const list = el("ol", { class: "events" });
    this.#answer.replaceChildren(el("p", { class: "soft" }, "Sending …"));
    try {
      await send(this.#request(), this.#locked ? this.#key() : "", signal, {
        begun: (response) => this.#answer.replaceChildren(head(response), list),
        event: (told) => list.append(el("li", {}, shown(told))),
        text: (text) => list.replaceWith(shown(parsed(text))),
      });
      announce("The response is complete.");
    } catch (error) {
      if (signal.aborted) return;
      this.#answer.append(el("p", { role: "alert" }, `The connection failed: ${error}`));
    }
  }
}

/** @param {Parameter} parameter */
function input({ schema }) {
  const { const: only, enum: many } = present(schema);
  const values = many ?? (only === undefined ? [] : [only]);
  if (values.length)
    return el(
      "select",
      {},
      ["", ...values].map((value) => el("option", {}, String(value))),
    );
  return el("input", { type: "text", value: schema.examples?.[0], autocomplete: "off", spellcheck: "false" });
}

/** @param {Response} response */
function head(response) {
  const lines = SHOWN_HEADERS.map((name) => [name, response.headers.get(name)])
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  const words = `${response.status} ${response.statusText}`.trim();
  announce(words);
  return el("pre", { class: "head" }, [words, ...lines].join("\n"));
}

/**
 * A value as JSON, folded away if it is long.
 * @param {Json} value
 */
function shown(value) {
  const line = JSON.stringify(value);
  const text = typeof value === "string" ? value : line.length <= LINE ? line : pretty(value);
  if (text.length <= SHORT) return el("pre", {}, text);
  const event = typeof value === "object" && value !== null && "status" in value ? value : {};
  return el(
    "div",
    {},
    el("p", {}, ...withCode(`\`${event.status ?? "response"}\` of ${text.length} characters`)),
    jsonDetails(value, "the response"),
  );
}

/**
 * @param {string} text
 * @returns {Json}
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
