"""Which form of an answer a client prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations


def prefers_json(accept: str) -> bool:
    """Whether an Accept header ranks application/json above text/event-stream.

    On a tie it does not: many clients name JSON in every request, beside `*/*`, and read the stream.
    """
    ranges = dict(_range(part) for part in accept.split(",") if part.strip())
    return _quality(ranges, "application", "json") > _quality(ranges, "text", "event-stream")


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _quality(ranges: dict[str, float], kind: str, subkind: str) -> float:
    """Of the most specific range that the media type is in."""
    names = (f"{kind}/{subkind}", f"{kind}/*", "*/*")
    return next((ranges[name] for name in names if name in ranges), 0.0)
