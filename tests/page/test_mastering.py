"""What the loudness card tells a mastering engineer, compared with numpy's own sums over the same samples."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.support.http import Server
from tests.support.sounds import wav
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, fact, finished, result

RATE = 48_000
SECONDS = 12
CLIPPED = 4.0
MODELS = "loudness_ebur128:2(curves=true)"


def samples() -> NDArray[np.float64]:
    """Noise that swells, softer at the right and turned around there for a second, with one spot that clips."""
    random = np.random.default_rng(0)
    time = np.arange(SECONDS * RATE) / RATE
    left = random.uniform(-1, 1, len(time)) * (0.1 + 0.4 * time / SECONDS)
    right = 0.5 * left + 0.1 * random.uniform(-1, 1, len(time))
    right[8 * RATE : 9 * RATE] *= -1
    both = np.stack((left, right))
    at = round(CLIPPED * RATE)
    both[0, at : at + 10] = 1
    # Two in a row are no clipping.
    both[1, RATE : RATE + 2] = 1
    return both


@pytest.fixture
def page(visitor: Visitor, server: Server, tmp_path: Path) -> Page:
    file = tmp_path / "master.wav"
    file.write_bytes(wav(samples(), RATE))
    page = visitor.open(server)
    choose_models(page, "audio", "loudness_ebur128:2", "waveform")
    choose_file(page, file)
    finished(page)
    expect(page.get_by_text("Correlation", exact=True)).to_be_visible()
    return page


def figure(words: str) -> float:
    found = re.search(r"[+-]?\d+\.\d+", words.replace(MINUS, "-"))
    assert found
    return float(found[0])


def test_dynamics_and_channels(page: Page, server: Server) -> None:
    quantized = (samples() * 32767).astype("<i2") / 32768
    told = server.analyze(wav(samples(), RATE), MODELS).results["loudness_ebur128"]
    card = result(page, "loudness_ebur128:2")
    assert figure(fact(card, "PLR")) == pytest.approx(told["true_peak_dbtp"] - told["integrated_lufs"], abs=0.06)

    ratios = []
    for i in range(0, len(told["short_term_lufs"]), 10):
        window = quantized[:, i * RATE // 10 : (i + 30) * RATE // 10]
        ratios.append((20 * np.log10(np.abs(window).max()) - told["short_term_lufs"][i], i / 10))
    lowest, time = min(ratios)
    assert figure(fact(card, "PSR")) == pytest.approx(lowest, abs=0.1)
    assert f"0:{time:04.1f}" in fact(card, "PSR")

    left, right = quantized
    assert figure(fact(card, "Correlation")) == pytest.approx(
        (left @ right) / np.sqrt((left @ left) * (right @ right)), abs=0.006
    )
    assert figure(fact(card, "Balance")) == pytest.approx(10 * np.log10((left @ left) / (right @ right)), abs=0.06)
    assert "to the left" in fact(card, "Balance")
    turned = slice(8 * RATE, 9 * RATE)
    correlation = (
        left[turned] @ right[turned] / np.sqrt((left[turned] @ left[turned]) * (right[turned] @ right[turned]))
    )
    assert figure(fact(card, "Lowest correlation")) == pytest.approx(correlation, abs=0.006)
    assert "0:08.0" in fact(card, "Lowest correlation")


def test_a_clipped_spot_is_found_and_heard(page: Page) -> None:
    card = result(page, "loudness_ebur128:2")
    assert " ".join(fact(card, "Clipping").split()) == "1 spot: 0:04.0 10 samples"
    card.get_by_role("button", name="Hear 0:04.0").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    slider = page.get_by_role("slider", name="Position in the track")
    expect(slider).to_have_attribute("aria-valuenow", re.compile(r"^(3\.[2-9]|[4-9])"))


def test_the_spread_of_the_loudness(page: Page, server: Server) -> None:
    told = server.analyze(wav(samples(), RATE), MODELS).results["loudness_ebur128"]["short_term_lufs"]
    bins = range(int(np.floor(min(told))), int(np.floor(max(told))) + 2)
    counts, _ = np.histogram(told, bins)
    heights = page.locator(".histogram rect").evaluate_all("all => all.map(each => each.height.baseVal.value)")
    assert np.array(heights) / max(heights) == pytest.approx(counts / counts.max(), abs=1e-3)


TAP = """() => {
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to) {
        if (to instanceof AudioDestinationNode) {
            window.heard = this.context.createAnalyser();
            connect.call(this, window.heard);
        }
        return connect.call(this, to);
    };
}"""
"""Whatever goes to the loudspeakers can be looked at too."""

LEVEL = """(expected) => {
    const samples = new Float32Array(window.heard.fftSize);
    window.heard.getFloatTimeDomainData(samples);
    return Math.abs(samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / expected - 1) < 0.02;
}"""


@pytest.mark.release
def test_a_target_is_heard_at_its_gain(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    sine = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(20 * RATE) / RATE)
    file = tmp_path / "sine.wav"
    file.write_bytes(wav(np.stack((sine, sine)), RATE))
    told = server.analyze(file.read_bytes(), MODELS).results["loudness_ebur128"]
    page = visitor.open(server)
    page.evaluate(TAP)
    choose_models(page, "loudness_ebur128:2")
    choose_file(page, file)
    finished(page)
    # Without a waveform there is no PSR, but a PLR all the same.
    plr = figure(fact(result(page, "loudness_ebur128:2"), "PLR"))
    assert plr == pytest.approx(told["true_peak_dbtp"] - told["integrated_lufs"], abs=0.06)
    button = page.get_by_role("button", name=f"Hear it at {MINUS}23 LUFS")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    gain = -23 - told["integrated_lufs"]
    page.wait_for_function(LEVEL, arg=0.25 * 10 ** (gain / 20))
    chip = page.get_by_role("button", name="Play it as it is")
    assert figure(chip.inner_text()) == pytest.approx(gain, abs=0.06)
    chip.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(LEVEL, arg=0.25)
