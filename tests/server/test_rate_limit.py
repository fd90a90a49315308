"""How often a client may ask, counted in memory and in a real Redis."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from ipaddress import ip_network
from typing import Any

import pytest
from limits import parse

from tests.server.test_stream import wait_for
from tests.support.http import Answer, Server
from tests.support.redis import Redis
from tonearm.config import Network
from tonearm.server.client_address import client
from tonearm.server.counters import Counters
from tonearm.server.rate_limit import RateLimiter, Verdict


def ask(server: Server, headers: dict[str, str] | None = None) -> Answer:
    """A request that counts and does no work: 400 where it is let through."""
    with server.open() as exchange:
        exchange.request("POST", "/v1/analysis/stream?models=key", {"Content-Length": "0", **(headers or {})})
        exchange.answer().body()
        return exchange.answer()


def test_a_client_that_asks_too_often_is_told_before_its_body_is_read(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_RATE_LIMIT="3/day") as server:
        first = server.analyze(track, "key")
        assert first.statuses == ["started", "completed", "finished"]
        assert re.fullmatch(r'"default";r=2;t=\d+', first.header("RateLimit"))
        assert first.header("RateLimit-Policy") == '"default";q=3;w=86400'
        for left in (1, 0):
            answer = ask(server, {"X-Forwarded-For": f"192.0.2.{left}"})
            assert answer.status == 400
            assert answer.header("RateLimit").startswith(f'"default";r={left};t=')
        with server.open() as exchange:
            exchange.post("key", {"Expect": "100-continue"}, len(track))
            answer = exchange.answer()
            assert answer.status == 429
            assert 1 <= int(answer.header("Retry-After")) <= 86400
            assert answer.header("RateLimit") == f'"default";r=0;t={answer.header("Retry-After")}'
            assert "Too many requests" in answer.detail
        # A client that sends everything first sees the refusal too.
        assert server.analyze(track, "key").status == 429
        for path in ("/v1/models", "/healthz", "/readyz"):
            assert server.get(path)[0] == 200


def test_after_the_time_in_retry_after_there_is_room_again() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_RATE_LIMIT="2/second") as server:
        answer = next(answer for _ in range(10_000) if (answer := ask(server)).status == 429)
        time.sleep(int(answer.header("Retry-After")))
        wait_for(lambda: ask(server).status == 400)


def test_clients_behind_a_trusted_proxy_are_counted_one_by_one() -> None:
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_RATE_LIMIT="1/day", TONEARM_TRUSTED_PROXIES="127.0.0.0/8"
    ) as server:
        statuses = [
            ask(server, {"X-Forwarded-For": forwarded}).status
            for forwarded in (
                "192.0.2.1",
                "192.0.2.1",
                "198.51.100.7, 192.0.2.1",
                "192.0.2.2",
                "2001:db8::1",
                "2001:db8::ffff:2",
                "2001:db8:0:1::1",
            )
        ]
        assert statuses == [400, 429, 429, 400, 400, 429, 400]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.5", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["198.51.100.1,"], "10.0.0.1"),
        ("10.0.0.1", [", ".join(["x"] * 3000)], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:5555"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::7]:5555"], "2001:db8::/64"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8:0:5:a::1", [], "2001:db8:0:5::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("unix", [], "unknown"),
    ],
)
def test_the_address_that_counts(peer: str, forwarded: list[str], expected: str) -> None:
    trusted: tuple[Network, ...] = (ip_network("10.0.0.0/8"),)
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert client({"type": "http", "client": (peer, 1), "headers": headers}, trusted) == expected


def test_the_counts_survive_a_hundred_thousand_addresses() -> None:
    async def attack() -> Verdict:
        limiter = RateLimiter(parse("1/day"), "memory", lambda: None)
        await limiter.take("greedy")
        for number in range(100_000):
            await limiter.take(f"client {number}")
        return await limiter.take("greedy")

    assert not asyncio.run(attack()).allowed


def test_many_addresses_take_little_memory() -> None:
    async def attack() -> tuple[int, bool, bool]:
        counters = Counters(500)
        for number in range(2000):
            assert await counters.acquire_sliding_window_entry(f"client {number}", 1, 86400)
        new, old = "client 1999", "client 0"
        again = [await counters.acquire_sliding_window_entry(key, 1, 86400) for key in (new, old)]
        return len(counters), again[0], again[1]

    assert asyncio.run(attack()) == (500, False, True)


def test_a_request_does_not_look_at_the_counts_of_others() -> None:
    class Watched(dict[str, Any]):
        looked = 0

        def __getitem__(self, key: str) -> Any:
            Watched.looked += 1
            return super().__getitem__(key)

        def values(self) -> Any:
            raise AssertionError("all counts were looked at")

        items = keys = values

    async def attack() -> None:
        counters = Counters()
        counters._counts = Watched()
        for number in range(1000):
            await counters.acquire_sliding_window_entry(f"client {number}", 10, 60)

    asyncio.run(attack())
    assert Watched.looked <= 4000


def test_counts_that_have_expired_go(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)

    async def scenario() -> int:
        nonlocal now
        counters = Counters()
        for number in range(100):
            await counters.acquire_sliding_window_entry(f"client {number}", 10, 1)
        now += 3
        for _ in range(100):
            await counters.acquire_sliding_window_entry("another", 1000, 1)
        return len(counters)

    assert asyncio.run(scenario()) == 1


def test_the_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)

    async def allowed(counters: Counters) -> int:
        return sum([await counters.acquire_sliding_window_entry("one", 10, 10) for _ in range(20)])

    async def scenario() -> list[int]:
        nonlocal now
        counters = Counters()
        found = []
        for step in (0.0, 5.0, 7.5, 5.0, 30.0):
            now += step
            found.append(await allowed(counters))
        return found

    # At 1012.5 three quarters of the first window's ten count, at 1017.5 a quarter of them and the three since.
    assert asyncio.run(scenario()) == [10, 0, 3, 5, 10]


@pytest.mark.parametrize("redis", [False, True])
def test_a_client_that_has_used_up_its_audio_is_refused(redis: bool) -> None:
    async def scenario(storage: str) -> list[Verdict]:
        limiter = RateLimiter(parse("5/hour"), storage, lambda: None, audio=parse("600/hour"))
        verdicts = []
        for seconds in (599.2, 300.0, 10.0):
            verdicts.append(await limiter.take("one"))
            limiter.charge("one", seconds)
            await asyncio.gather(*limiter._charges)
        verdicts.append(await limiter.take("other"))
        await limiter.close()
        return verdicts

    with ExitStack() as stack:
        storage = "memory"
        if redis:
            running = stack.enter_context(Redis.on_a_free_port())
            running.start()
            storage = running.url
        first, second, third, other = asyncio.run(scenario(storage))
    assert first.allowed
    assert first.headers["RateLimit"].startswith('"default";r=4;t=')
    assert first.headers["RateLimit-Policy"] == '"default";q=5;w=3600, "audio";q=600;w=3600;qu="audio-seconds"'
    assert not second.allowed
    assert not third.allowed
    assert second.words == "Too much audio."
    assert 3500 < second.retry_after <= 3600
    assert '"default";r=4;' in second.headers["RateLimit"]
    assert '"audio";r=0;' in second.headers["RateLimit"]
    assert other.allowed


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RATE_LIMIT", "ten a second", "such as 10/second"),
        ("RATE_LIMIT_STORAGE", "ftp://:secret@127.0.0.1/", "redis://host:port/0"),
    ],
)
def test_what_makes_no_sense_is_refused_at_start(name: str, value: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "serve"], env={f"TONEARM_{name}": value}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"TONEARM_{name}" in done.stderr
    assert words in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_replicas_share_their_counts_and_serve_on_without_redis() -> None:
    settings = {"TONEARM_WORKERS": "1", "TONEARM_RATE_LIMIT": "4/day"}
    with (
        Redis.on_a_free_port() as redis,
        Server.started(TONEARM_RATE_LIMIT_STORAGE=redis.url, **settings) as one,
        Server.started(TONEARM_RATE_LIMIT_STORAGE=redis.url, **settings) as other,
    ):
        # Away from the start.
        assert [ask(one).status for _ in range(6)] == [400] * 6
        assert logged(one, "is away") == 1
        redis.start()
        wait_for(lambda: "RateLimit" in ask(one).response.headers)
        assert logged(one, "is back") == 1
        wait_for(lambda: ask(other).status == 429)
        assert ask(one).status == 429
        assert logged(other, "is away") == 0

        redis.stop()
        assert [ask(one).status for _ in range(30)] == [400] * 30
        assert logged(one, "is away") == 2
        assert uncounted(one) >= 36
        redis.start()
        wait_for(lambda: ask(one).status == 429)
        assert logged(one, "is back") == 2

        redis.freeze()
        wait_for(lambda: ask(one).status == 400)
        begun = time.monotonic()
        assert [ask(one).status for _ in range(30)] == [400] * 30
        assert time.monotonic() - begun < 30
        assert logged(one, "is away") == 3
        redis.thaw()
        wait_for(lambda: ask(one).status == 429)
        assert logged(one, "is back") == 3


def test_a_burst_does_not_slip_through() -> None:
    uncounted: list[None] = []

    async def burst(limiter: RateLimiter) -> list[Verdict]:
        try:
            return await asyncio.gather(*(limiter.take("one client") for _ in range(500)))
        finally:
            await limiter.close()

    with Redis.on_a_free_port() as redis:
        redis.start()
        for storage in ("memory", redis.url):
            limiter = RateLimiter(parse("4/day"), storage, lambda: uncounted.append(None))
            assert sum(verdict.allowed for verdict in asyncio.run(burst(limiter))) == 4
    assert not uncounted


def logged(server: Server, words: str) -> int:
    return sum("rate limit's Redis" in line and words in line for line in server.log)


def uncounted(server: Server) -> float:
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        found = re.search(rb"^tonearm_rate_limit_uncounted_total (\S+)", exchange.answer().body(), re.MULTILINE)
        assert found is not None
        return float(found[1])
