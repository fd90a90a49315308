"""How often a client may ask, counted in memory and in a real Redis."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from dataclasses import dataclass
from ipaddress import ip_network

import pytest
from limits import parse

from tests.support.http import Answer, Server
from tests.support.redis import Redis
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tonearm.config import Network
from tonearm.server import rate_limit as limits
from tonearm.server.client_address import client_id
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
    async def life(limiter: RateLimiter) -> None:
        while (verdict := await limiter.take("one client")).allowed:
            pass
        assert 0 < verdict.retry_after <= 2
        await asyncio.sleep(verdict.retry_after)
        while not (await limiter.take("one client")).allowed:
            await asyncio.sleep(0.01)

    asyncio.run(life(RateLimiter(parse("3/2 seconds"), "memory", lambda: None)))


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


def test_many_addresses_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_COUNTERS", 500)
    limiter = RateLimiter(parse("1/day"), "memory", lambda: None)

    async def attack() -> None:
        for number in range(2000):
            assert (await limiter.take(f"client {number}")).allowed
        assert not (await limiter.take("client 1999")).allowed

    asyncio.run(attack())
    assert limiter._window is not None
    assert len(limiter._window.storage.storage) <= 501  # type: ignore[attr-defined]


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
