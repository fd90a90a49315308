// Elements from a few words. Text is only ever set as text, so nothing a server or a file says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** el("button", {type: "button", onclick: run}, "Run"): attributes, listeners, then children; null is left out. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for what is drawn. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

const KEPT_NEWS = 30;

/** Say something to those who listen to the page instead of looking at it: each is read out, in order. */
export function announce(words) {
  const news = byId("news");
  news.append(el("p", {}, words));
  while (news.childElementCount > KEPT_NEWS) news.firstElementChild.remove();
}

/** What a component is drawn into, drawn again whenever its width changes. */
export function onWidth(element, draw) {
  let last = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width !== last && width > 0) draw((last = width));
  }).observe(element);
}
