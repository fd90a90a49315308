"""The API explorer at /docs, in a real browser."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.asking import POLICY, ask
from tests.support.http import Server
from tests.support.looks import CONTRASTS, fits
from tests.support.programs import needs
from tests.support.visitor import Visitor
from tonearm import api_keys

KEY, ENTRY = api_keys.create("tester")
ANALYSIS = "POST /v1/analysis/stream"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_API_KEYS=ENTRY) as running:
        yield running


def explore(visitor: Visitor, server: Server, width: int = 1280, scheme: str = "light") -> Page:
    page = visitor.blank(server, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"http://127.0.0.1:{server.port}/docs")
    expect(page.get_by_role("heading", name=ANALYSIS)).to_be_visible()
    return page


def form(page: Page, operation: str) -> Locator:
    return page.get_by_role("form", name=f"Try {operation}")


def send(form: Locator, status: str) -> Locator:
    """The answer, whose status is this."""
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".head")).to_contain_text(status)
    return form.locator(".answer")


def test_it_needs_no_other_host(visitor: Visitor, server: Server) -> None:
    """The visitor would complain of a request to one, and of a breach of the policy."""
    assert ask(server, "/docs").header("Content-Security-Policy") == POLICY
    page = explore(visitor, server)
    expect(page.get_by_role("heading", name="Authorize")).to_have_count(0)
    for heading in (ANALYSIS, "GET /v1/models", "GET /healthz", "GET /readyz", "GET /metrics"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert page.locator("h2").first.inner_text() == ANALYSIS


def test_an_analysis_shows_its_events(visitor: Visitor, server: Server, file: Path, track: bytes) -> None:
    page = explore(visitor, server)
    trial = form(page, ANALYSIS)
    trial.get_by_label("models").fill("key, silence,loudness_ebur128")
    trial.get_by_label("body").set_input_files(file)
    answer = send(trial, "200 OK")
    expect(answer.locator(".head")).to_contain_text("X-Correlation-ID: ")
    events = answer.locator(".events li")
    expect(events).to_have_count(5)
    assert json.loads(events.first.inner_text()) == {"status": "started", "total_models": 3}
    assert json.loads(events.last.inner_text()) == {"status": "finished", "total_models": 3}
    key = json.loads(events.filter(has_text='"model_name": "key"').inner_text())
    expected = server.analyze(track, "key,loudness_ebur128").results
    assert key["result"]["results"] == expected["key"]
    # What is long is folded away, and all there.
    long = events.filter(has_text="completed of")
    long.get_by_text("JSON", exact=True).click()
    assert json.loads(long.locator("pre").inner_text())["result"]["results"] == expected["loudness_ebur128"]


def test_an_analysis_gives_one_document(visitor: Visitor, server: Server, file: Path) -> None:
    page = explore(visitor, server)
    trial = form(page, ANALYSIS)
    trial.get_by_label("models").fill("key")
    trial.get_by_label("Accept").select_option("application/json")
    trial.get_by_label("body").set_input_files(file)
    document = send(trial, "application/json").locator("pre").last
    expect(document).to_contain_text('"errors"')
    assert json.loads(document.inner_text())["results"]["key"]["key"] == ["A"]
    trial.get_by_label("models").fill("")
    trial.get_by_label("shape").select_option("audio-features")
    expect(send(trial, "200 OK").locator("pre").last).to_contain_text('"audio_features"')


def test_a_refusal_is_shown(visitor: Visitor, server: Server) -> None:
    page = explore(visitor, server)
    trial = form(page, ANALYSIS)
    trial.get_by_label("models").fill("kee")
    trial.get_by_label("audio-url").fill("https://example.com/track.mp3")
    expect(send(trial, "400 Bad Request").locator("pre").last).to_contain_text("Did you mean key?")


def test_the_key_is_sent_where_it_is_needed(visitor: Visitor, guarded: Server, file: Path) -> None:
    page = explore(visitor, guarded)
    models = form(page, "GET /v1/models")
    expect(send(models, "401 Unauthorized")).to_contain_text("requires an API key")
    with page.expect_request("**/readyz") as asked:
        send(form(page, "GET /readyz"), "200 OK")
    assert "authorization" not in asked.value.headers
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_role("status")).to_contain_text("has it now")
    send(models, "200 OK")
    trial = form(page, ANALYSIS)
    trial.get_by_label("body").set_input_files(file)
    answer = send(trial, "200 OK")
    expect(answer.locator(".events li").last).to_contain_text("finished")
    with page.expect_request("**/readyz") as asked:
        send(form(page, "GET /readyz"), "200 OK")
    assert "authorization" not in asked.value.headers
    page.reload()
    expect(page.get_by_label("API key")).to_have_value("")


@needs("curl")
def test_the_copied_command_works(visitor: Visitor, guarded: Server, file: Path) -> None:
    page = explore(visitor, guarded)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    trial = form(page, ANALYSIS)
    trial.get_by_label("models").fill("silence(gap=0.5),key")
    trial.get_by_label("body").set_input_files(file)
    trial.get_by_role("button", name="Copy as curl").click()
    trial.get_by_role("button", name="Copied").wait_for()
    command = page.evaluate("navigator.clipboard.readText()")
    assert KEY not in command
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=file.parent,
        env={"TONEARM_API_KEY": KEY, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count('data: {"status":"completed"') == 2


def test_every_schema_is_there_and_linked(visitor: Visitor, server: Server) -> None:
    schemas = server.get("/openapi.json")[1]["components"]["schemas"]
    page = explore(visitor, server)
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))
    assert {f"schema-{name}" for name in schemas} <= set(ids)
    links = page.locator('a[href^="#"]').evaluate_all("all => all.map(each => each.getAttribute('href').slice(1))")
    assert set(links) <= set(ids)
    page.goto(f"http://127.0.0.1:{server.port}/docs#schema-KeyV1")
    page.reload()
    expect(page.locator("#schema-KeyV1")).to_be_in_viewport()
    expect(page.locator("#schema-KeyV1")).to_contain_text("list of one number")
    expect(page.locator("#schema-LoudnessEbur128V2")).to_contain_text("number | null")


@pytest.mark.release
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_can_be_read_on_any_screen(visitor: Visitor, guarded: Server, file: Path, width: int, scheme: str) -> None:
    page = explore(visitor, guarded, width, scheme)
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Use this key").click()
    trial = form(page, ANALYSIS)
    trial.get_by_label("body").set_input_files(file)
    expect(send(trial, "200 OK").locator(".events li").last).to_contain_text("finished")
    fits(page)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 150
    assert [(words, round(ratio, 2)) for words, ratio in contrasts if ratio < 4.5] == []
    unnamed = page.locator("input, select, button").evaluate_all(
        "all => all.filter(each => !each.labels?.length && !each.textContent).map(each => each.outerHTML)"
    )
    assert unnamed == []
