"""How often a client may ask, counted in memory and in a real Redis."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest
from limits import parse

from tests.support.http import Answer, Server
from tests.support.redis import Redis
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tonearm.config import Network
from tonearm.server.client_address import client_id
from tonearm.server.counters import Counters
from tonearm.server.rate_limit import RateLimiter, Verdict


def ask(server: Server, headers: dict[str, str] | None = None) -> Answer:
    """A request that counts and does no work: 400 where it is let through."""
    with server.open() as exchange:
        exchange.request("POST", "/v1/analysis/stream?models=key", {"Content-Length": "0", **(headers or {})})
        exchange.answer().body()
        return exchange.answer()


@pytest.mark.release
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
    async def life(limiter: RateLimiter) -> None:
        while (verdict := await limiter.take("one client")).allowed:
            pass
        assert 0 < verdict.retry_after <= 2
        await asyncio.sleep(verdict.retry_after)
        while not (await limiter.take("one client")).allowed:
            await asyncio.sleep(0.01)

    asyncio.run(life(RateLimiter(parse("3/2 seconds"), "memory", lambda: None)))


@pytest.mark.release
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
    assert client_id({"type": "http", "client": (peer, 1), "headers": headers}, trusted) == expected


@pytest.mark.release
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


@pytest.mark.release
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


@dataclass
class Replica:
    """A limiter as a server has one, and what it has told."""

    limiter: RateLimiter
    uncounted: list[None]

    @classmethod
    def of(cls, redis: Redis, patience_seconds: float = PATIENCE_SECONDS) -> Replica:
        uncounted: list[None] = []
        limiter = RateLimiter(parse("4/day"), redis.url, lambda: uncounted.append(None), patience_seconds)
        return cls(limiter, uncounted)

    async def allowed(self, times: int = 1) -> int:
        return sum([(await self.limiter.take("one client")).allowed for _ in range(times)])

    async def until_refused(self) -> None:
        while await self.allowed():
            await asyncio.sleep(0.01)

    async def until_uncounted(self) -> None:
        """Redis is away, and that has been noticed."""
        before = len(self.uncounted)
        while len(self.uncounted) == before:
            await self.allowed()


def test_replicas_share_their_counts_and_serve_on_without_redis(caplog: pytest.LogCaptureFixture) -> None:
    def told(words: str) -> int:
        return sum(f"Redis is {words}" in record.message for record in caplog.records)

    async def life(redis: Redis) -> None:
        one, other = Replica.of(redis), Replica.of(redis)
        # Away from the start: every request is let through, and the log tells it once.
        assert await one.allowed(6) == 6
        assert (len(one.uncounted), told("unavailable"), told("back")) == (6, 1, 0)
        redis.start()
        await one.until_refused()
        assert told("back") == 1
        assert await other.allowed() == 0
        assert not other.uncounted

        redis.stop()
        await one.until_uncounted()
        assert await one.allowed(30) == 30
        assert told("unavailable") == 2
        redis.start()
        await one.until_refused()
        assert (told("unavailable"), told("back")) == (2, 2)
        for replica in (one, other):
            await replica.limiter.close()

    with Redis.on_a_free_port() as redis:
        asyncio.run(life(redis))


def test_a_redis_that_hangs_is_not_waited_for_by_every_request() -> None:
    """One that answers nothing is given up after the limiter's patience, then asked again at most once a second."""

    async def life(redis: Redis) -> None:
        replica = Replica.of(redis, patience_seconds=0.05)
        redis.freeze()
        await replica.until_uncounted()
        before = len(replica.uncounted)
        assert await replica.allowed(30) == 30
        assert len(replica.uncounted) == before + 30
        redis.thaw()
        patient = Replica.of(redis)
        await patient.until_refused()
        assert not patient.uncounted
        for each in (replica, patient):
            await each.limiter.close()

    with Redis.on_a_free_port() as redis:
        redis.start()
        asyncio.run(life(redis))


@pytest.mark.release
def test_a_server_whose_redis_is_away_serves_and_counts_what_it_could_not_limit() -> None:
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_RATE_LIMIT="1/day", TONEARM_RATE_LIMIT_STORAGE="redis://127.0.0.1:1/0"
    ) as server:
        assert [ask(server).status for _ in range(3)] == [400] * 3
        wait_for(lambda: any("Redis is unavailable" in line for line in server.log))
        with server.open() as exchange:
            exchange.request("GET", "/metrics")
            assert b"\ntonearm_rate_limit_uncounted_total 3.0\n" in exchange.answer().body()


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
            limiter = RateLimiter(parse("4/day"), storage, lambda: uncounted.append(None), PATIENCE_SECONDS)
            assert sum(verdict.allowed for verdict in asyncio.run(burst(limiter))) == 4
    assert not uncounted


@pytest.mark.release
def test_seconds_of_audio_are_limited_too(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_AUDIO_RATE_LIMIT="30/day") as server:
        assert server.analyze(track, "silence").status == 200
        assert server.analyze(track, "silence").status == 200
        wait_for(lambda: server.analyze(track, "silence").status == 429)
        refused = server.analyze(track, "silence")
        assert "audio" in refused.detail
        assert int(refused.header("Retry-After")) >= 1
