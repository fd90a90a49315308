"""XML whose attributes may come from anywhere, such as the tags of files."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 has, escaped or not."""


def attributes(**values: str | int | None) -> dict[str, str]:
    """Without those that are None, and without characters that no XML can have."""
    return {name: _IMPOSSIBLE.sub("�", str(value)) for name, value in values.items() if value is not None}


def document(root: Element, standalone: str = "") -> bytes:
    ElementTree.indent(root)
    head = f'<?xml version="1.0" encoding="UTF-8"{standalone}?>\n'
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f"{head}{text}\n".encode()
