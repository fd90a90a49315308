"""Names whose server never answers cost the one who asks for them."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from tests.support.hostile import Hostile, whole
from tests.support.http import Server
from tests.support.names import SILENT, Names
from tests.support.waiting import wait_for
from tonearm import api_keys
from tonearm.sample import sample_track

ALICE, BOB = (api_keys.create(name) for name in ("alice", "bob"))
TRACK = sample_track(4)


@pytest.mark.release
def test_names_that_are_not_answered_hold_up_nobody_else() -> None:
    settings = {"TONEARM_WORKERS": "1", "TONEARM_FETCH_ALLOW": "127.0.0.0/8"}
    keys = {"TONEARM_API_KEYS": f"{ALICE[1]},{BOB[1]}"}
    with (
        Names.started({"good.test": [["127.0.0.1"]]}) as names,
        Hostile.started({"/a": whole(TRACK)}) as web,
        Server.started(**settings, **keys, **names.settings) as server,
        ExitStack() as stack,
    ):

        def fetch(url: str, key: tuple[str, str]) -> tuple[int, str]:
            headers = {"audio-url": url, "Authorization": f"Bearer {key[0]}"}
            answer = server.analyze(b"", "silence", headers)
            return answer.status, answer.statuses[-1] if answer.statuses else answer.detail

        told: list[tuple[int, str]] = []
        urls = [f"http://{number}{SILENT}/a" for number in range(20)]
        asking = [threading.Thread(target=lambda url=url: told.append(fetch(url, ALICE))) for url in urls]
        for thread in asking:
            thread.start()
            stack.callback(thread.join)
        wait_for(lambda: len(told) == 12)
        assert set(told) == {(400, "Too many host names are being looked up. Send the request again later.")}
        good = web.url("/a", "good.test")
        assert fetch(good, BOB) == (200, "finished")
        assert fetch(good, ALICE)[0] == 400
        # An address needs no look-up.
        assert fetch(web.url("/a"), ALICE) == (200, "finished")
    assert sum("name server does not respond" in words for _, words in told) == 8
