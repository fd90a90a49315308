"""The page listens to a microphone, or to another tab, and draws what it hears."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.page.conftest import chromium
from tests.support.http import Server
from tests.support.visitor import Visitor, choose_models, finished, result
from tonearm.sample import BPM, sample_track

LONG_ENOUGH = re.compile(r"^Listening: (0:[1-9]\d|[1-9])")
"""Ten seconds and more: from then on there is a key."""
SOURCE = "--use-fake-device-for-media-stream"
SHARED = ("--auto-select-tab-capture-source-by-title=Now playing", "--autoplay-policy=no-user-gesture-required")


@pytest.fixture(scope="module")
def listener(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears the sample over and over, and that shares the tab which plays."""
    file = tmp_path_factory.mktemp("microphone") / "heard.wav"
    file.write_bytes(sample_track(20))
    heard = f"--use-file-for-fake-audio-capture={file}"
    with chromium(playwright, SOURCE, heard, *SHARED, ignore_default_args=["--mute-audio"]) as browser:
        yield browser


@pytest.fixture
def guest(listener: Browser) -> Iterator[Visitor]:
    guest = Visitor(listener)
    yield guest
    guest.leave()


@pytest.mark.release
def test_the_microphone_is_drawn_while_it_is_heard(guest: Visitor, server: Server) -> None:
    page = guest.open(server, permissions=["microphone"])
    choose_models(page, "audio", "key:2", "beats", "loudness_ebur128:2", "waveform")
    page.get_by_role("button", name="Listen to the microphone").click()
    expect(page.locator(".state")).to_have_text(LONG_ENOUGH)
    expect(result(page, "key:2")).to_contain_text("A minor")
    expect(result(page, "key:2")).to_contain_text("so far")
    expect(result(page, "loudness_ebur128:2")).to_contain_text("LUFS so far")
    expect(page.locator(".strip .wave .peaks").first).to_be_attached()
    page.get_by_role("button", name="Stop").click()
    finished(page)
    expect(page.locator(".state")).to_contain_text("5 results")
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    tempo = float(result(page, "beats").locator(".figure").inner_text().split()[0])
    # On a busy machine the browser's own microphone leaves gaps.
    assert abs(tempo - BPM) < 0.1 * BPM
    expect(page.locator(".telling")).to_have_count(0)
    # There is no file that a command could send.
    expect(page.get_by_role("button", name="Copy as curl")).to_have_count(0)
    page.get_by_role("button", name="Analyse again").click()
    expect(page.locator(".state")).to_contain_text("Listening")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_contain_text("Cancelled")


@pytest.mark.release
def test_another_tab_is_heard(guest: Visitor, server: Server) -> None:
    page = guest.open(server)
    other = page.context.new_page()
    other.goto(f"http://127.0.0.1:{server.port}/docs/")
    other.evaluate("""async () => {
        document.title = "Now playing";
        const audio = Object.assign(new Audio("/sample.wav"), { loop: true });
        document.body.append(audio);
        await audio.play();
    }""")
    page.bring_to_front()
    page.get_by_role("button", name="Listen to another tab").click()
    expect(page.locator(".state")).to_have_text(LONG_ENOUGH)
    expect(result(page, "key:2")).to_contain_text("A minor")
    # It is over when the tab is.
    other.close()
    finished(page)
    expect(page.locator(".state")).to_contain_text("5 results")
    expect(result(page, "key:2").locator(".headline")).to_contain_text("A minor")


def refused(page: Page, button: str, words: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing to listen to")
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("#results")).to_be_hidden()


@pytest.mark.release
def test_why_nothing_is_heard_is_said_in_words(guest: Visitor, server: Server) -> None:
    page = guest.open(server)
    # Nobody is there to allow it.
    refused(page, "Listen to the microphone", "was not allowed to use the microphone")
    page.evaluate("""() => {
        MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
    }""")
    refused(page, "Listen to the microphone", "There is no microphone on this device.")
    page.add_init_script("delete MediaDevices.prototype.getDisplayMedia")
    page.reload()
    expect(page.get_by_role("button", name="Listen to the microphone")).to_be_visible()
    expect(page.get_by_role("button", name="Listen to another tab")).to_have_count(0)


@pytest.mark.release
def test_a_picture_without_sound_is_not_listened_to(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    page.evaluate("""() => {
        const stream = document.createElement("canvas").captureStream();
        MediaDevices.prototype.getDisplayMedia = () => Promise.resolve(stream);
        window.shared = stream;
    }""")
    refused(page, "Listen to another tab", "A picture was shared, but no sound.")
    assert page.evaluate("shared.getTracks().map(({ readyState }) => readyState)") == ["ended"]


def test_a_page_without_tls_says_that_it_may_not_listen(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    refused(page, "Listen to the microphone", "only over https")
