// An operation: what it does, the form that tries it, and what it may answer.

/** @import { Operation, Response } from "./openapi.js" */
import { el, withCode } from "../dom.js";
import { typeOf } from "./schema.js";
import { Trial } from "./trial.js";

/**
 * @param {string} method
 * @param {string} path
 * @param {Operation} operation
 * @param {() => string} key
 */
export function section(method, path, operation, key) {
  const { operationId, summary, description, responses, security } = operation;
  const rows = Object.entries(responses).sort(([one], [other]) => one.localeCompare(other));
  return el(
    "section",
    { id: operationId, "aria-label": summary },
    el("h2", {}, el("code", {}, `${method.toUpperCase()} ${path}`)),
    el("p", { class: "summary" }, summary, security ? el("span", { class: "soft" }, " (needs an API key)") : null),
    description?.split(/\n\s*\n/).map((paragraph) => el("p", {}, withCode(paragraph))),
    new Trial(method, path, operation, key).element,
    el(
      "div",
      { class: "scrolling" },
      el(
        "table",
        {},
        el("caption", {}, "Responses"),
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["status", "meaning", "content"].map((words) => el("th", { scope: "col" }, words)),
          ),
        ),
        el(
          "tbody",
          {},
          rows.map(([status, response]) => row(status, response)),
        ),
      ),
    ),
  );
}

/**
 * @param {string} status
 * @param {Response} response
 */
function row(status, response) {
  const types = Object.entries(response.content ?? {}).map(([type, { schema }]) =>
    el("div", {}, el("code", {}, type), " ", ...(schema ? typeOf(schema) : [])),
  );
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, status),
    el("td", {}, withCode(response.description)),
    el("td", {}, types),
  );
}
