// The API reference: the OpenAPI document of this server as a page, with a form for each operation.

import { byId, el } from "../dom.js";
import { fetchDocument } from "./openapi.js";
import * as operation from "./operation.js";
import * as schema from "./schema.js";

const { paths, components } = await fetchDocument();
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, each]) => ({ path, method, operation: each })),
);
const schemas = Object.entries(components.schemas).sort(([one], [other]) => one.localeCompare(other));
const locked = operations.some((each) => each.operation.security);
let key = "";

if (locked) byId("key").append(authorize());
byId("operations").replaceChildren(
  ...operations.map((each) => operation.section(each.method, each.path, each.operation, () => key)),
);
byId("schemas").append(el("h2", {}, "Schemas"), ...schemas.map(([name, each]) => schema.section(name, each)));
byId("menu").append(
  menu(operations.map((each) => [each.operation.operationId, each.path])),
  menu(schemas.map(([name]) => [schema.anchor(name), name])),
);
// What the address names was not there when the browser looked for it.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();

/** The API key stays in this page and is forgotten with it. */
function authorize() {
  const input = el("input", { id: "api-key", type: "password", autocomplete: "off", required: true });
  const told = el("p", { role: "status" });
  const form = el(
    "form",
    { class: "authorize", "aria-label": "Authorize" },
    el("h2", {}, "Authorize"),
    el("p", {}, "This server requires an API key. It stays in this page and is forgotten when you close it."),
    el("p", {}, el("label", { for: "api-key" }, "API key")),
    el("div", { class: "joined" }, input, el("button", { type: "submit" }, "Use this key")),
    told,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    key = input.value.trim();
    told.textContent = "Every request that needs the key has it now.";
  });
  return form;
}

/** @param {[string, string][]} entries */
function menu(entries) {
  return el(
    "ul",
    {},
    entries.map(([id, words]) => el("li", {}, el("a", { href: `#${id}` }, el("code", {}, words)))),
  );
}
