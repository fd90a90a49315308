"""What the documents say in tables is what there is."""

from __future__ import annotations

import json
import re
from datetime import date
from statistics import median
from typing import Any

from tests.support.documents.blocks import ROOT, blocks
from tests.support.http import Server
from tonearm import errors
from tonearm.config import Range, Settings
from tonearm.errors import EngineFull, KeyExpired, RateLimited, ShuttingDown, TonearmError, Unauthorized
from tonearm.results.spotify import AudioFeatures
from tonearm.server.openapi.operation import RESPONSES
from tonearm.server.problem import problem

OPERATING = (ROOT / "docs" / "operating.md").read_text()
API = ROOT / "docs" / "api.md"
BENCH: dict[str, Any] = json.loads((ROOT / "bench" / "results" / "latest.json").read_text())


def test_every_setting_is_listed_with_its_default() -> None:
    rows = {
        name: (default.strip("`"), words)
        for name, default, words in re.findall(r"^\| `TONEARM_(\w+)` \| (.*?) \| (.*) \|$", OPERATING, re.MULTILINE)
    }
    assert sorted(rows) == sorted(name.upper() for name in Settings.model_fields)
    for name, field in Settings.model_fields.items():
        written, words = rows[name.upper()]
        assert words == field.description
        if isinstance(field.default, bool):
            assert written == ("on" if field.default else "off")
        elif field.default in (None, (), {}):
            assert written == "none"
        elif name not in {"workers", "models_dir"}:
            default = float(field.default) if isinstance(field.default, int | float) else field.default
            assert (float(written) if isinstance(default, float) else written) == (
                str(default) if isinstance(default, Range) else default
            )


def test_every_metric_is_listed(server: Server) -> None:
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        text = exchange.answer().body().decode()
    served = {name.removesuffix("_total") for name in re.findall(r"^# TYPE (tonearm_\w+) ", text, re.MULTILINE)}
    section = OPERATING.partition("## Metrics")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(tonearm_\w+)`", section)) == served


def test_every_refusal_is_listed_and_has_an_example() -> None:
    statuses = {error.status for error in _all(TonearmError)} | {int(status) for status in RESPONSES}
    # A client that went away is told nothing.
    statuses -= {200, 499}
    text = API.read_text()
    assert {int(status) for status in re.findall(r"^\| \[(\d+)\]\(#\d+\) \|", text, re.MULTILINE)} == statuses
    for status in statuses:
        section = text.partition(f"#### {status}\n")[2].partition("\n#")[0]
        assert '"detail"' in section or '{"detail"' in section, status


def test_the_words_of_refusals_that_need_a_bad_day() -> None:
    shown = [json.loads(block.text) for block in blocks(API) if block.language == "json" and '"detail"' in block.text]
    limit = Settings.model_fields["max_body_bytes"].default
    real = [
        Unauthorized(),
        KeyExpired(date(2027, 3, 31)),
        errors.TooLarge(limit),
        RateLimited(1),
        EngineFull(1),
        ShuttingDown(1),
    ]
    said = [json.loads(bytes(problem(error).body)) for error in real]
    assert [each for each in shown if "correlation_id" not in each] == said


def test_every_audio_feature_is_listed() -> None:
    text = (ROOT / "docs" / "from-spotify.md").read_text()
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == set(AudioFeatures.model_fields) - {"type", "sources", "reasons"}


def test_the_figures_are_those_that_were_measured() -> None:
    def of(cost: str, kind: str) -> float:
        return float(median(run[kind] for run in BENCH["costs"][cost]))

    def figure(start: str) -> dict[str, Any]:
        return next(figure for figure in BENCH["figures"] if figure["what"].startswith(start))

    peak_long, peak_short = figure("peak memory")["detail"].removesuffix(" MiB").split(" ÷ ")
    capacity = OPERATING.partition("## Capacity")[2]
    for expected in (
        f"| {of('tonearm over HTTP', 'cpu'):.2f} s |",
        f"| {figure('8 clients')['detail'].partition(' ')[0]} |",
        f"| {figure('idle memory')['value']:.0f} MiB |",
        f"| {peak_short} and {peak_long} MiB |",
        f"| {figure('seconds until ready')['value']:.1f} s |",
    ):
        assert expected in capacity
    readme = (ROOT / "README.md").read_text()
    ffmpeg, essentia = "ffmpeg, decode only", "plain Essentia"
    for cost in (ffmpeg, "tonearm over HTTP", essentia, "librosa"):
        wall, cpu = of(cost, "wall"), of(cost, "cpu")
        relative = f"{wall / of(ffmpeg, 'wall'):.1f} | {cpu / of(essentia, 'cpu'):.2f}"
        assert f"{wall:.2f} | {cpu:.2f} | {relative}" in readme.replace("**", ""), cost


def test_the_costs_of_catalogues_are_those_that_were_measured() -> None:
    text = (ROOT / "docs" / "catalogues.md").read_text()
    found = json.loads((ROOT / "bench" / "results" / "fleet.json").read_text())
    for name, each in found["measured"].items():
        cpu = each["worker"] + each["handing"] + each["writing"]
        hours = 1e6 * cpu / 3600
        cost = hours * found["fleet"]["price_per_core_hour"]
        figures = f"{cpu:.2f} s | {cpu / found['minutes']:.3f} s | {3600 / cpu:,.0f} | {hours:,.0f} | {cost:,.0f}"
        assert f"| {name} | {figures} |" in text
    for name, outcomes in found["simulated"].items():
        models, _, how = name.partition(": ")
        if models == "key, beats, loudness":
            for each in outcomes:
                assert (
                    f"| {how} | {each['nodes']} | {each['tracks_per_hour']:,.0f} | {each['efficiency']:.0%} |" in text
                )


def test_the_costs_of_a_cluster_are_those_that_were_measured() -> None:
    text = (ROOT / "docs" / "ray.md").read_text()
    found = json.loads((ROOT / "bench" / "results" / "ray.json").read_text())
    for name, each in found["costs"].items():
        local, ray = each["local"], each["ray"]
        idling = found["idle_cores"] * ray["wall"]
        cpu = f"{local['cpu']:.2f} s | {ray['cpu']:.2f} s | {idling:.2f} s"
        server = f"{local['server']:.3f} s | {ray['server']:.3f} s"
        assert f"| {name} | {cpu} | {server} | {each['wall_ratio']:.2f} |" in text
    assert f"uses {found['idle_cores']:.0%} of a core" in text


def test_every_part_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = "".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE))
    source = ROOT / "src" / "tonearm"
    folders = {f"{file.parent.name}/" for file in source.glob("*/__init__.py")}
    files = {file.name for file in source.glob("*.py") if not file.name.startswith("_")}
    assert set(re.findall(r"`([\w.]+/?)`", rows)) == folders | files


def test_imports_point_down_in_the_architecture() -> None:
    picture = next(block.text for block in blocks(ROOT / "docs" / "architecture.md") if "interfaces" in block.text)
    rows = [re.findall(r"(\w+)(?:/|\.py)", line) for line in picture.splitlines() if "/" in line]
    level = {part: number for number, row in enumerate(rows) for part in row}
    source = ROOT / "src" / "tonearm"
    for file in source.rglob("*.py"):
        part = file.relative_to(source).with_suffix("").parts[0]
        for imported in re.findall(r"^\s*(?:from|import) tonearm\.(\w+)", file.read_text(), re.MULTILINE):
            if part not in {"__init__", "__main__"}:
                assert level.get(part, len(rows)) <= level.get(imported, len(rows)), f"{file}: {imported}"


def _all(error: type[TonearmError]) -> list[type[TonearmError]]:
    return [error, *(each for child in error.__subclasses__() for each in _all(child))]
