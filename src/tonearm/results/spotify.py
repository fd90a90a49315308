"""An analysis in the shape of Spotify's audio features, for programs written for those.

Names, types and ranges are Spotify's; the way a value is computed is not, and `sources` names it for each field. A
value that no model can measure is null, and `reasons` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tonearm.errors import UnknownModel
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.spec import Spec
from tonearm.results import music
from tonearm.results.analysis import Analysis


class AudioFeatures(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: Literal["audio_features"] = "audio_features"
    duration_ms: int | None = Field(description="length in milliseconds")
    tempo: float | None = Field(description="beats per minute")
    key: int | None = Field(description="pitch class of the tonic: 0 is C, 1 is C sharp, 11 is B")
    mode: int | None = Field(description="1 for major, 0 for minor")
    loudness: float | None = Field(description="integrated loudness in LUFS")
    time_signature: int | None = Field(description="beats in a bar")
    danceability: float | None = Field(description="0 to 1")
    energy: float | None = Field(description="0 to 1")
    valence: float | None = Field(description="0 to 1")
    acousticness: float | None = Field(description="0 to 1")
    instrumentalness: float | None = Field(description="0 to 1")
    speechiness: float | None = Field(description="0 to 1")
    liveness: float | None = Field(description="0 to 1")
    sources: dict[str, str] = Field(description="what each value is, by field")
    reasons: dict[str, str] = Field(description="why each null field is null, by field")


@dataclass(frozen=True)
class _Source:
    model: Spec
    words: str
    value: Callable[[dict[str, Any]], float | int | None]
    """Extracts the value from the model's result; None if the audio has none."""
    reason: Callable[[dict[str, Any]], str | None] = lambda result: result.get("reason")
    """Why there is none, if the model's result tells."""


def _activation(label: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda result: result["activations"].get(label)


def _rescaled(label: str) -> Callable[[dict[str, Any]], float]:
    """Scale from the annotations' range of 1 to 9, which a network may slightly exceed, to 0 to 1."""
    return lambda result: min(1.0, max(0.0, (result["activations"][label] - 1) / 8))


def _no_bars(result: dict[str, Any]) -> str | None:
    if result["certainty"] == "none":
        reason: str = result["reason"]
        return reason
    if result["method"] != "networks":
        return "Bars are found by networks, which are not installed here: run `tonearm models pull beatnet tempocnn`."
    return None


def _tonic(result: dict[str, Any]) -> int | None:
    found = music.key(result)
    return None if found is None else found.pitch_class


def _mode(result: dict[str, Any]) -> int | None:
    found = music.key(result)
    return None if found is None else int(found.scale == "major")


def _described(field: str) -> _Source:
    return _Source(Spec("vibenet", None, {}), "estimate of a network", lambda result: result[field])


_KEY, _BEATS = Spec("key", 2, {}), Spec("beats", None, {})
_SOURCES = {
    "duration_ms": (
        _Source(
            Spec("silence", None, {}), "length of the decoded audio", lambda result: round(1000 * result["duration"])
        ),
    ),
    "tempo": (_Source(_BEATS, "tempo of the tracked beats", music.tempo),),
    "key": (_Source(_KEY, "key of the whole track", _tonic),),
    "mode": (_Source(_KEY, "mode of the whole track", _mode),),
    "loudness": (
        _Source(
            Spec("loudness_ebur128", 2, {}), "integrated loudness (EBU R 128)", lambda result: result["integrated_lufs"]
        ),
    ),
    "time_signature": (_Source(_BEATS, "beats in a bar", lambda result: result["metre"], _no_bars),),
    "danceability": (
        _described("danceability"),
        _Source(Spec("danceability", None, {}), "probability of `danceable`", _activation("danceable")),
    ),
    "energy": (
        _Source(Spec("energy", None, {}), "loudness, brightness and activity", lambda result: result["energy"]),
    ),
    "valence": (
        _described("valence"),
        _Source(Spec("arousal_valence", None, {}), "valence, rescaled from 1..9", _rescaled("valence")),
    ),
    "acousticness": (
        _described("acousticness"),
        _Source(Spec("acousticness", None, {}), "probability of `acoustic`", _activation("acoustic")),
    ),
    "instrumentalness": (
        _described("instrumentalness"),
        _Source(Spec("voice_instrumental", None, {}), "probability of `instrumental`", _activation("instrumental")),
    ),
    "speechiness": (_described("speechiness"),),
    "liveness": (_described("liveness"),),
}
"""For each field the ways to measure it: the first one that can run here is taken."""


def specs(catalog: Catalog) -> list[Spec]:
    """The models the fields come from, if they can run on this server."""
    able = (_able(sources, catalog) for sources in _SOURCES.values())
    return [source.model for source in able if source is not None]


def audio_features(analysis: Analysis, catalog: Catalog) -> AudioFeatures:
    """Fill the fields from an analysis with the models of `specs`."""
    values: dict[str, float | int | None] = {}
    sources: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for field, several in _SOURCES.items():
        source = _able(several, catalog) or several[0]
        result = analysis.results.get(source.model.name)
        values[field] = None if result is None else source.value(result)
        if values[field] is not None:
            sources[field] = _named(source, result or {})
        elif result is not None:
            reasons[field] = source.reason(result) or f"This audio has none: {source.model.name} found nothing."
        else:
            reasons[field] = _absent(source.model, catalog) or analysis.reason(source.model.name)
    return AudioFeatures.model_validate({**values, "sources": sources, "reasons": reasons})


def _named(source: _Source, result: Mapping[str, Any]) -> str:
    method = f", by {result['method']}" if "method" in result else ""
    doubt = ", uncertain" if result.get("certainty") == "uncertain" else ""
    return f"{source.words}{method} ({source.model.name}){doubt}"


def _able(sources: tuple[_Source, ...], catalog: Catalog) -> _Source | None:
    """The first that can run on this server."""
    return next((source for source in sources if _absent(source.model, catalog) is None), None)


def _absent(model: Spec, catalog: Catalog) -> str | None:
    """Why a model cannot run on this server; None if it can."""
    try:
        catalog.resolve([model])
    except UnknownModel as error:
        return str(error)
    return None
