"""Two hours of music keep no frame of the page waiting, while they arrive and when they are looked at."""

from __future__ import annotations

import io
import itertools
import json
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soxr
from playwright.sync_api import Browser, expect

from tests.support.http import Server
from tests.support.media import Format, encode
from tests.support.visitor import Visitor, choose_file, choose_models, finished, result
from tonearm.sample import RATE, sample_track

LONGEST_MS = 300
"""The goal is 100 on a machine that does nothing else; on a busy one a thread's time counts its waits for memory."""
MINUTES = 120
SMALL = Format("aac-8k", "adts", "aac", "fltp", rate=8_000, layout="mono", exact=False, bit_rate=24_000)
MODELS = ("waveform", "loudness_ebur128:2", "bpm_degara", "chords", "onset_rate", "silence")


def two_hours() -> bytes:
    """A minute again and again: frames of ADTS may follow each other as they like."""
    with wave.open(io.BytesIO(sample_track(60))) as minute:
        samples = np.frombuffer(minute.readframes(minute.getnframes()), "<i2").reshape(-1, 2)[:, 0] / 32768
    return MINUTES * encode(SMALL, soxr.resample(samples, RATE, SMALL.rate).astype(np.float32)[np.newaxis])


def tasks_of(trace: bytes) -> tuple[float, float]:
    """The longest task of a page's main thread, in ms of its CPU time, and by the clock."""
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        event
        for event in events
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in main
    ]
    assert len(tasks) > 100
    return max(event.get("tdur", 0) for event in tasks) / 1000, max(event.get("dur", 0) for event in tasks) / 1000


@pytest.mark.release
@pytest.mark.timeout(1200)
def test_no_task_is_long(
    browser: Browser,
    visitor: Visitor,
    server: Server,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """By the CPU time of the thread: by the clock, what else this machine does would count as well."""
    file = tmp_path / "two hours.aac"
    file.write_bytes(two_hours())
    page = visitor.open(server, viewport={"width": 1280, "height": 900})
    choose_models(page, *MODELS)

    def watched(what: str, act: Callable[[], None]) -> float:
        browser.start_tracing(page=page, categories=["toplevel"])
        act()
        cpu, clock = tasks_of(browser.stop_tracing())
        record_property(f"longest task of the page, {what}", f"{cpu:.0f} ms of CPU time, {clock:.0f} ms by the clock")
        return cpu

    def analyse() -> None:
        choose_file(page, file)
        finished(page)
        expect(result(page, "loudness_ebur128:2").locator(".mastering")).to_be_visible()

    assert watched("while two hours arrive", analyse) < LONGEST_MS
    expect(page.locator("#timeline-caption")).to_contain_text("of 2:00:")
    strip = page.get_by_role("slider", name="Position in the track")
    box = strip.bounding_box()
    assert box
    left, width, y = box["x"], box["width"], box["y"] + 30

    def zoom() -> None:
        page.mouse.move(left + width / 3, y)
        page.keyboard.down("Control")
        for notch in [-120] * 20 + [120] * 20:
            page.mouse.wheel(0, notch)
        page.keyboard.up("Control")

    def scroll() -> None:
        strip.focus()
        page.keyboard.press("0")
        for key in ["+"] * 3 + ["Shift+ArrowRight"] * 10 + ["PageUp"] * 10:
            page.keyboard.press(key)

    def hover() -> None:
        page.mouse.move(left, y)
        page.mouse.move(left + width - 1, y, steps=100)

    assert watched("zoomed", zoom) < LONGEST_MS
    assert watched("scrolled", scroll) < LONGEST_MS
    assert watched("pointed at", hover) < LONGEST_MS
    # However much there is, no two names lie over each other, and no more is drawn than can be seen.
    page.keyboard.press("0")
    page.keyboard.press("+")
    for place in (".slider", ".close-up"):
        assert page.locator(f"{place} .strip *").count() < 6000
    for _ in range(8):
        page.keyboard.press("+")
    expect(page.locator(".close-up .chords text").first).to_be_visible()
    boxes = page.locator(".close-up .chords text").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(boxes))
