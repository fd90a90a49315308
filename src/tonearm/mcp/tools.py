"""What the tools have in common, over standard input and output and over HTTP. Where audio comes from is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from tonearm._version import __version__
from tonearm.protocol.catalog import Catalog
from tonearm.results.analysis import Analysis
from tonearm.results.certainty import key_is_certain

_MOST_VALUES = 20
_CODES = {"camelot", "open_key"}
"""What of a key is there to mix by."""

Models = Annotated[str, Field(description="model names, comma-separated, each optionally with :version(key=value)")]
Full = Annotated[bool, Field(description=f"return long lists in full, not only the first {_MOST_VALUES} values")]

Answer = Annotated[CallToolResult, Analysis]
"""What `analyze_audio` returns: the schema of its output is that of an Analysis."""

DEFAULT_MODELS = "key:2,beats,loudness_ebur128:2"
ANALYZE_AUDIO = """Analyse one audio file: key, tempo and beats, loudness, or anything else the models measure.

`key:2` and `beats` say how sure they are: a probability (`probability` of the key, `confidence` of the tempo), ranked
`alternatives`, and `certainty`. If that is "uncertain" or "none", say so, pass on the `reason`, name the alternatives,
and advise nobody to mix by this key or tempo. Camelot and Open Key codes are given of certain keys only.

`results` has an entry for each model; `errors` lists failures. Long lists and long sets of labels are shortened
to {"first": ..., "of": total}: the first values of a list, or the labels with the highest values.
"""
READS_AUDIO = ToolAnnotations(title="Analyse audio", read_only_hint=True, open_world_hint=True)
"""It changes nothing, and reads files or addresses that anyone may have made."""
_READS_LIST = ToolAnnotations(title="List models", read_only_hint=True, open_world_hint=False)


class ModelSummary(BaseModel):
    """One model in the list."""

    name: str
    title: str
    description: str
    units: dict[str, str] = Field(description="unit of each result field")
    parameters: dict[str, str] = Field(description="parameters for `name:version(key=value)`")
    unavailable: str | None = Field(description="why it cannot run on this machine; null if it can")


def with_list(instructions: str, catalog: Callable[[], Catalog]) -> MCPServer[Any]:
    """A server with the tool `list_models`. `catalog` is called for each list, once the engine has started."""
    # Tools never change, so there is nothing that a client could subscribe to.
    server: MCPServer[Any] = MCPServer(
        "tonearm", "Tonearm", instructions=instructions, version=__version__, subscriptions=False
    )

    @server.tool(annotations=_READS_LIST)
    async def list_models(
        everything: Annotated[bool, Field(description="also list models that are not installed")] = False,
    ) -> list[ModelSummary]:
        """List the available models with titles, descriptions, units and parameters."""
        return [
            ModelSummary(
                name=card.name if card.default else f"{card.name}:{card.version}",
                title=card.title,
                description=card.description,
                units=card.units,
                parameters={
                    name: str(parameter.get("description", ""))
                    for name, parameter in card.parameters_schema.get("properties", {}).items()
                },
                unavailable=card.unavailable,
            )
            for card in catalog().cards
            if everything or card.unavailable is None
        ]

    return server


def answer(analysis: Analysis, full: bool) -> CallToolResult:
    """An analysis as a tool returns it: in full, or shortened; without codes to mix by where a key is uncertain."""
    results = {name: _without_advice(result) for name, result in analysis.results.items()}
    analysis = analysis.model_copy(update={"results": results if full else _shortened(results)})
    # The SDK would indent the text, and an assistant would read as much white space as numbers.
    text = TextContent(type="text", text=analysis.model_dump_json())
    return CallToolResult(content=[text], structured_content=analysis.model_dump(mode="json"))


def _without_advice(result: dict[str, Any]) -> dict[str, Any]:
    if "camelot" not in result or key_is_certain(result):
        return result
    alternatives = [_without_codes(each) for each in result["alternatives"]]
    return {**_without_codes(result), "alternatives": alternatives}


def _without_codes(key: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name not in _CODES}


def _shortened(value: Any) -> Any:
    """Without values that fill an assistant's context and are of no use: the thousandth beat, the 300th genre."""
    if isinstance(value, list):
        if len(value) > _MOST_VALUES:
            return {"first": value[:_MOST_VALUES], "of": len(value)}
        return [_shortened(item) for item in value]
    if isinstance(value, dict):
        if len(value) > _MOST_VALUES and all(isinstance(item, int | float) for item in value.values()):
            highest = sorted(value, key=lambda label: value[label], reverse=True)[:_MOST_VALUES]
            return {"first": {label: value[label] for label in highest}, "of": len(value)}
        return {name: _shortened(item) for name, item in value.items()}
    return value
