// The circle of fifths, with the codes that DJs use.

/** @import { Key } from "../music.js" */
import { svg } from "../dom.js";
import { camelot, MAJOR, MINOR, pretty } from "../music.js";

const SCALES = /** @type {const} */ (["major", "minor"]);
const RINGS = { major: { names: MAJOR, inner: 104, outer: 148 }, minor: { names: MINOR, inner: 62, outer: 104 } };

/**
 * @param {Key} here
 * @param {Key[]} near
 * @param {string} label
 */
export function circle(here, near, label) {
  /** @type {SVGElement[]} */
  const wedges = [];
  for (const scale of SCALES) {
    const { names, inner, outer } = RINGS[scale];
    names.forEach((name, index) => {
      const same = (/** @type {Key} */ other) => other.scale === scale && other.index === index;
      const state = same(here) ? "here" : near.some(same) ? "near" : "";
      const [x, y] = at((inner + outer) / 2, index);
      wedges.push(
        svg(
          "g",
          { class: `wedge ${state}` },
          svg("path", { d: wedge(inner, outer, index) }),
          svg("text", { x, y: y - 1, "text-anchor": "middle" }, pretty(name) + (scale === "minor" ? "m" : "")),
          svg("text", { class: "code", x, y: y + 11, "text-anchor": "middle" }, camelot({ scale, index })),
        ),
      );
    });
  }
  return svg("svg", { class: "circle", viewBox: "-150 -150 300 300", role: "img", "aria-label": label }, wedges);
}

/**
 * The place on a circle of a position, in steps of 30 degrees from the top.
 * @param {number} radius
 * @param {number} position
 */
function at(radius, position) {
  const angle = (position * Math.PI) / 6;
  return [round(radius * Math.sin(angle)), round(-radius * Math.cos(angle))];
}

/**
 * @param {number} inner
 * @param {number} outer
 * @param {number} index
 */
function wedge(inner, outer, index) {
  const [begin, end] = [index - 0.5, index + 0.5];
  return (
    `M${at(inner, begin)} L${at(outer, begin)} A${outer} ${outer} 0 0 1 ${at(outer, end)} ` +
    `L${at(inner, end)} A${inner} ${inner} 0 0 0 ${at(inner, begin)}Z`
  );
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
