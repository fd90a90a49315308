"""Workers that go wrong: whatever they send instead of frames, they are killed and their request fails alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from tonearm.engine.contract import no_report
from tonearm.engine.held_audio import Budget, HeldAudio
from tonearm.engine.job_run import JobRun
from tonearm.engine.partials import Partials
from tonearm.engine.wire import Kind, pack, pack_event
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import ClientGone, WorkerLost
from tonearm.models.key import KeyResult
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.events import finished, partial, started
from tonearm.protocol.job import Job, Task

JOB = Job(tasks=(Task(requested="key", name="key", version=1),), partial_seconds=1)
PROGRAM = """
import sys, time
out = sys.stdout.buffer
number = sys.stdin.buffer.read(9)[1:5]
def send(kind, payload=b"", size=None):
    out.write(bytes([kind]) + number + (len(payload) if size is None else size).to_bytes(4, "big") + payload)
    out.flush()
{code}
out.flush()
time.sleep(3600)
"""


def sends(kind: Kind, payload: bytes = b"", size: int | None = None) -> str:
    return f"send({kind:d}, {payload!r}, {size}); "


ACCEPTED = sends(Kind.ACCEPTED)
TOLD = partial(JOB.tasks[0], 1.5, KeyResult(key=("A",), scale=("minor",), strength=(0.5,))).data.encode()
PARTIALS = sends(Kind.PARTIALS, TOLD)
STARTED = ACCEPTED + sends(Kind.EVENT, pack_event(started(1)))
FINISHED = sends(Kind.EVENT, pack_event(finished(1)))


async def speaking(code: str) -> WorkerHandle:
    """A process in a worker's place that runs this code when it has got the first header."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM.replace("{code}", code), stdin=pipe, stdout=pipe
    )
    return WorkerHandle(process, Catalog(cards=()))


async def silence() -> AsyncIterator[bytes]:
    yield b"x"
    await asyncio.sleep(3600)


@pytest.mark.parametrize(
    "code",
    [
        r"out.write(b'\xff' * 64)",
        f"out.write({pack(Kind.DONE, 0xFFFFFFF0, b'{}')!r})",
        sends(Kind.READY),
        sends(Kind.DONE),
        sends(Kind.ACCEPTED, size=0xFFFFFFFF),
        ACCEPTED + ACCEPTED,
        ACCEPTED + sends(Kind.DONE, b"{}"),
        STARTED + sends(Kind.DONE, b"{}"),
        ACCEPTED + sends(Kind.EVENT, b"\xff\n{}"),
        STARTED + FINISHED + FINISHED,
        STARTED + FINISHED + sends(Kind.DONE, b'{"decode_seconds": 1e400}'),
        STARTED + FINISHED + sends(Kind.DONE, b"no JSON"),
        STARTED + PARTIALS + PARTIALS,
        STARTED + sends(Kind.EVENT, b"partial\n" + TOLD),
        STARTED + sends(Kind.PARTIALS, b"\xff"),
    ],
)
def test_a_worker_that_breaks_the_protocol_is_killed(code: str) -> None:
    async def test() -> None:
        worker = await speaking(code)
        async with HeldAudio(silence(), Budget(0)) as audio:
            run = JobRun(worker, JOB, audio, 3600, no_report, Partials().told)
            with pytest.raises(WorkerLost):
                _ = [event async for event in run.events()]
            await run.settle()
        assert not worker.alive
        await worker.exited()

    asyncio.run(test())


def test_a_worker_that_does_not_get_ready_is_given_up() -> None:
    async def test() -> None:
        with pytest.raises(WorkerLost, match="not ready within 0 seconds"):
            await WorkerHandle.spawn("error", start_seconds=0)

    asyncio.run(test())


@pytest.mark.release
def test_one_long_computation_is_no_hanging_worker() -> None:
    """It says nothing for longer than a worker may hang, and uses CPU time."""

    async def whole() -> AsyncIterator[bytes]:
        yield b"x"

    async def test() -> None:
        worker = await speaking(f"""
{STARTED}
while time.process_time() < 7: pass
{FINISHED + sends(Kind.DONE, b"{}")}""")
        async with HeldAudio(whole(), Budget(1 << 20)) as audio:
            run = JobRun(worker, JOB, audio, 6, no_report, Partials().told)
            assert [event.status async for event in run.events()] == ["started", "finished"]
            await run.settle()
        assert worker.alive
        worker.kill()
        await worker.exited()

    asyncio.run(test())


def test_a_failing_source_ends_the_run_whatever_its_worker_does() -> None:
    async def gone() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield bytes(1 << 20)
        raise ClientGone("the client went away")

    async def test() -> None:
        # It takes the job and reads no audio, so the feeding waits for it for ever.
        worker = await speaking(ACCEPTED)
        async with HeldAudio(gone(), Budget(1 << 30)) as audio:
            run = JobRun(worker, JOB, audio, 3600, no_report, Partials().told)
            with pytest.raises(ClientGone):
                _ = [event async for event in run.events()]
            await run.settle()
        assert not worker.alive
        await worker.exited()

    asyncio.run(test())


def test_a_source_that_fails_while_nobody_looks_is_noticed_at_the_next_look() -> None:
    """As while an event is on its way to a slow client."""

    async def test() -> None:
        fail = asyncio.Event()

        async def failing() -> AsyncIterator[bytes]:
            yield b"x"
            await fail.wait()
            raise ClientGone("the client went away")

        worker = await speaking(STARTED)
        async with HeldAudio(failing(), Budget(0)) as audio:
            run = JobRun(worker, JOB, audio, 3600, no_report, Partials().told)
            events = run.events()
            assert (await anext(events)).status == "started"
            fail.set()
            await asyncio.wait([audio.failed])
            with pytest.raises(ClientGone):
                await anext(events)
            await run.settle()
        await worker.exited()

    asyncio.run(test())
