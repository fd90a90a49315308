"""What a page looks like, as far as a program can tell."""

from __future__ import annotations

from playwright.sync_api import Page

# The colours of every text that is seen, and of what lies behind it.
CONTRASTS = r"""
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  function rgb(colour, behind) {
    canvas.fillStyle = `rgb(${behind})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }
  function ground(element) {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.unshift(getComputedStyle(each).backgroundColor);
    return layers.reduce((behind, colour) => rgb(colour, behind), [255, 255, 255]);
  }
  function luminance(colour) {
    const linear = (each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((each) => linear(each / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!words || !parent.checkVisibility({visibilityProperty: true}) || parent.closest(".unseen")) continue;
    const style = getComputedStyle(parent);
    let behind = ground(parent);
    if (parent instanceof SVGElement) {
      const shape = parent.parentElement.querySelector(":scope > path, :scope > rect");
      if (shape && getComputedStyle(shape).fill !== "none") behind = rgb(getComputedStyle(shape).fill, behind);
    }
    const colour = parent instanceof SVGElement ? style.fill : style.color;
    found.push([words.slice(0, 40), contrast(rgb(colour, behind), behind)]);
  }
  return found;
}
"""


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways, but for what scrolls by itself."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((each) => each.checkVisibility() && !each.closest("svg, .unseen, .scrolling, pre"))
            .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert cut == []
