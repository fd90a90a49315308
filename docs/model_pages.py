"""Generate docs/models: a page for each model from its declaration, and one for the networks. `make docs` runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tonearm.local import analyze
from tonearm.networks.naming import split
from tonearm.networks.pack import LICENCE
from tonearm.networks.published import ADDRESS, Published, find, preference
from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import ModelCard
from tonearm.sample import BPM, sample_track

FOLDER = Path(__file__).parent / "models"
_LONGEST_LIST = 4
_SAMPLE_SECONDS = 20


def write(folder: Path) -> None:
    """Replace the folder with pages for the built-in models and the published networks."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    cards = catalog().cards
    own = [card for card in cards if card.unavailable is None]
    results = analyze(sample_track(_SAMPLE_SECONDS), [f"{card.name}:{card.version}" for card in own])
    for name, versions in groupby(own, lambda card: card.name):
        page = _page(list(versions), results.results)
        (folder / f"{name}.md").write_text(page)
    (folder / "index.md").write_text(_index(own))
    absent = [card for card in cards if card.unavailable is not None]
    (folder / "networks.md").write_text(_free(absent) + _networks(absent))


def _index(cards: list[ModelCard]) -> str:
    lines = ["# Models", "", "The built-in models. You can add [networks](../networks.md).", ""]
    for group, members in _by_group(cards):
        lines += [f"## {group.capitalize()}", "", "| model | title | description |", "|---|---|---|"]
        for card in members:
            link = f"[`{_asked(card)}`]({card.name}.md#version-{card.version})"
            lines.append(_row(link, card.title, re.split(r"[:.] ", card.description)[0]))
        lines.append("")
    return "\n".join(lines)


def _page(versions: list[ModelCard], results: dict[str, dict[str, Any]]) -> str:
    first = versions[0]
    names = " or ".join(f"`{name}`" for name in (first.name, *first.aliases))
    lines = [
        f"# {first.name}",
        "",
        f"Request it as {names}; `-` and `_` are equivalent. Without a version, the name means version ",
    ]
    lines[-1] += f"{next(card.version for card in versions if card.default)}."
    for card in versions:
        result = results.get(f"{card.name}:{card.version}") or results[card.name]
        lines += ["", f"## Version {card.version}", "", f"**{card.title}.** {card.description}", ""]
        lines += ["| result field | unit | range | description |", "|---|---|---|---|"]
        lines += _result_rows(card.result_schema)
        if card.parameters_schema.get("properties"):
            lines += ["", "| parameter | default | range | description |", "|---|---|---|---|"]
            lines += _parameter_rows(card.parameters_schema)
        lines += [
            "",
            f"The result for {_SAMPLE_SECONDS} s synthesised in A minor at {BPM:g} bpm, lists cut to {_LONGEST_LIST}:",
        ]
        lines += ["", "```json", _readable(result), "```"]
        lines += ["", f"Cite: {card.citation}", "", f"Licence: {card.licence}"]
    return "\n".join(lines) + "\n"


def _result_rows(schema: dict[str, Any], parts: dict[str, Any] | None = None, before: str = "") -> Iterator[str]:
    """A row for each field; the fields of objects in a list follow it."""
    parts = schema.get("$defs", {}) if parts is None else parts
    for name, field in schema["properties"].items():
        cells = [f"`{before}{name}`", field.get("unit", ""), _bounds(*field.get("range", (None, None)))]
        yield _row(*cells, field.get("description", ""))
        if reference := field.get("items", {}).get("$ref"):
            yield from _result_rows(parts[reference.rpartition("/")[2]], parts, f"{before}{name}[].")


def _parameter_rows(schema: dict[str, Any]) -> Iterator[str]:
    for name, field in schema["properties"].items():
        bounds = "true or false" if field["type"] == "boolean" else _bounds(field.get("minimum"), field.get("maximum"))
        yield _row(f"`{name}`", f"`{json.dumps(field['default'])}`", bounds, field["description"])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if low is None else f"{low:g} to {high:g}"


def _readable(result: dict[str, Any]) -> str:
    """Format as JSON, with lists of plain values on one line."""
    text = json.dumps(_shortened(result), indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)


def _shortened(value: Any) -> Any:
    """The same value with its lists cut."""
    if isinstance(value, list):
        return [_shortened(item) for item in value[:_LONGEST_LIST]]
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _free(cards: list[ModelCard]) -> str:
    """The models of networks with a free licence."""
    lines = ["# Networks", "", "[How to install them](../networks.md).", "", "## With a free licence"]
    for card in (card for card in cards if card.licence != LICENCE and card.variant_of is None):
        lines += ["", f"### {card.name}", "", f"**{card.title}.** {card.description}", ""]
        lines += ["| result field | unit | range | description |", "|---|---|---|---|"]
        lines += [*_result_rows(card.result_schema), "", f"Cite: {card.citation}", "", f"Licence: {card.licence}"]
    return "\n".join(lines) + "\n\n"


def _networks(cards: list[ModelCard]) -> str:
    lines = [
        "## Of the Music Technology Group",
        "",
        f"The networks that the Music Technology Group publishes at {ADDRESS} and that Tonearm can run, all under "
        f"{LICENCE}. The name of a task selects the first of its variants that is installed; each variant also has a "
        "full name. The hash of a file is either known, or recorded at the first download.",
        "",
    ]
    of_task: dict[str, list[ModelCard]] = defaultdict(list)
    for card in cards:
        if card.licence == LICENCE and card.group != "embeddings" and not card.name.startswith("embedding_"):
            of_task[card.variant_of or card.name].append(card)
    tasks = [card for card in cards if card.name in of_task and card.variant_of is None]
    for group, members in _by_group(tasks):
        lines += [f"### {group.capitalize()}", ""]
        for task in members:
            others = ", ".join(f"`{alias}`" for alias in task.aliases)
            lines += [f"#### {task.name}", "", *([f"Also {others}.", ""] if others else [])]
            lines += _variants(of_task[task.name])
    lines += ["### Embeddings", "", "| model | network |", "|---|---|"]
    lines += [f"| `{card.name}` | {card.network} |" for card in cards if card.name.startswith("embedding_")]
    return "\n".join(lines) + "\n"


def _variants(cards: list[ModelCard]) -> list[str]:
    rows = ["| full name | network | input | hash |", "|---|---|---|---|"]
    networks = {network for card in cards if card.network and (network := find(card.network))}
    for network in sorted(networks, key=lambda network: (preference(network.stem), network.stem)):
        full, version = split(network.stem)
        hashed = "known" if network.weights_sha256 else "recorded at first download"
        rows.append(f"| `{full}:{version}` | {network.stem} | {_base(network)} | {hashed} |")
    return [*rows, ""]


def _base(network: Published) -> str:
    return network.embedding or "audio"


def _asked(card: ModelCard) -> str:
    return card.name if card.default else f"{card.name}:{card.version}"


def _by_group(cards: Iterable[ModelCard]) -> Iterator[tuple[str, list[ModelCard]]]:
    groups: dict[str, list[ModelCard]] = defaultdict(list)
    for card in cards:
        groups[card.group].append(card)
    yield from sorted(groups.items())


if __name__ == "__main__":
    # The pages do not depend on what is installed.
    os.environ["TONEARM_MODELS_DIR"] = os.devnull
    write(FOLDER)
