// The words of a page as they stand, line by line, for a picture.

import { svg } from "../dom.js";

/** Measures fonts. */
const ruler = document.createElement("canvas").getContext("2d");

/**
 * @param {Text} node
 * @param {DOMRect} from whose corner is the origin
 * @returns {SVGElement[]}
 */
export function texts(node, from) {
  const parent = node.parentElement;
  if (!parent || !node.data.trim()) return [];
  const style = getComputedStyle(parent);
  if (style.visibility === "hidden") return [];
  return lines(node).map(({ words, box }) =>
    svg(
      "text",
      {
        x: (box.x - from.x).toFixed(1),
        y: (box.y - from.y + baseline(style, box.height)).toFixed(1),
        fill: style.color,
        "font-family": style.fontFamily,
        "font-size": style.fontSize,
        "font-weight": style.fontWeight,
        "letter-spacing": style.letterSpacing === "normal" ? null : style.letterSpacing,
      },
      words,
    ),
  );
}

/**
 * The lines that a text is broken into.
 * @param {Text} node
 */
function lines(node) {
  /** @type {{ words: string, box: DOMRect }[]} */
  const found = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    const last = found.at(-1);
    if (last && Math.abs(last.box.y - box.y) < 1) last.words += ` ${word}`;
    else found.push({ words: word, box });
  }
  return found;
}

/**
 * How far below the top of a line its letters stand.
 * @param {CSSStyleDeclaration} style
 * @param {number} height
 */
function baseline(style, height) {
  if (!ruler) return 0.8 * height;
  ruler.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = ruler.measureText("x");
  return (height - above - below) / 2 + above;
}
