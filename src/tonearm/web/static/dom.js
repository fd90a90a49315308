// Elements from a few words. Text is only ever set as text, so nothing a server or a file says becomes markup.

/**
 * What an element is made of: attributes, with true for one without a value, and listeners under `on…`. False, null and
 * undefined are left out.
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} Attributes
 * @typedef {Node | string | null | undefined} Child
 * @typedef {Child | Child[]} Content
 */

const SVG = "http://www.w3.org/2000/svg";
const KEPT_NEWS = 30;

/**
 * el("button", {type: "button", onclick: run}, "Run"): attributes, listeners, then children; null is left out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} attributes
 * @param {...Content} children
 */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/**
 * The same for drawings.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} attributes
 * @param {...Content} children
 */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/**
 * @template {Element} Kind
 * @param {Kind} element
 * @param {Attributes} attributes
 * @param {Content[]} children
 */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice("on".length), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/**
 * An element of index.html. Throws a TypeError if there is none.
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new TypeError(`no element #${id}`);
  return found;
}

/**
 * Say something to people who listen to the page instead of looking at it: each message is read out, in order.
 * @param {string} words
 */
export function announce(words) {
  const news = byId("news");
  news.append(el("p", {}, words));
  while (news.childElementCount > KEPT_NEWS) news.firstElementChild?.remove();
}

/**
 * Call `draw` with the width of an element, in pixels, at first and whenever it changes.
 * @param {Element} element
 * @param {(width: number) => void} draw
 */
export function onWidth(element, draw) {
  let last = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width === last || width === 0) return;
    last = width;
    draw(width);
  }).observe(element);
}
