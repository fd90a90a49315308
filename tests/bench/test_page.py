from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from bench.accuracy.report import Report as Accuracy
from bench.accuracy.text import markdown
from bench.features.report import Report as Features
from bench.features.report import lines as of_features
from bench.page import fill_in

ROOT = Path(__file__).parents[2]
WRITTEN: dict[str, tuple[str, str, Callable[[str], Iterable[str]]]] = {
    "accuracy.md": ("make accuracy", "accuracy.json", lambda data: [markdown(Accuracy.model_validate_json(data))]),
    "sonara.md": (
        "python -m bench.features",
        "features.json",
        lambda data: of_features(Features.model_validate_json(data)),
    ),
}


def test_a_page_is_replaced_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- Written by make it. -->\nold\n<!-- Until here. -->\nrest\n")
    fill_in(page, "make it", ["new", ""])
    once = "# Title\n<!-- Written by make it. -->\n\nnew\n\n<!-- Until here. -->\nrest\n"
    assert page.read_text() == once
    fill_in(page, "make it", ["", "new"])
    assert page.read_text() == once


def test_without_its_marks_it_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- Written by make it. -->\n")
    with pytest.raises(ValueError, match="no place for what make it writes"):
        fill_in(page, "make it", ["new"])
    assert page.read_text() == "# Title\n<!-- Written by make it. -->\n"


@pytest.mark.parametrize("name", WRITTEN)
def test_pages_say_what_was_measured(tmp_path: Path, name: str) -> None:
    by, result, lines = WRITTEN[name]
    now = (ROOT / "docs" / name).read_text()
    copy = tmp_path / name
    copy.write_text(now)
    fill_in(copy, by, lines((ROOT / "bench" / "results" / result).read_text()))
    assert copy.read_text() == now
