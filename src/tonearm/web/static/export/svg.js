// A part of the page as a picture that stands alone: what is seen of it, with its colours, and nothing that needs the
// page's style sheets.

import { svg } from "../dom.js";
import { texts } from "./text-runs.js";

/** What a drawing gets from style sheets and hands down, as attributes that any program reads. */
const LOOKS = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap"],
  ...["stroke-linejoin", "visibility", "font-family", "font-size", "font-weight", "letter-spacing"],
  ...["text-anchor", "color"],
];
/** What is there to be pressed or unfolded, and has no place in a picture. */
const LEFT_OUT = "button, details:not([open]), .json, .unseen, .light";
const MARGIN = 24;

/**
 * @param {Element} element on the page, of any kind
 * @param {string} title
 * @returns {{ text: string, width: number, height: number }} the size in pixels
 */
export function asSvg(element, title) {
  const box = element.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width) + 2 * MARGIN, Math.ceil(box.height) + 2 * MARGIN];
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const picture = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height },
    svg("title", {}, title),
    svg("rect", { width, height, fill: paper }),
    svg("g", { transform: `translate(${MARGIN} ${MARGIN})` }, drawn(element, box)),
  );
  return { text: new XMLSerializer().serializeToString(picture), width, height };
}

/**
 * @param {Element} element
 * @param {DOMRect} from whose corner is the origin
 * @returns {SVGElement[]}
 */
function drawn(element, from) {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || element.matches(LEFT_OUT)) return [];
  const place = { x: box.x - from.x, y: box.y - from.y, width: box.width, height: box.height };
  if (element instanceof SVGSVGElement) return [inlined(element, place)];
  const inside = [...element.childNodes].flatMap((node) =>
    node instanceof Element ? drawn(node, from) : node instanceof Text ? texts(node, from) : [],
  );
  return [...areas(getComputedStyle(element), place), ...inside];
}

/**
 * @param {SVGSVGElement} drawing
 * @param {Record<string, number>} place
 */
function inlined(drawing, place) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((each, i) => {
    const style = getComputedStyle(originals[i]);
    const above = i ? getComputedStyle(/** @type {Element} */ (originals[i].parentElement)) : null;
    for (const look of LOOKS) {
      const value = style.getPropertyValue(look);
      if (value !== above?.getPropertyValue(look)) each.setAttribute(look, value);
    }
    if (style.opacity !== "1") each.setAttribute("opacity", style.opacity);
    each.removeAttribute("class");
  });
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
  copy.setAttribute("overflow", "visible");
  return copy;
}

/**
 * The background and border of an element.
 * @param {CSSStyleDeclaration} style
 * @param {{ x: number, y: number, width: number, height: number }} place
 * @returns {SVGElement[]}
 */
function areas(style, place) {
  const { x, y, width, height } = place;
  const rx = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, height / 2);
  const around = hasEdge(style, "left") && hasEdge(style, "top");
  /** @type {SVGElement[]} */
  const found = [];
  if (around || !/^rgba\(.*, 0\)$/.test(style.backgroundColor)) {
    const stroke = around ? style.borderTopColor : "none";
    found.push(svg("rect", { ...place, rx, fill: style.backgroundColor, stroke }));
  }
  // A bar is a background of one colour over a share of the width.
  const share = Number.parseFloat(style.backgroundSize) / 100;
  const [filled] = /\b(rgb|oklab|color)a?\([^)]*\)/.exec(style.backgroundImage) ?? [];
  if (filled && share > 0) found.push(svg("rect", { x, y, width: share * width, height, rx, fill: filled }));
  for (const [side, at] of /** @type {const} */ ([
    ["top", y],
    ["bottom", y + height],
  ])) {
    if (around || !hasEdge(style, side)) continue;
    const stroke = style.getPropertyValue(`border-${side}-color`);
    found.push(svg("line", { x1: x, x2: x + width, y1: at, y2: at, stroke }));
  }
  return found;
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {"top" | "bottom" | "left"} side
 */
function hasEdge(style, side) {
  return Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) > 0;
}
