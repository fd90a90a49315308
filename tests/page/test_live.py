"""A page that sends audio and reads events at the same time, over a WebSocket in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, finished, result
from tests.support.web import Web

EVENTS = """
    new Promise((resolve) => {
        const events = [];
        socket.addEventListener("message", ({data}) => events.push(JSON.parse(data)));
        socket.addEventListener("close", ({code}) => resolve([code, events.map(({status}) => status)]));
    })
"""


def test_the_documented_program_has_its_events(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    program = one("api.md", "javascript").replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
    program = program.replace("console.log(", "void (")
    found = page.evaluate(f"""async () => {{
        const file = await (await fetch("/sample.wav")).blob();
        {program}
        return await {EVENTS};
    }}""")
    assert found == [1000, ["started", "completed", "completed", "finished"]]


def test_events_come_before_the_end_of_the_audio(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    found = page.evaluate("""async () => {
        const audio = await (await fetch("/sample.wav")).arrayBuffer();
        const socket = new WebSocket(`ws://${location.host}/v1/analysis/live?models=key`);
        await new Promise((resolve) => { socket.onopen = resolve; });
        const first = new Promise((resolve) => { socket.onmessage = ({data}) => resolve(JSON.parse(data)); });
        socket.send(audio.slice(0, 1000000));
        const {status} = await first;
        socket.close();
        return status;
    }""")
    assert found == "started"


@pytest.fixture
def file(tmp_path: Path, track: bytes) -> Path:
    file = tmp_path / "track.wav"
    file.write_bytes(track)
    return file


HOLD = """() => {
    window.held = true;
    window.WebSocket = class extends WebSocket {
        given = 0;
        send(data) {
            this.given += data.byteLength ?? 0;
            super.send(data);
        }
        get bufferedAmount() {
            return window.held && this.given > 2_000_000 ? 1e9 : super.bufferedAmount;
        }
    };
}"""
"""From 2 MB on the line stands still, until `held` is false."""


def test_results_take_shape_while_the_file_goes_up(visitor: Visitor, server: Server, track: bytes, file: Path) -> None:
    page = visitor.open(server)
    choose_models(page, "key:2", "beats", "loudness_ebur128", "waveform")
    page.evaluate(HOLD)
    choose_file(page, file)
    expect(result(page, "key:2")).to_contain_text("so far")
    expect(result(page, "loudness_ebur128")).to_contain_text("LUFS so far")
    expect(result(page, "loudness_ebur128").locator(".chart .momentary")).to_be_attached()
    expect(page.locator(".strip .wave .peaks").first).to_be_attached()
    expect(result(page, "waveform")).to_contain_text("On the timeline above, so far.")
    expect(page.locator(".state")).to_contain_text("Sending:")
    # Of the twenty seconds three to nine are there, and drawn on as much of the width.
    box, whole = (page.locator(f".slider .strip {part}").first.bounding_box() for part in (".wave .peaks", ".axis"))
    assert box
    assert whole
    assert 0.1 < box["width"] / whole["width"] < 0.7
    page.evaluate("held = false")
    finished(page)
    expect(page.locator(".state")).to_contain_text("4 results")
    told = server.analyze(track, "key:2,loudness_ebur128").results
    expect(result(page, "key:2")).to_contain_text(f"{told['key']['key']} {told['key']['scale']}")
    (loudness,) = told["loudness_ebur128"]["integratedLoudness"]
    expect(result(page, "loudness_ebur128").locator(".figure").first).to_contain_text(
        f"{loudness:.1f}".replace("-", MINUS)
    )
    expect(page.locator(".telling")).to_have_count(0)


@pytest.mark.release
def test_what_was_heard_before_it_was_cancelled_stays(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    choose_models(page, "key:2")
    page.evaluate(HOLD)
    choose_file(page, file)
    expect(result(page, "key:2")).to_contain_text("so far")
    page.get_by_role("button", name="Cancel").click()
    expect(result(page, "key:2")).to_contain_text("so far")
    expect(result(page, "key:2")).to_contain_text("cancelled")


@pytest.mark.release
def test_without_a_websocket_there_is_still_http(visitor: Visitor, server: Server, file: Path) -> None:
    """As behind a proxy that passes none."""
    page = visitor.open(server)
    choose_models(page, "key:2")
    page.evaluate("""() => {
        window.WebSocket = class extends WebSocket {
            constructor(url) {
                super(String(url).replace("models=", "nothing="));
            }
        };
    }""")
    choose_file(page, file)
    finished(page)
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")


def test_a_page_of_another_origin_gets_none(browser: Browser, server: Server) -> None:
    with Web.started({"/": b"<!doctype html><title>elsewhere</title>", "/track.wav": b""}) as web:
        page = browser.new_page()
        page.goto(f"http://localhost:{web.port}/")
        found = page.evaluate(
            """(address) => new Promise((resolve) => {
                const socket = new WebSocket(address);
                socket.onopen = () => resolve("open");
                socket.onclose = ({code}) => resolve(code);
            })""",
            f"ws://127.0.0.1:{server.port}/v1/analysis/live?models=key",
        )
        assert found == 1006
        page.close()
