"""`/tonearm.js`, the client for pages and programs, in a browser and in Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import tonearm
from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.programs import needs
from tests.support.visitor import Visitor
from tests.support.web import Web
from tonearm import api_keys
from tonearm.sample import sample_track

MODULE = Path(tonearm.__file__).parent / "web" / "static" / "tonearm.js"
KEY, ENTRY = api_keys.create("app")
STATUSES = ["started", "completed", "completed", "finished"]
TELL = """
    const found = [];
    try {
        for await (const event of analyze(...asked)) found.push(event.status);
    } catch (error) {
        found.push(error.name, error.code, error.message);
    }
"""


@pytest.mark.release
def test_the_documented_program_has_its_events(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    statement, _, program = one("client.md", "javascript").partition(";\n")
    assert statement == 'import { analyze } from "http://127.0.0.1:8000/tonearm.js"'
    program = program.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("console.log(", "told.push(")
    found = page.evaluate(f"""async () => {{
        const told = [];
        const {{ analyze }} = await import("/tonearm.js");
        const file = await (await fetch("/sample.wav")).blob();
        {program}
        return told.map(({{ status }}) => status);
    }}""")
    assert found == STATUSES


@pytest.mark.release
def test_a_page_of_an_allowed_site_brings_its_key(browser: Browser) -> None:
    with Web.started({"/": b"<!doctype html><title>elsewhere</title>", "/track.wav": sample_track(5)}) as web:
        origin = f"http://localhost:{web.port}"
        with Server.started(TONEARM_WORKERS="1", TONEARM_API_KEYS=ENTRY, TONEARM_CORS_ORIGINS=origin) as server:
            here = f"http://127.0.0.1:{server.port}"
            page = browser.new_page()
            page.goto(origin)
            analyse = f"""async (apiKey) => {{
                const {{ analyze }} = await import("{here}/tonearm.js");
                const audio = await (await fetch("/track.wav")).arrayBuffer();
                const asked = ["{here}", audio, {{ models: "key,silence", apiKey }}];
                {TELL}
                return found;
            }}"""
            assert page.evaluate(analyse, KEY) == STATUSES
            status, name, code, words = page.evaluate(analyse, "ta_other")
            assert (status, name, code) == ("error", "AnalysisError", 1008)
            assert "requires an API key" in words
            page.close()


@pytest.mark.release
def test_samples_and_the_end_of_interest(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    found = page.evaluate(f"""async () => {{
        const {{ analyze }} = await import("/tonearm.js");
        const audio = (await (await fetch("/sample.wav")).arrayBuffer()).slice(44);
        const samples = {{ format: "pcm_s16le", rate: 44100, channels: 2 }};
        const asked = [location.href, audio, {{ models: "key,silence", samples }}];
        {TELL}
        const controller = new AbortController();
        try {{
            for await (const event of analyze(location.href, endless(audio), {{
                ...asked[2], signal: controller.signal
            }})) {{
                found.push(event.status);
                controller.abort();
            }}
        }} catch (error) {{
            found.push(error.name);
        }}
        return found;

        async function* endless(piece) {{
            for (;;) yield piece;
        }}
    }}""")
    assert found == [*STATUSES, "started", "AbortError"]


@needs("node")
def test_a_program_sends_pieces_as_they_come_to_be(server: Server, tmp_path: Path) -> None:
    track = tmp_path / "track.wav"
    track.write_bytes(sample_track(5))
    program = tmp_path / "program.mjs"
    program.write_text(f"""
        import {{ createReadStream }} from "node:fs";
        import {{ analyze }} from {json.dumps(MODULE.as_uri())};
        const asked = ["http://127.0.0.1:{server.port}", createReadStream({json.dumps(str(track))}),
            {{ models: "key,silence" }}];
        {TELL}
        console.log(JSON.stringify(found));
    """)
    # Without the option before version 22 there is no WebSocket.
    done = subprocess.run(["node", "--experimental-websocket", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == STATUSES
