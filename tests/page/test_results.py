"""A track goes in, drawings come out, and they show what the API says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support import shared
from tests.support.http import Server
from tests.support.media import BY_NAME, encoded
from tests.support.sounds import SOUNDS, noise
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, drop, fact, finished, result
from tests.support.web import Web
from tonearm.results.file_format import line

FLAT = "\N{MUSIC FLAT SIGN}"
PRESET = "audio,key:2,beats,loudness_ebur128:2(curves=true),waveform(points=6000)"


@pytest.fixture(scope="module")
def told(server: Server, track: bytes) -> dict[str, Any]:
    """What the API says of the synthesised track."""
    return server.analyze(track, f"{PRESET},chords,onset_rate,silence,spectral_summary").results


def test_the_sample_is_drawn(visitor: Visitor, server: Server, told: dict[str, Any]) -> None:
    page = visitor.open(server)
    page.get_by_role("button", name="Try the sample").click()
    finished(page)
    expect(page.get_by_role("heading", level=2, name="The sample")).to_be_visible()
    assert re.match(r"5 results in \d+\.\d s", page.locator(".state").inner_text())

    key = result(page, "key:2")
    expect(key.locator(".headline")).to_have_text("A minor")
    assert fact(key, "Camelot") == "8A"
    assert fact(key, "Open Key") == told["key"]["open_key"] == "1m"
    assert fact(key, "Mixes with") == "7A, 9A, 8B"
    assert fact(key, "Probability").startswith(f"{100 * told['key']['probability']:.0f} %, ")
    assert key.locator(".wedge.here text").all_text_contents() == ["Am", "8A"]
    assert sorted(key.locator(".wedge.near .code").all_text_contents()) == ["7A", "8B", "9A"]

    tempo = result(page, "beats")
    assert tempo.locator(".figure").inner_text() == f"{told['beats']['tempo']:.1f} bpm"
    assert float(tempo.locator(".figure").inner_text().split()[0]) == pytest.approx(120, abs=0.5)
    assert fact(tempo, "Probability").startswith(f"{100 * told['beats']['confidence']:.0f} %, ")
    assert fact(tempo, "Beats") == f"{len(told['beats']['beats'])}, from 0:00 to 0:19"
    # There are no networks here.
    expect(tempo.locator(".method")).to_contain_text("tonearm models pull defaults")

    loudness = result(page, "loudness_ebur128:2")
    expected = told["loudness_ebur128"]
    figures = [text.replace(MINUS, "-") for text in loudness.locator(".figure").all_inner_texts()]
    assert figures == [
        f"{expected['integrated_lufs']:.1f} LUFS",
        f"{expected['range_lu']:.1f} LU",
        f"{expected['true_peak_dbtp']:.1f} dBTP",
    ]


@pytest.mark.release
def test_targets_say_what_would_bring_the_track_there(visitor: Visitor, server: Server, told: dict[str, Any]) -> None:
    page = visitor.open(server)
    page.get_by_role("button", name="Try the sample").click()
    finished(page)
    rows = result(page, "loudness_ebur128:2").locator("tbody tr").all()
    loudness, peak = told["loudness_ebur128"]["integrated_lufs"], told["loudness_ebur128"]["true_peak_dbtp"]
    assert len(rows) == 3
    for row, target in zip(rows, (-14, -16, -23), strict=True):
        heading, gain, then = (text.replace(MINUS, "-") for text in row.locator("th, td").all_inner_texts()[:3])
        assert heading.startswith(f"{target} LUFS")
        assert gain == f"{target - loudness:+.1f} dB"
        assert then.startswith(f"{peak + target - loudness:+.1f} dBTP")
        assert ("above -1" in then) == (peak + target - loudness > -1)


def test_curves_beats_and_waveform_lie_where_they_belong(
    visitor: Visitor, server: Server, told: dict[str, Any]
) -> None:
    page = visitor.open(server)
    page.get_by_role("button", name="Try the sample").click()
    finished(page)
    strip = page.locator(".slider .strip")
    width = strip.evaluate("each => each.viewBox.baseVal.width")
    beats = [float(x) / width * 20 for x in re.findall(r"M([\d.]+) ", drawn(page, ".slider .beats:not(.through)"))]
    assert beats == pytest.approx(told["beats"]["beats"], abs=0.05)

    bars = re.findall(r"M([\d.]+) ([\d.-]+)V([\d.-]+)", drawn(page, ".slider .peaks"))
    times = [float(x) / width * 20 for x, _, _ in bars]
    loudest = max(told["waveform"]["high"])
    assert times == sorted(times)
    assert (times[0], times[-1]) == pytest.approx((0, 20), abs=0.1)
    # The highest bar stands where the highest sample is.
    top = min(range(len(bars)), key=lambda i: float(bars[i][1]))
    place = told["waveform"]["high"].index(loudest) / len(told["waveform"]["high"]) * 20
    highest = [times[i] for i in range(len(bars)) if float(bars[i][1]) == float(bars[top][1])]
    assert min(abs(time - place) for time in highest) < 0.1

    momentary = told["loudness_ebur128"]["momentary_lufs"]
    points = re.findall(r"[ML]([\d.]+) ([\d.]+)", drawn(page, "path.momentary"))
    assert len(points) == len(momentary)
    heights = [float(y) for _, y in points]
    # A straight line takes levels to heights, upside down.
    slope = (heights[1] - heights[0]) / (momentary[1] - momentary[0])
    assert slope < 0
    assert heights == pytest.approx([heights[0] + slope * (each - momentary[0]) for each in momentary], abs=0.5)


def drawn(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.get_attribute("d"))


@pytest.mark.parametrize("way", [choose_file, drop], ids=["chosen", "dropped"])
def test_a_file_goes_up_and_comes_back_drawn(
    visitor: Visitor, server: Server, file: Path, way: Callable[[Page, Path], None]
) -> None:
    page = visitor.open(server)
    way(page, file)
    finished(page)
    expect(page.get_by_role("heading", level=2, name="a track.wav")).to_be_visible()
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    expect(page.get_by_role("slider", name="Position in the track")).to_be_visible()


@pytest.mark.release
def test_an_address_is_fetched_by_the_server(visitor: Visitor, server: Server, track: bytes) -> None:
    with Web.started({"/track.wav": b"", "/a%20track.wav": track}) as web:
        page = visitor.open(server)
        page.get_by_label("or the URL of a track").fill(web.url("/a track.wav"))
        page.get_by_role("button", name="Analyse", exact=True).click()
        finished(page)
        assert [path for path, _ in web.requested] == ["/a%20track.wav"]
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    # It is not on this device, so there is nothing to play; it is drawn all the same.
    expect(page.get_by_text("Only a file of this device can be played")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    expect(page.get_by_role("slider", name="Position in the track")).to_be_visible()
    assert len(drawn(page, ".slider .peaks")) > 1000


def test_results_arrive_one_by_one_and_are_told(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    choose_file(page, file)
    finished(page)
    heard = page.get_by_role("log").locator("p").all_inner_texts()
    assert heard[0] == "Analysing a track.wav"
    assert any(re.match(r"Key.*: A minor, 8A$", words) for words in heard)
    assert any(re.match(r"Tempo, beats and bars: 1[12]\d\.\d bpm, \d+ beats$", words) for words in heard)
    assert "File format: WAV, 16 bit, 44.1 kHz, stereo, 0:20" in heard
    assert re.match(r"5 results in", heard[-1])


@pytest.mark.release
def test_the_upload_is_watched(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    slow = page.context.new_cdp_session(page)
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
    slow.send("Network.emulateNetworkConditions", line)
    choose_file(page, file)
    expect(page.locator(".state")).to_have_text(re.compile(r"^Sending: [1-9]\d? % of 3\.5 MB$"))
    value = float(page.get_by_role("progressbar").evaluate("each => each.value"))
    assert 0 < value < 1
    finished(page)
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")


@pytest.mark.release
@shared.needed
def test_a_real_song(visitor: Visitor, server: Server) -> None:
    song = shared.ROOT / "audio" / "song" / "song-5min.mp3"
    told = server.analyze(song.read_bytes(), PRESET).results
    page = visitor.open(server)
    choose_file(page, song)
    finished(page)
    for model, words in (
        ("key:2", f"{str(told['key']['key']).replace('b', FLAT)} {told['key']['scale']}"),
        ("beats", f"{told['beats']['tempo'] or 0:.1f} bpm"),
    ):
        found = told[model.partition(":")[0]]
        card = result(page, model)
        if found["certainty"] != "none":
            doubt = "" if found["certainty"] == "certain" else " uncertain"
            expect(card.locator(".headline, .figure")).to_have_text(words + doubt)
        expect(card).to_contain_text(found["reason"] or "Probability")
    loudness = result(page, "loudness_ebur128:2").locator(".figure").first.inner_text()
    assert loudness.replace(MINUS, "-") == f"{told['loudness_ebur128']['integrated_lufs']:.1f} LUFS"
    expect(page.locator(".time")).to_have_text("0:00 of 5:39")
    page.get_by_role("slider").focus()
    page.keyboard.press("PageUp")
    expect(page.locator(".time")).to_have_text("0:30 of 5:39")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".time")).to_have_text(re.compile("0:3[1-9] of 5:39"))


@pytest.mark.release
def test_other_models_are_drawn_on_the_time_line_or_as_tables(
    visitor: Visitor, server: Server, file: Path, told: dict[str, Any]
) -> None:
    page = visitor.open(server)
    choose_models(page, "chords", "onset_rate", "silence", "spectral_summary", "loudness_ebur128")
    choose_file(page, file)
    finished(page)
    chords = [each for each in told["chords"]["chords"] if each["chord"] != "N"]
    expect(page.locator(".slider .chords rect")).to_have_count(len(chords))
    labels = page.locator(".slider .chords text").all_text_contents()
    assert labels
    assert set(labels) <= {each["chord"] for each in chords}
    assert len(re.findall("M", drawn(page, ".slider .onsets"))) == len(told["onset_rate"]["onsets"])
    assert (
        result(page, "onset_rate").locator(".figure").inner_text()
        == f"{told['onset_rate']['onset_rate']:.1f} per second"
    )
    assert fact(result(page, "silence"), "Before the first sound") == f"{told['silence']['leading']:.3f} s"
    table = result(page, "spectral_summary")
    assert fact(table, "Centroid mean") == f"{told['spectral_summary']['centroid_mean']:,.0f} Hz"
    assert fact(table, "Mfcc mean").startswith("13 values")
    expect(table.get_by_text("mean of the spectral centroid", exact=True)).to_be_visible()
    # Version 1 has no true peak.
    assert len(result(page, "loudness_ebur128").locator(".figure").all()) == 2


@pytest.mark.release
def test_the_json_is_one_click_away(visitor: Visitor, server: Server, file: Path, told: dict[str, Any]) -> None:
    page = visitor.open(server)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose_file(page, file)
    finished(page)
    result(page, "key:2").get_by_text("JSON").click()
    expect(result(page, "key:2").locator("pre")).to_contain_text("model_name")
    shown = page.evaluate("text => JSON.parse(text)", result(page, "key:2").locator("pre").inner_text())
    assert shown["results"] == told["key"]
    page.get_by_role("button", name="Copy the JSON").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    events = page.evaluate("navigator.clipboard.readText().then(JSON.parse)")
    assert [event["status"] for event in events] == ["started", *["completed"] * 5, "finished"]
    results = {event["result"]["model_name"]: event["result"]["results"] for event in events[1:-1]}
    assert results == {name: told[name] for name in results}


@pytest.mark.release
def test_silence_and_short_sounds_are_told_in_words(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    page = visitor.open(server)
    for name in ("silence", "one sample"):
        file = tmp_path / f"{name}.wav"
        file.write_bytes(SOUNDS[name])
        choose_file(page, file)
        finished(page)
        expect(page.get_by_role("heading", level=2, name=file.name)).to_be_visible()
        expect(result(page, "beats")).to_contain_text("No tempo was found.")
        expect(result(page, "key:2")).to_contain_text("No key was found.")
        expect(result(page, "loudness_ebur128:2")).to_contain_text(
            "silence: no block is above" if name == "silence" else "shorter than one block"
        )


@pytest.mark.release
def test_what_is_uncertain_is_said_to_be(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "noise.wav"
    file.write_bytes(noise(30))
    told = server.analyze(file.read_bytes(), "key:2,beats").results
    assert "certain" not in {told["key"]["certainty"], told["beats"]["certainty"]}
    page = visitor.open(server)
    choose_models(page, "key:2", "beats", "key", "bpm_degara")
    choose_file(page, file)
    finished(page)
    for name, model in (("key", "key:2"), ("beats", "beats")):
        expect(result(page, model)).to_contain_text(told[name]["reason"])
    # The models that do not know how sure they are, are doubted all the same.
    key = result(page, "key")
    expect(key.locator(".headline")).to_have_text(re.compile("^[A-G][♯♭]? (major|minor) uncertain$"))
    assert key.locator("dt").all_inner_texts() == ["Strength"]
    expect(result(page, "bpm_degara").locator(".figure")).to_have_text(re.compile(r"^\d+\.\d bpm uncertain$"))
    assert page.locator(".circle").count() == 0
    assert "Mixes" not in page.locator("#results-body").inner_text()


@pytest.mark.release
@pytest.mark.parametrize("name", ["mp3-cbr", "m4a-aac", "flac-32-96k", "aiff", "webm-opus", "wav-5.1", "wavpack"])
def test_what_the_file_is_stands_under_its_name(visitor: Visitor, server: Server, tmp_path: Path, name: str) -> None:
    """In the words of the command line."""
    file = tmp_path / name
    file.write_bytes(encoded(BY_NAME[name]))
    page = visitor.open(server)
    choose_models(page, "audio")
    choose_file(page, file)
    finished(page)
    told = server.analyze(file.read_bytes(), "audio").results["audio"]
    heading = page.locator(".heading")
    expect(heading.locator("> p")).to_have_text(line(told))
    expect(result(page, "audio")).to_have_count(0)
    heading.get_by_text("JSON").click()
    expect(heading.locator("pre")).to_contain_text(told["digest"])


@pytest.mark.release
def test_a_damaged_file_is_said_to_be_one(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    data = encoded(BY_NAME["flac-16"], 8.0)
    file = tmp_path / "cut off.flac"
    file.write_bytes(data[: len(data) // 2])
    page = visitor.open(server)
    choose_file(page, file)
    finished(page)
    expect(page.locator(".warnings li")).to_have_text(re.compile("The file is cut off: it announces 8.00 s of audio"))


def test_a_name_is_never_markup(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.wav"
    file.write_bytes(encoded(BY_NAME["wav-mono"], 1.0))
    page = visitor.open(server)
    choose_file(page, file)
    finished(page)
    expect(page.get_by_role("heading", level=2, name=file.name)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
