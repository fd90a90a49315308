"""Where a filter runs. An engine takes bytes that are still arriving and gives events, and knows no HTTP."""

from tonearm.engine.contract import Engine, Load, Room

__all__ = ["Engine", "Load", "Room"]
