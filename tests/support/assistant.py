"""An assistant's calls, and what the tools answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp import Client
from mcp_types import CallToolResult, TextContent

Call = tuple[str, dict[str, Any]]


def ask(connect: Callable[[], AbstractAsyncContextManager[Client]], *calls: Call) -> list[CallToolResult]:
    """What one server answers to the calls, made at the same time."""

    async def conversation() -> list[CallToolResult]:
        async with connect() as client:
            return await asyncio.gather(*(client.call_tool(name, arguments) for name, arguments in calls))

    return asyncio.run(conversation())


def words(answer: CallToolResult) -> str:
    return " ".join(part.text for part in answer.content if isinstance(part, TextContent))


def results(answer: CallToolResult) -> dict[str, Any]:
    assert answer.structured_content is not None, words(answer)
    found: dict[str, Any] = answer.structured_content["results"]
    return found


def named(models: CallToolResult) -> dict[str, Any]:
    """The models of a list by their names."""
    assert models.structured_content is not None
    return {card["name"]: card for card in models.structured_content["result"]}
