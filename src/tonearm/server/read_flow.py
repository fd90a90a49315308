"""Flow control of a connection's reading for two that pause it independently: uvicorn and the parser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl


class ReadFlow(FlowControl):
    """Reads while neither has paused. `resumed` is called when uvicorn wants more after it had paused."""

    def __init__(self, transport: asyncio.Transport, resumed: Callable[[], None]) -> None:
        super().__init__(transport)
        self._resumed = resumed
        self._held = False

    def hold(self, held: bool) -> None:
        """Stop reading, or go on, for the parser."""
        self._held = held
        self._apply()

    def pause_reading(self) -> None:
        self.read_paused = True
        self._apply()

    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self._apply()
            self._resumed()

    def _apply(self) -> None:
        if self._transport.is_closing():
            return
        if self._held or self.read_paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
