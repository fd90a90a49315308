"""What goes wrong is said in words, with a way on; what had arrived is kept."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import faulty, plugin
from tests.support.http import Server
from tests.support.visitor import Visitor, choose_file, choose_models, drop, finished, result
from tests.support.waiting import wait_for
from tests.support.web import Web
from tonearm import api_keys
from tonearm.sample import sample_track

ANALYSIS = "**/v1/analysis/stream*"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "short.wav"
    file.write_bytes(sample_track(4))
    return file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The PYTHONPATH of a model that goes wrong as it is told."""
    return plugin.install(faulty.MODULE, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def frail(site: str) -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="2", PYTHONPATH=site) as server:
        yield server


def kill(server: Server) -> None:
    """As when its machine stops: no goodbye to anybody. One of its workers may be asleep for an hour."""
    workers = server.workers()
    server.process.kill()
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def ask_for(page: Page, models: str | None) -> None:
    """Whatever the page asks for, these models are put into its request on the way; None for what it asks for."""
    page.evaluate(
        """models => {
            window.Untouched ??= WebSocket;
            window.WebSocket = models === null ? Untouched : class extends Untouched {
                constructor(url) {
                    url.searchParams.set("models", models);
                    super(url);
                }
            };
        }""",
        models,
    )
    page.unroute(ANALYSIS)
    if models is not None:
        query = f"?models={models}"
        page.route(ANALYSIS, lambda route: route.continue_(url=route.request.url.partition("?")[0] + query))


def let_fail(page: Page, fault: str) -> None:
    """The page cannot ask for a fault. Before the model that has it, another one answers."""
    ask_for(page, f"silence,faulty(fault={fault})")


def problem(page: Page) -> Locator:
    return page.get_by_role("alert")


def test_bytes_that_are_no_audio(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"no audio " * 1000)
    page = visitor.open(server)
    choose_file(page, notes)
    expect(problem(page)).to_contain_text("This could not be analysed")
    expect(problem(page)).to_contain_text(server.analyze(notes.read_bytes()).detail)
    expect(page.locator("#results")).to_be_hidden()


@pytest.mark.release
def test_a_large_file_that_is_no_audio(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    """It is refused while most of it is still here, and the refusal is what is seen, not a broken connection."""
    large = tmp_path / "disk.img"
    large.write_bytes(bytes(range(1, 256)) * 160_000)
    page = visitor.open(server)
    choose_file(page, large)
    expect(problem(page)).to_contain_text("This could not be analysed")


def test_an_empty_file(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp3"
    empty.touch()
    page = visitor.open(server)
    for way in (choose_file, drop):
        way(page, empty)
        expect(problem(page)).to_contain_text("That file is empty.")


@pytest.mark.release
def test_a_server_that_fetches_nothing(visitor: Visitor) -> None:
    """The page says so without the words of HTTP."""
    with Server.started(TONEARM_WORKERS="1", TONEARM_AUDIO_URL="off") as server:
        page = visitor.open(server)
        field = page.get_by_label("or the URL of a track")
        field.fill("http://example.com/track.wav")
        field.press("Enter")
        expect(problem(page)).to_contain_text("This server does not fetch tracks. Choose a file instead.")
        assert not re.search("audio-url|body|header", problem(page).inner_text())


@pytest.mark.release
def test_an_address_without_a_track(visitor: Visitor, server: Server) -> None:
    with Web.started({"/track.wav": b"no audio"}) as web:
        page = visitor.open(server)
        field = page.get_by_label("or the URL of a track")
        for address, words in [
            (web.url("/missing.wav"), "404"),
            ("http://10.0.0.1/track.wav", "10.0.0.1"),
            (web.url("/track.wav"), "audio"),
        ]:
            field.fill(address)
            field.press("Enter")
            expect(problem(page)).to_contain_text(words)
        # The browser itself asks for an address.
        asked = len(web.requested)
        field.fill("track.wav")
        field.press("Enter")
        assert field.evaluate("each => each.validity.valid") is False
        assert len(web.requested) == asked


@pytest.mark.release
def test_what_is_dropped_and_is_no_track(visitor: Visitor, server: Server, tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    page = visitor.open(server)
    (folder / "cover.jpg").write_bytes(b"no audio")
    drop(page, folder)
    expect(problem(page)).to_contain_text("There is no audio file in that folder.")
    expect(page.locator("#crate")).to_be_hidden()
    choose_models(page)
    drop(page, file)
    expect(problem(page)).to_contain_text("No model is selected")
    expect(page.locator("#results")).to_be_hidden()


@pytest.mark.release
def test_models_that_the_server_does_not_understand(visitor: Visitor, server: Server, file: Path) -> None:
    page = visitor.open(server)
    ask_for(page, "key(curves")
    choose_file(page, file)
    expect(problem(page)).to_contain_text("The server did not accept the list of models")
    expect(problem(page)).to_contain_text("is not a model: write name, name:version")


def test_one_failing_model_costs_only_itself(visitor: Visitor, frail: Server, file: Path) -> None:
    page = visitor.open(frail)
    choose_models(page, "silence", "faulty")
    let_fail(page, "raise")
    choose_file(page, file)
    finished(page)
    expect(page.locator(".state")).to_have_text(re.compile(r"^1 result and 1 failure in"))
    expect(result(page, "silence")).to_contain_text("Before the first sound")
    expect(result(page, "faulty")).to_contain_text("ArithmeticError")
    expect(problem(page)).to_have_count(0)


@pytest.mark.release
def test_a_server_that_is_busy_and_stops(visitor: Visitor, site: str, file: Path) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="0", PYTHONPATH=site) as server:
        page = visitor.open(server)
        choose_models(page, "silence", "faulty")
        let_fail(page, "sleep")
        choose_file(page, file)
        expect(result(page, "silence")).to_contain_text("Before the first sound")
        expect(result(page, "faulty")).to_contain_text("waiting")

        # Its only worker is taken.
        late = visitor.open(server)
        late.get_by_role("button", name="Try the sample").click()
        expect(problem(late)).to_contain_text("Every worker is busy and the queue is full.")

        # It is told to stop: what runs may go on, and whoever comes is told so.
        server.process.terminate()
        wait_for(lambda: server.get("/readyz")[0] == 503)
        late.get_by_role("button", name="Try the sample").click()
        expect(problem(late)).to_contain_text("The server is shutting down")
        expect(late.get_by_role("button", name="Try again")).to_be_disabled()
        expect(result(page, "faulty")).to_contain_text("waiting")

        # It does stop, in the middle: what had arrived is kept.
        kill(server)
        expect(problem(page)).to_contain_text("The connection was lost")
        expect(problem(page)).to_contain_text("1 of 2 results arrived and are kept below.")
        expect(result(page, "silence")).to_contain_text("Before the first sound")
        expect(result(page, "faulty")).to_contain_text("did not arrive")
        page.get_by_role("button", name="Try again").click()
        expect(problem(page)).to_contain_text("The server cannot be reached")
        expect(result(page, "silence")).to_contain_text("Before the first sound")


def test_cancelling_keeps_what_has_arrived_and_frees_the_server(visitor: Visitor, frail: Server, file: Path) -> None:
    page = visitor.open(frail)
    choose_models(page, "silence", "faulty")
    let_fail(page, "sleep")
    choose_file(page, file)
    expect(result(page, "silence")).to_contain_text("Before the first sound")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".state")).to_have_text("Cancelled. The results so far are kept.")
    expect(result(page, "silence")).to_contain_text("Before the first sound")
    expect(result(page, "faulty")).to_contain_text("cancelled")
    expect(problem(page)).to_have_count(0)
    ask_for(page, None)
    page.get_by_role("button", name="Analyse again").click()
    finished(page)
    expect(page.locator(".state")).to_have_text(re.compile("^2 results in"))


def test_no_server_at_the_first_visit(visitor: Visitor, server: Server) -> None:
    page = visitor.blank(server)
    page.route("**/v1/models", lambda route: route.abort())
    page.goto(f"http://127.0.0.1:{server.port}/")
    expect(problem(page)).to_contain_text("The server cannot be reached")
    page.unroute("**/v1/models")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".chips")).to_be_visible()
    expect(problem(page)).to_have_count(0)


@pytest.fixture(scope="module")
def key() -> dict[str, str]:
    """Keys by the name of their client, each with a rate of its own; filled by the server that accepts them."""
    return {}


@pytest.fixture(scope="module")
def strict(key: dict[str, str]) -> Iterator[Server]:
    """It wants keys, limits their rate, and takes 2 MB."""
    entries = []
    for name in ("reader", "eager", "large"):
        key[name], entry = api_keys.create(name)
        entries.append(entry)
    settings = {"TONEARM_API_KEYS": ",".join(entries), "TONEARM_RATE_LIMIT": "1/15 seconds"}
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_BODY_BYTES="2000000", **settings) as server:
        yield server


def enter(page: Page, key: str) -> None:
    page.get_by_label(re.compile("API key")).fill(key)
    page.get_by_role("button", name="Use this key").click()


def test_a_key_is_asked_for(visitor: Visitor, strict: Server, key: dict[str, str], file: Path) -> None:
    page = visitor.open(strict)
    expect(problem(page)).to_contain_text("This server requires an API key")
    expect(page.get_by_label("API key")).to_be_focused()
    enter(page, "ta_wrong")
    expect(page.get_by_label("The server does not know this API key")).to_be_focused()
    enter(page, key["reader"])
    expect(page.locator(".chips")).to_be_visible()
    expect(problem(page)).to_have_count(0)
    choose_file(page, file)
    finished(page)
    expect(result(page, "key:2").locator(".headline")).to_have_text("A minor")
    # It is nowhere but in this page's memory.
    assert key["reader"] not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.release
def test_a_refusal_counts_down_and_can_be_tried_again(
    visitor: Visitor, strict: Server, key: dict[str, str], file: Path
) -> None:
    page = visitor.open(strict)
    enter(page, key["eager"])
    expect(page.locator(".chips")).to_be_visible()
    choose_models(page, "key")
    choose_file(page, file)
    finished(page)
    # On a machine that stands still for seconds the next one may be allowed.
    for _ in range(5):
        page.get_by_role("button", name="Analyse again").click()
        expect(page.get_by_role("button", name=re.compile("^(Analyse|Try) again$")).first).to_be_visible()
        if problem(page).count():
            break
    # What was there before is still there.
    expect(result(page, "key").locator(".headline")).to_have_text("A minor")
    expect(problem(page)).to_contain_text("The server cannot analyse this right now")
    expect(problem(page)).to_contain_text("You have reached its limit of 1 analysis in 15 s.")
    retry = page.get_by_role("button", name="Try again")
    expect(retry).to_be_disabled()
    shown = re.fullmatch(r"in (\d+) s", page.locator(".wait").inner_text())
    assert shown
    assert 1 <= int(shown[1]) <= 30
    expect(page.locator(".wait")).not_to_have_text(shown[0])
    expect(retry).to_be_enabled()
    expect(page.locator(".wait")).to_have_text("")
    retry.click()
    finished(page)
    expect(result(page, "key").locator(".headline")).to_have_text("A minor")
    expect(problem(page)).to_have_count(0)


@pytest.mark.release
def test_a_file_that_is_too_large(
    visitor: Visitor, strict: Server, key: dict[str, str], tmp_path: Path, track: bytes
) -> None:
    large = tmp_path / "large.wav"
    large.write_bytes(track)
    page = visitor.open(strict)
    enter(page, key["large"])
    expect(page.locator(".chips")).to_be_visible()
    choose_file(page, large)
    expect(problem(page)).to_contain_text("This file is too large for the server")
    expect(problem(page)).to_contain_text("2000000 bytes")
    # Sending the same again would not help.
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
