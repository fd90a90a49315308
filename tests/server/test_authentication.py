"""API keys: made by the command, configured by their digest, asked for under /v1/."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.support.command import tonearm
from tests.support.http import Answer, Server
from tests.support.waiting import wait_for
from tonearm import api_keys


def create(*name: str) -> tuple[str, str]:
    """Key and entry, as the command prints them."""
    done = tonearm("keys", "create", *name)
    assert done.returncode == 0, done.stderr
    key, entry = (re.split(":  +", line)[1] for line in done.stdout.decode().splitlines())
    return key, entry


TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
ALICE, BOB, NAMELESS, DAVE = create("alice"), create("bob"), create(), create("dave", "--until", str(TOMORROW))
CAROL = api_keys.create("carol", YESTERDAY)
OLD = api_keys.create("old", date(2026, 1, 31))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("keys") / "keys"
    file.write_text(
        f"# who may come in\n\nbob:{BOB[1].partition(':')[2].upper()}  # since Monday\n{OLD[1]}\n{DAVE[1]}\n"
    )
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_API_KEYS=f"{ALICE[1]}, {CAROL[1]}, {NAMELESS[1]}",
        TONEARM_API_KEYS_FILE=str(file),
        TONEARM_RATE_LIMIT="2/day",
        TONEARM_LOG_LEVEL="debug",
    ) as running:
        yield running


def get(server: Server, path: str, authorization: str | None = None) -> Answer:
    with server.open() as exchange:
        exchange.request("GET", path, {"Authorization": authorization} if authorization else {})
        exchange.answer().body()
        return exchange.answer()


def test_a_key_is_long_and_its_entry_a_digest() -> None:
    assert re.fullmatch(r"ta_[\w-]{43}", ALICE[0])
    assert re.fullmatch(r"alice:[0-9a-f]{64}", ALICE[1])
    assert re.fullmatch(r"[0-9a-f]{64}", NAMELESS[1])
    assert re.fullmatch(rf"dave:[0-9a-f]{{64}} until {TOMORROW}", DAVE[1])
    assert ALICE[0] != BOB[0]


@pytest.mark.release
def test_a_key_of_no_day_is_not_created() -> None:
    for until, words in ((str(YESTERDAY), f"{YESTERDAY} is over"), ("2027-02-30", "'2027-02-30' does not match")):
        done = tonearm("keys", "create", "alice", "--until", until)
        assert (done.returncode, done.stdout) == (2, b"")
        assert words in done.stderr.decode()


def test_a_key_is_valid_through_its_last_day_in_utc() -> None:
    key = api_keys.parse(f"alice:{'0' * 64}  until 2027-03-31")
    assert key.until == date(2027, 3, 31)
    assert not key.expired(datetime(2027, 3, 31, 23, 59, 59, 999_999, UTC))
    assert key.expired(datetime(2027, 4, 1, tzinfo=UTC))
    assert not key.expired(datetime(2027, 4, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert not api_keys.parse("0" * 64).expired(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "end", ["until", "until tomorrow", "until 2027-02-30", "until 2027-3-1", "2027-03-31", "until "]
)
def test_a_last_day_that_is_no_date(end: str) -> None:
    with pytest.raises(ValueError, match=r"until YYYY-MM-DD|which is no date"):
        api_keys.parse(f"alice:{'0' * 64} {end}")


@pytest.mark.parametrize("key", [ALICE[0], BOB[0], NAMELESS[0], DAVE[0]], ids=["alice", "bob", "nameless", "dave"])
def test_a_known_key_is_let_in(guarded: Server, key: str) -> None:
    assert get(guarded, "/v1/models", f"Bearer {key}").status == 200
    assert get(guarded, "/v1/models", f"bearer  {key}").status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer ta_wrong",
        f"Bearer {ALICE[1]}",
        f"Bearer {ALICE[1].partition(':')[2]}",
        f"Bearer {ALICE[0][:-1]}",
        f"Bearer {ALICE[0]}x",
        f"Basic {ALICE[0]}",
        ALICE[0],
        "Bearer \xff\xfe",
        "Bearer " + "x" * 10_000,
    ],
    ids=range(12),
)
def test_anything_else_is_401(guarded: Server, authorization: str | None) -> None:
    for path in ("/v1/models", "/v1/", "/v1/nothing"):
        answer = get(guarded, path, authorization)
        assert answer.status == 401
        assert answer.header("WWW-Authenticate") == "Bearer"
        assert "Authorization: Bearer" in answer.detail
        assert answer.header("X-Correlation-ID")


@pytest.mark.parametrize(
    ("name", "key", "day"), [("carol", CAROL[0], YESTERDAY), ("old", OLD[0], "2026-01-31")], ids=["carol", "old"]
)
def test_an_expired_key_is_told_so(guarded: Server, name: str, key: str, day: object) -> None:
    answer = get(guarded, "/v1/models", f"Bearer {key}")
    assert answer.status == 401
    assert answer.header("WWW-Authenticate") == "Bearer"
    assert answer.detail == (
        f"This API key expired at the end of {day} (UTC). Ask the operator of this server for a new one."
    )
    words = f"the API key {name} expired at the end of {day} (UTC)"
    assert [line for line in guarded.log if "WARNING" in line and words in line]


def test_operation_and_documentation_stay_open(guarded: Server) -> None:
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json"):
        assert get(guarded, path).status == 200


class NeverScanned(dict[str, api_keys.ApiKey]):
    """Keys that can be looked up and not gone through."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("every key was looked at")

    values = items = keys = __iter__  # type: ignore[assignment]


def test_a_key_is_found_without_a_scan() -> None:
    keys = NeverScanned(api_keys.by_digest(api_keys.parse(entry) for _, entry in (ALICE, BOB, NAMELESS)))
    found = api_keys.find(BOB[0], keys)
    assert found is not None
    assert found.name == "bob"
    assert api_keys.find("ta_wrong", keys) is None


def test_an_upload_without_key_is_refused_before_it_is_read(guarded: Server, track: bytes) -> None:
    with guarded.open() as exchange:
        exchange.post("key", {"Expect": "100-continue"}, len(track))
        assert exchange.answer().status == 401
    assert guarded.analyze(track, "key").status == 401


def test_each_key_has_a_rate_limit_of_its_own(guarded: Server, track: bytes) -> None:
    for key in (ALICE[0], BOB[0]):
        with_key = {"Authorization": f"Bearer {key}"}
        assert guarded.analyze(track, "key", with_key).statuses == ["started", "completed", "finished"]
        assert [guarded.analyze(b"", "key", with_key).status for _ in range(2)] == [400, 429]
    wait_for(lambda: any("key alice has reached the rate limit" in line for line in guarded.log))


def test_no_key_is_logged(guarded: Server) -> None:
    before = sum("status=401" in line for line in guarded.log)
    get(guarded, "/v1/models", f"Bearer {ALICE[0]}")
    get(guarded, "/v1/models", "Bearer ta_thewrongone")
    wait_for(lambda: sum("status=401" in line for line in guarded.log) > before)
    log = "".join(guarded.log)
    for secret in (ALICE[0], BOB[0], NAMELESS[0], CAROL[0], "ta_thewrongone"):
        assert secret not in log


def test_without_keys_the_server_is_open_and_says_so(server: Server, guarded: Server) -> None:
    words = "no API keys are set: open to everyone who reaches 127.0.0.1"
    assert [sum(words in line for line in each.log) for each in (server, guarded)] == [1, 0]
    assert server.get("/v1/models")[0] == 200
    assert get(server, "/v1/models", "Bearer ta_any").status == 200


@pytest.mark.release
@pytest.mark.parametrize("name", ["", "with space", "a:b", "x" * 65, "é"])
def test_a_name_that_an_entry_cannot_have(name: str) -> None:
    if name:
        assert tonearm("keys", "create", name).returncode == 1
    with pytest.raises(ValueError, match="name:digest"):
        api_keys.parse(f"{name}:{'0' * 64}")


@pytest.mark.release
@pytest.mark.parametrize("content", [None, "", "# nobody\n", f"{ALICE[1]}\n{BOB[0]}\n"], ids=range(4))
def test_a_file_that_would_not_do_what_was_meant_is_refused_at_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_text(content)
    refused_at_start("API_KEYS_FILE", str(file), BOB[0])


@pytest.mark.release
@pytest.mark.parametrize(
    "value",
    [BOB[0], f"bob:{BOB[0]}", f"{ALICE[1]},{BOB[0]}", "0" * 63, f"{ALICE[1]} until {BOB[0]}"],
    ids=range(5),
)
def test_a_key_in_the_place_of_a_digest_is_refused_and_not_repeated(value: str) -> None:
    refused_at_start("API_KEYS", value, BOB[0])


def refused_at_start(name: str, value: str, secret: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "serve"], env={f"TONEARM_{name}": value}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"TONEARM_{name}" in done.stderr
    assert secret not in done.stderr
    assert "Traceback" not in done.stderr
