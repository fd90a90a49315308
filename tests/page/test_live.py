"""A page that sends audio and reads events at the same time, over a WebSocket in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.visitor import Visitor
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
