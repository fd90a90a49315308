"""What is kept of an analysis: files, labels, pictures, and a link to do it again."""

from __future__ import annotations

import csv
import io
import json
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.command import tonearm
from tests.support.http import Server
from tests.support.visitor import Visitor, choose_file, choose_models, finished, result

MODELS = ("audio", "key:2", "beats", "loudness_ebur128:2", "waveform", "chords", "silence")
ASKED = "audio,key:2,beats,loudness_ebur128:2(curves=true),waveform(points=6000),chords,silence"


@pytest.fixture
def page(visitor: Visitor, server: Server, file: Path) -> Page:
    page = visitor.open(server)
    choose_models(page, *MODELS)
    choose_file(page, file)
    finished(page)
    page.get_by_text("Save …").click()
    return page


def saved(page: Page, group: str, button: str) -> tuple[str, bytes]:
    """The name and the content of what a button saves."""
    with page.expect_download() as download:
        page.get_by_role("group", name=group, exact=True).get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.release
def test_the_files_are_those_of_the_command_line(page: Page, server: Server, track: bytes, file: Path) -> None:
    name, data = saved(page, "Results", "JSON")
    document = json.loads(data)
    assert name == "a track.json"
    assert document["results"] == server.analyze(track, ASKED).results
    assert (document["file"], document["errors"], document["warnings"]) == ("a track.wav", [], [])

    name, data = saved(page, "Results", "CSV")
    assert name == "a track.csv"
    (ours,) = csv.DictReader(io.StringIO(data.decode()))
    done = tonearm("analyze", file.name, "--models", ASKED, "--format", "csv", cwd=file.parent)
    (theirs,) = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert {column: plain(value) for column, value in ours.items()} == {
        column: plain(value) for column, value in theirs.items()
    }


def plain(value: str) -> float | str:
    """2.0 and 2 are the same number."""
    try:
        return float(value)
    except ValueError:
        return value


def test_labels_lie_where_the_results_say(page: Page, server: Server, track: bytes) -> None:
    told = server.analyze(track, ASKED).results
    name, data = saved(page, "Labels for Audacity", "Beats")
    assert name == "a track.beats.txt"
    beats = [line.split("\t") for line in data.decode().splitlines()]
    assert [float(start) for start, _, _ in beats] == pytest.approx(told["beats"]["beats"], abs=1e-6)
    assert all(start == end for start, end, _ in beats)
    chords = [line.split("\t") for line in saved(page, "Labels for Audacity", "Chords")[1].decode().splitlines()]
    expected = [each for each in told["chords"]["chords"] if each["chord"] != "N"]
    assert [words for _, _, words in chords] == [each["chord"] for each in expected]
    assert [float(end) for _, end, _ in chords] == pytest.approx([each["end"] for each in expected], abs=1e-6)


@pytest.mark.release
def test_pictures_stand_alone(page: Page) -> None:
    name, data = saved(page, "Timeline", "SVG")
    assert name == "a track.timeline.svg"
    assert b"var(" not in data
    assert b"class=" not in data
    picture = ET.fromstring(data)
    texts = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"0:00", "Am"} <= set(texts)
    assert any(text.startswith("Waveform of 0:20") for text in texts)

    card = result(page, "key:2").bounding_box()
    assert card
    name, data = saved(page, "Key, how sure it is, and where it changes", "PNG")
    assert name == "a track.key-2.png"
    width, height = struct.unpack(">II", data[16:24])
    # Two pixels for each of the page's, and a margin.
    assert (width / 2 - card["width"], height / 2 - card["height"]) == pytest.approx((48, 48), abs=1.5)
    assert len(set(pixels(page, data))) > 10


def pixels(page: Page, png: bytes) -> list[Any]:
    """Some of the colours of a picture, as this browser reads it."""
    return list(
        page.evaluate(
            """async (bytes) => {
                const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
                const canvas = new OffscreenCanvas(image.width, image.height);
                const context = canvas.getContext("2d");
                context.drawImage(image, 0, 0);
                const { data } = context.getImageData(0, 0, image.width, image.height);
                return Array.from({length: 5000}, (_, i) => {
                    const at = 4 * Math.floor(i * data.length / 4 / 5000);
                    return `${data[at]} ${data[at + 1]} ${data[at + 2]}`;
                });
            }""",
            list(png),
        )
    )


def test_a_link_fills_in_the_address_and_the_models(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    page.goto(f"http://127.0.0.1:{server.port}/#url=https://example.com/a%20b.mp3?c%3Dd&models=chords,silence")
    expect(page.get_by_label("or the URL of a track")).to_have_value("https://example.com/a b.mp3?c=d")
    expect(page.locator("input[data-model]:checked")).to_have_count(2)
    chosen = page.locator("input[data-model]:checked").evaluate_all("all => all.map(each => each.dataset.model)")
    assert chosen == ["chords", "silence"]


def test_the_copied_link_opens_the_same(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"http://127.0.0.1:{server.port}/#models=")
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("input[data-model]:checked")).to_have_count(len(MODELS))
    chosen = page.locator("input[data-model]:checked").evaluate_all("all => all.map(each => each.dataset.model)")
    assert set(chosen) == set(MODELS)


@pytest.mark.release
def test_a_link_to_models_that_are_not_here_says_so(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    page.goto(f"http://127.0.0.1:{server.port}/#models=key,nonsense")
    expect(page.get_by_role("alert")).to_contain_text("nonsense cannot be chosen on this server.")
    expect(page.locator("input[data-model]:checked")).to_have_count(1)
