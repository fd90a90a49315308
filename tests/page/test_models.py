"""Choosing models, and what networks say drawn as bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.http import Server
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, finished, result
from tonearm.sample import sample_track

GROUPS = ["Tempo and rhythm", "Key and harmony", "Loudness", "Sound", "Genre and tags", "Mood", "Embeddings", "File"]

PRESET = ["audio", "beats", "key:2", "loudness_ebur128:2", "waveform"]


def open_all(page: Page) -> None:
    page.get_by_text("Choose from").click()


def visible(page: Page) -> list[str]:
    boxes = page.locator("input[data-model]").all()
    return [str(box.get_attribute("data-model")) for box in boxes if box.is_visible()]


def titles(server: Server, *models: str) -> list[str]:
    """What the page calls them."""
    cards = server.get("/v1/models")[1]
    called = {card["name"] + ("" if card["default"] else f":{card['version']}"): card["title"] for card in cards}
    return [called[model] for model in models]


def test_a_sensible_choice_is_made_at_first(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server)
    chips = page.get_by_role("list", name="Selected models").get_by_role("listitem").all_inner_texts()
    assert chips == titles(server, *PRESET)


@pytest.mark.release
def test_models_are_grouped_and_say_what_they_mean(visitor: Visitor, server: Server) -> None:
    cards = server.get("/v1/models")[1]
    page = visitor.open(server)
    assert visible(page) == []
    open_all(page)
    groups = page.locator("fieldset").all()
    here = {card["group"] for card in cards if not card["unavailable"]}
    assert [group.locator("legend").inner_text() for group in groups] == [
        group for group in GROUPS if group.lower() in here
    ]
    for group in groups:
        name = group.locator("legend").inner_text().lower()
        listed = {str(box.get_attribute("data-model")) for box in group.locator("input").all()}
        expected = {
            card["name"] + ("" if card["default"] else f":{card['version']}")
            for card in cards
            if card["group"] == name and not card["unavailable"]
        }
        assert listed == expected
    # At first only what can run here, and no network under its full name beside its task's.
    assert len(visible(page)) == sum(not card["unavailable"] and not card["variant_of"] for card in cards)
    key = page.locator("li", has=page.locator('input[data-model="key"]'))
    card = next(card for card in cards if card["name"] == "key")
    expect(key).to_contain_text(card["description"])
    key.get_by_text("About").click()
    expect(key.get_by_text("Licence: AGPL-3.0-or-later")).to_be_visible()


def test_what_is_not_installed_is_one_card_that_says_how_to_get_it(visitor: Visitor, server: Server) -> None:
    absent = [card["name"] for card in server.get("/v1/models")[1] if card["unavailable"] and not card["variant_of"]]
    page = visitor.open(server)
    open_all(page)
    card = page.get_by_role("region", name="Add moods and genres")
    expect(card).to_contain_text(f"{len(absent)} more models can be installed on this server")
    expect(card.locator("pre")).to_have_text("tonearm models pull genre_discogs400 mood_happy mood_sad danceability")
    expect(card.get_by_role("link")).to_have_attribute("href", "docs/networks")
    card.get_by_text("Their names").click()
    expect(card.locator(".names")).to_have_text(", ".join(absent))
    page.get_by_role("searchbox", name="Find").fill("mood_happy")
    expect(card.locator("pre")).to_have_text("tonearm models pull mood_happy")
    page.get_by_role("searchbox", name="Find").fill("no such thing")
    expect(card).to_be_hidden()
    expect(page.get_by_text("No matching model.")).to_be_visible()


@pytest.mark.release
def test_finding_and_choosing(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    page = visitor.open(server)
    open_all(page)
    page.get_by_role("searchbox", name="Find").fill("replay")
    assert visible(page) == ["loudness_replaygain"]
    page.get_by_role("checkbox", name="ReplayGain").check()
    page.get_by_role("searchbox", name="Find").fill("no such model")
    expect(page.get_by_text("No matching model.")).to_be_visible()
    page.get_by_role("searchbox", name="Find").fill("")
    page.get_by_role("checkbox", name="Waveform").uncheck()
    chips = page.get_by_role("list", name="Selected models").get_by_role("listitem")
    expect(chips).to_have_text(titles(server, *PRESET[:-1], "loudness_replaygain"))
    file = tmp_path / "track.wav"
    file.write_bytes(sample_track(4))
    with page.expect_websocket() as asked:
        choose_file(page, file)
    finished(page)
    (models,) = parse_qs(urlsplit(asked.value.url).query)["models"]
    assert models == "audio,beats,key:2,loudness_ebur128:2(curves=true),loudness_replaygain"
    gain = server.analyze(file.read_bytes(), "loudness_replaygain").results["loudness_replaygain"]["gain"]
    expect(result(page, "loudness_replaygain")).to_contain_text(f"{gain:.2f} dB".replace("-", MINUS))
    page.get_by_role("button", name="Reset to defaults").click()
    expect(chips).to_have_text(titles(server, *PRESET))


@pytest.fixture(scope="module")
def with_networks(networks: Path) -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MODELS_DIR=str(networks)) as server:
        yield server


def percent(share: float) -> str:
    """As the page writes it."""
    value = 100 * share
    if value >= 9.95 or value == 0:
        return f"{value:.0f} %"
    return "<0.1 %" if value < 0.05 else f"{value:.1f} %"


@pytest.mark.release
def test_classes_are_bars(visitor: Visitor, with_networks: Server, tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(sample_track(12))
    asked = ("moods_mirex", "msd_musicnn", "genre_discogs400", "embedding_msd_musicnn")
    told = with_networks.analyze(file.read_bytes(), ",".join(asked)).results
    page = visitor.open(with_networks)
    choose_models(page, *asked)
    choose_file(page, file)
    finished(page)

    expected = sorted(told["msd_musicnn"]["activations"].items(), key=lambda item: -item[1])
    tags = result(page, "msd_musicnn")
    bars = tags.locator(".bars li")
    assert bars.locator(".name").all_inner_texts() == [name for name, _ in expected[:10]]
    assert bars.locator(".value").all_inner_texts() == [percent(share) for _, share in expected[:10]]
    shares = [
        float(bar.evaluate("each => each.style.getPropertyValue('--share')")) for bar in bars.locator(".meter").all()
    ]
    assert shares == pytest.approx([share for _, share in expected[:10]])
    widths = bars.locator(".meter").first.evaluate("each => getComputedStyle(each).backgroundSize")
    assert widths.startswith("calc(") or "%" in widths

    more = tags.get_by_role("button", name="Show all 50")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    assert bars.locator(".name").all_inner_texts() == [name for name, _ in expected]
    tags.get_by_role("button", name="Show the first 10").click()
    assert bars.count() == 10

    mood = max(told["moods_mirex"]["activations"].items(), key=lambda item: item[1])
    expect(result(page, "moods_mirex").locator(".bars li").first).to_contain_text(percent(mood[1]))
    # Of Discogs' styles the genre stands behind: "Electronic---House" is House, Electronic.
    genres = result(page, "genre_discogs400")
    expect(genres.get_by_role("button", name="Show all 400")).to_be_visible()
    name = genres.locator(".bars .name").first
    style, genre = name.evaluate("each => [each.firstChild.textContent, each.lastChild.textContent.trim()]")
    assert f"{genre}---{style}" in told["genre_discogs400"]["activations"]
    embedding = result(page, "embedding_msd_musicnn")
    expect(embedding).to_contain_text(f"{len(told['embedding_msd_musicnn']['embedding'])} values")


@pytest.mark.release
def test_a_network_under_its_full_name_is_further_down(visitor: Visitor, with_networks: Server) -> None:
    page = visitor.open(with_networks)
    open_all(page)
    shown = visible(page)
    assert "danceability" in shown
    assert "danceability_discogs_effnet" not in shown
    page.get_by_role("group", name="Mood").locator(".more > summary").click()
    assert "danceability_discogs_effnet" in visible(page)
    page.locator('input[data-model="danceability_discogs_effnet"]').check()
