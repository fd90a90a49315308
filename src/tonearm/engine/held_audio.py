"""Audio that is read ahead of its analysis and kept, so that the analysis can leave its worker and begin again later.

Reading ahead also notices at once that a client has gone or a download has failed, whatever the worker is doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from time import monotonic
from types import TracebackType

from tonearm.errors import ClientGone


class Budget:
    """Bytes that the kept audio of all requests may take together.

    One request may hold as much as is left for the others: half of it alone, a third each of two, and so on. There is
    always some left for the next one (dynamic thresholds: Choudhury and Hahne, 1998).
    """

    def __init__(self, total: int) -> None:
        self.left = total

    def take(self, size: int, held: int) -> bool:
        """Whether a request that holds `held` bytes gets `size` more."""
        if held + size > self.left - size:
            return False
        self.left -= size
        return True

    def release(self, size: int) -> None:
        self.left += size


class HeldAudio:
    """The chunks of one request's audio. Use it as an asynchronous context manager, within which it is read.

    When the budget leaves no more for it it is `full` and reads no further, until a worker has taken all there is.
    From then on chunks are not kept: the reading keeps pace with the worker, and the analysis cannot begin again.
    """

    def __init__(self, source: AsyncIterable[bytes], budget: Budget) -> None:
        self._source = source
        self._budget = budget
        self._budgeted = 0
        self._chunks: list[bytes] = []
        self._changed = asyncio.Event()
        self._begun = monotonic()
        self._reader: asyncio.Task[None] | None = None
        self.received = 0
        self.complete = False
        self.full = False
        self.replayable = True
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Has the exception of the source as soon as it has failed; otherwise it is never done."""

    async def __aenter__(self) -> HeldAudio:
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._reader is not None
        self._reader.cancel()
        try:
            await asyncio.gather(self._reader, return_exceptions=True)
        finally:
            # Whoever is cancelled here once more gets no further than the line above.
            self._forget()

    def _forget(self) -> None:
        if self.failed.done():
            # Whoever waited for the audio has seen it, and nobody else needs to.
            error = self.failed.exception()
            if isinstance(error, ClientGone):
                # Its frames hold this object in a circle, with what they have read: clients that leave are many.
                error.__traceback__ = None
        else:
            self.failed.cancel()
        self._release()
        self._chunks.clear()

    @property
    def age(self) -> float:
        """Seconds since the reading began."""
        return monotonic() - self._begun

    async def changed(self) -> None:
        """Return when there is more of it, or when it is complete, full or has failed."""
        await self._changed.wait()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """All of it from the beginning, each chunk as soon as it has arrived. Raises what the source raises."""
        position = 0
        while True:
            if position < len(self._chunks):
                chunk = self._chunks[position]
                position += 1
                if self.replayable and self.full and position == len(self._chunks):
                    self._stop_keeping()
                if not self.replayable:
                    del self._chunks[:position]
                    position = 0
                    self._notify()
                yield chunk
            elif self.complete:
                return
            elif self.failed.done():
                self.failed.result()
            else:
                await self.changed()

    async def _read(self) -> None:
        try:
            async for chunk in self._source:
                self.received += len(chunk)
                if self.replayable and not self._keep(len(chunk)):
                    self.full = True
                self._chunks.append(chunk)
                self._notify()
                while self.full or (self._chunks and not self.replayable):
                    await self.changed()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # it is raised again where the audio is waited for
            self.failed.set_exception(error)
        else:
            self.complete = True
        self._notify()

    def _keep(self, size: int) -> bool:
        fits = self._budget.take(size, self._budgeted)
        if fits:
            self._budgeted += size
        return fits

    def _stop_keeping(self) -> None:
        self.full = False
        self.replayable = False
        self._release()

    def _release(self) -> None:
        self._budget.release(self._budgeted)
        self._budgeted = 0

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
