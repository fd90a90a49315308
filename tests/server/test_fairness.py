"""Clients share what there is, whatever one of them takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest

from tests.support.http import Server
from tests.support.waiting import wait_for
from tonearm import api_keys

GREEDY, MODEST = (api_keys.create(name) for name in ("greedy", "modest"))


def authorization(key: tuple[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key[0]}"}


def free(server: Server, places: int) -> bool:
    return bool(server.get("/readyz")[1]["free"] == places)


@pytest.mark.release
def test_one_who_takes_all_places_gives_one_to_who_has_none(track: bytes) -> None:
    # The first uploads stand still until the last has come, however slow the machine is.
    settings = {
        "TONEARM_WORKERS": "1",
        "TONEARM_QUEUE": "3",
        "TONEARM_BUFFER_BYTES": "0",
        "TONEARM_IDLE_SECONDS": "120",
    }
    with (
        Server.started(**settings, TONEARM_API_KEYS=f"{GREEDY[1]},{MODEST[1]}") as server,
        ExitStack() as stack,
        server.open() as modest,
    ):
        uploads = [stack.enter_context(server.open()) for _ in range(4)]
        for number, upload in enumerate(uploads, 1):
            upload.post("silence", authorization(GREEDY), len(track))
            upload.send(track[: 1 << 17])
            wait_for(partial(free, server, 4 - number))
        assert server.analyze(track, "silence", authorization(GREEDY)).status == 429
        modest.post("silence", authorization(MODEST), len(track))
        # Each sends by itself: which of those that wait is next is not promised, and nothing is read from the others.
        with ThreadPoolExecutor() as senders:
            senders.submit(modest.send, track)
            # The last that came goes, and those that came before it stay.
            assert uploads[3].answer().status == 429
            for upload in uploads[:3]:
                senders.submit(upload.send, track[1 << 17 :])
            for exchange in (modest, *uploads[:3]):
                exchange.answer().finish()
                assert exchange.answer().statuses == ["started", "completed", "finished"], exchange.answer().events
