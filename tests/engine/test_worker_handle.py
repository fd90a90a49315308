"""Workers that go wrong: whatever they send instead of frames, they are killed and their request fails alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from tonearm.engine.contract import no_report
from tonearm.engine.held_audio import Budget, HeldAudio
from tonearm.engine.job_run import JobRun
from tonearm.engine.wire import Kind, pack
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import ClientGone, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Job, Task

JOB = Job(tasks=(Task(requested="key", name="key", version=1),))
NUMBER = "int.from_bytes(sys.stdin.buffer.read(9)[1:5], 'big')"


async def speaking(code: str) -> WorkerHandle:
    """A process in a worker's place that runs this code."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import sys, time\nout = sys.stdout.buffer\n{code}", stdin=pipe, stdout=pipe
    )
    return WorkerHandle(process, Catalog(cards=()))


async def silence() -> AsyncIterator[bytes]:
    yield b"x"
    await asyncio.sleep(3600)


@pytest.mark.parametrize(
    "code",
    [
        "out.write(b'\\xff' * 64)",
        f"out.write({pack(Kind.DONE, 0xFFFFFFF0, b'{}')!r})",
        f"out.write({pack(Kind.READY, 1)!r})",
        f"n = {NUMBER}; out.write(bytes([{Kind.DONE:d}]) + n.to_bytes(4, 'big') + bytes(4))",
        f"n = {NUMBER}; out.write(bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + b'\\xff\\xff\\xff\\xff')",
        f"n = {NUMBER}; out.write((bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + bytes(4)) * 2)",
        f"n = {NUMBER}; out.write(bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + bytes(4) + "
        f"bytes([{Kind.DONE:d}]) + n.to_bytes(4, 'big') + (2).to_bytes(4, 'big') + b'{{}}')",
        f"n = {NUMBER}; out.write(bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + bytes(4) + "
        f"bytes([{Kind.EVENT:d}]) + n.to_bytes(4, 'big') + (4).to_bytes(4, 'big') + b'\\xff\\n{{}}')",
        f"n = {NUMBER}; out.write(bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + bytes(4) + "
        f"bytes([{Kind.DONE:d}]) + n.to_bytes(4, 'big') + (24).to_bytes(4, 'big') + b'{{\"decode_seconds\": 1e400}}')",
    ],
)
def test_a_worker_that_breaks_the_protocol_is_killed(code: str) -> None:
    async def test() -> None:
        worker = await speaking(f"{code}\nout.flush()\ntime.sleep(3600)")
        async with HeldAudio(silence(), Budget(0)) as audio:
            run = JobRun(worker, JOB, audio, 3600, no_report)
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


def test_a_failing_source_ends_the_run_whatever_its_worker_does() -> None:
    async def gone() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield bytes(1 << 20)
        raise ClientGone("the client went away")

    async def test() -> None:
        # It takes the job and reads no audio, so the feeding waits for it for ever.
        code = f"n = {NUMBER}; out.write(bytes([{Kind.ACCEPTED:d}]) + n.to_bytes(4, 'big') + bytes(4)); out.flush()"
        worker = await speaking(f"{code}\ntime.sleep(3600)")
        async with HeldAudio(gone(), Budget(1 << 30)) as audio:
            run = JobRun(worker, JOB, audio, 3600, no_report)
            with pytest.raises(ClientGone):
                _ = [event async for event in run.events()]
            await run.settle()
        assert not worker.alive
        await worker.exited()

    asyncio.run(test())
