"""The part of a document that a benchmark writes: between two marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_END = "<!-- Until here. -->\n"


def fill_in(page: Path, by: str, lines: Iterable[str]) -> None:
    """Between `<!-- Written by … . -->` and the next end. Raises ValueError where they are not in the page."""
    begin = f"<!-- Written by {by}. -->\n"
    before, found, rest = page.read_text().partition(begin)
    _, end, after = rest.partition(_END)
    if not found or not end:
        raise ValueError(f"{page} has no place for what {by} writes")
    written = "\n".join(lines).strip("\n")
    page.write_text(f"{before}{begin}\n{written}\n\n{_END}{after}")
