"""A model's result for people: what stands in a row of a table, and what in the view of a single file.

The models that most ask for have words of their own; of any other, a network or somebody's plugin, the values are shown
as its schema names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tonearm.protocol.catalog import ModelCard
from tonearm.results import file_format, music
from tonearm.results.certainty import key_is_certain, tempo_is_certain

Result = dict[str, Any]

_IN_A_ROW = 3
"""Values that a model without words of its own may take of a row."""
_FEW = 5
"""Values shown of a list."""
_MANY = 12
"""Sections shown, which are what a track is made of."""
NONE = "-"


def _always(result: Result) -> bool:
    return True


def _unknown(result: Result) -> str:
    return ""


@dataclass(frozen=True)
class Value:
    """One thing to know of a result. `heading` is for a column and has the unit in it."""

    heading: str
    name: str
    text: Callable[[Result], str]
    unit: str = ""
    in_row: bool = True
    certain: Callable[[Result], bool] = _always
    reason: Callable[[Result], str] = _unknown
    """Why it is uncertain or not there; "" where the model does not say."""
    told_if_none: bool = True
    """Whether the view of a single file has it where there is none."""


def values(card: ModelCard) -> tuple[Value, ...]:
    return _KNOWN.get(f"{card.name}:{card.version}") or tuple(_from_schema(card))


def _key(result: Result) -> str:
    found = music.key(result)
    return f"{found.tonic} {found.scale}" if found else NONE


def _camelot(result: Result) -> str:
    found = music.key(result)
    # It is there to mix by, and nothing mixes by a key that may be another one.
    return found.camelot if found and key_is_certain(result) else NONE


def _open_key(result: Result) -> str:
    return result["open_key"] if key_is_certain(result) else NONE


def _because(result: Result) -> str:
    return result["reason"] or ""


def _percent(field: str) -> Callable[[Result], str]:
    return lambda result: NONE if result["certainty"] == "none" else _share(result[field])


def _share(probability: float) -> str:
    return "<1" if 0 < probability < 0.005 else f"{100 * probability:.0f}"


def _other_keys(result: Result) -> str:
    return _ranked((f"{each['key']} {each['scale']}", each["probability"]) for each in result["alternatives"])


def _other_tempi(result: Result) -> str:
    return _ranked((f"{each['tempo']:.1f} bpm", each["probability"]) for each in result["alternatives"])


def _ranked(alternatives: Iterable[tuple[str, float]]) -> str:
    told = [f"{name} {_share(probability)} %" for name, probability in alternatives]
    return ", ".join(told[:_FEW]) or NONE


def _key_over_time(result: Result) -> str:
    """Only where it changes."""
    sections = result["sections"]
    told = [f"{each['key']} {each['scale']} from {file_format.clock(each['start'])}" for each in sections[:_FEW]]
    more = f" … ({len(sections)})" if len(sections) > _FEW else ""
    return f"{', '.join(told)}{more}" if len(sections) > 1 else NONE


def _bars(result: Result) -> str:
    return _times("downbeats")(result) if result["downbeats"] else NONE


def _tempo_over_time(result: Result) -> str:
    """Only where it changes."""
    tempi = [each["tempo"] for each in result["tempo_curve"] or ()]
    return f"{min(tempi):.1f} to {max(tempi):.1f}" if tempi else NONE


def _sections(result: Result) -> str:
    told = [f"{each['label']} {file_format.clock(each['start'])}" for each in result["sections"]]
    return ", ".join(told[:_MANY]) + (f" … ({len(told)})" if len(told) > _MANY else "") or NONE


def _form(result: Result) -> str:
    return "-".join(each["label"] for each in result["sections"]) or NONE


def _drops(result: Result) -> str:
    return ", ".join(file_format.clock(each["start"]) for each in result["sections"] if each["role"] == "drop") or NONE


def _bpm(result: Result) -> str:
    found = music.tempo(result)
    return f"{found:.1f}" if found else NONE


def _times(field: str) -> Callable[[Result], str]:
    def text(result: Result) -> str:
        times = result[field]
        first = "" if not times else f", from {times[0]:.2f} s to {times[-1]:.2f} s"
        return f"{len(times)}{first}"

    return text


def _number(field: str, digits: int = 1) -> Callable[[Result], str]:
    def text(result: Result) -> str:
        value = result[field][0] if isinstance(result[field], list) else result[field]
        return NONE if value is None else f"{value:.{digits}f}"

    return text


def _told(field: str) -> Callable[[Result], str]:
    return lambda result: NONE if result[field] is None else str(result[field])


def _stretches(result: Result) -> str:
    found = [f"{each['start']:.2f} to {each['end']:.2f}" for each in result["damaged"]]
    return ", ".join(found[:_FEW]) + (f" … ({len(found)})" if len(found) > _FEW else "") or NONE


def _chords(result: Result) -> str:
    names = [chord["chord"] for chord in result["chords"]]
    return " ".join(names[:_FEW]) + (f" … ({len(names)})" if len(names) > _FEW else "")


def _activations(result: Result) -> str:
    return ", ".join(f"{label} {value:.2f}" for label, value in _highest(result)[:_FEW])


def _top(result: Result) -> str:
    label, value = _highest(result)[0]
    return f"{label} {value:.2f}"


def _highest(result: Result) -> list[tuple[str, float]]:
    return sorted(result["activations"].items(), key=lambda item: -item[1])


_BPM = Value("BPM", "tempo", _bpm, "bpm", certain=tempo_is_certain)
_BEATS = Value("beats", "beats", _times("beat_positions"), in_row=False)
_METHOD = Value("method", "method", _told("method"), in_row=False)
_KNOWN = {
    "audio:1": (
        Value("format", "format", file_format.kind),
        Value("kHz", "sample rate", file_format.kilohertz, "kHz"),
        Value("channels", "channels", _told("layout")),
        Value("length", "length", lambda result: file_format.clock(result["duration"])),
        Value("announced s", "announced", _number("declared_duration", 3), "s", in_row=False),
        Value("delay", "encoder delay", _told("encoder_delay"), "samples", in_row=False),
        Value("padding", "encoder padding", _told("encoder_padding"), "samples", in_row=False),
        Value("track", "track", lambda result: f"{result['track']} of {result['tracks']}", in_row=False),
        Value("damaged s", "damaged", _stretches, "s", in_row=False),
        Value("digest", "digest", _told("digest"), in_row=False),
    ),
    "key:1": (
        Value("key", "key", _key, certain=key_is_certain),
        Value("Camelot", "Camelot", _camelot),
        Value("strength", "strength", _number("strength", 2)),
    ),
    "key:2": (
        Value("key", "key", _key, certain=key_is_certain, reason=_because),
        Value("key %", "key probability", _percent("probability"), "%"),
        Value("Camelot", "Camelot", _camelot),
        Value("Open Key", "Open Key", _open_key, in_row=False),
        Value("other keys", "other keys", _other_keys, in_row=False, told_if_none=False),
        Value("keys", "key over time", _key_over_time, in_row=False, told_if_none=False),
        Value("cents", "tuning", _number("tuning", 0), "cents", in_row=False, told_if_none=False),
        _METHOD,
    ),
    "beats:1": (
        Value("BPM", "tempo", _bpm, "bpm", certain=tempo_is_certain, reason=_because),
        Value("BPM %", "tempo probability", _percent("confidence"), "%"),
        Value("other BPM", "other tempi", _other_tempi, in_row=False, told_if_none=False),
        Value("tempo", "tempo over time", _tempo_over_time, "bpm", in_row=False, told_if_none=False),
        Value("metre", "beats in a bar", _told("metre"), in_row=False, told_if_none=False),
        Value("beats", "beats", _times("beats"), in_row=False),
        Value("bars", "bars", _bars, in_row=False, told_if_none=False),
        _METHOD,
    ),
    "bpm_degara:1": (_BPM, _BEATS),
    "bpm_multifeature:1": (_BPM, Value("confidence", "confidence", _number("confidence", 2)), _BEATS),
    "bpm_percival:1": (_BPM,),
    "loudness_ebur128:1": (
        Value("LUFS", "loudness", _number("integratedLoudness"), "LUFS"),
        Value("LRA", "range", _number("loudnessRange"), "LU"),
    ),
    "loudness_ebur128:2": (
        Value("LUFS", "loudness", _number("integrated_lufs"), "LUFS"),
        Value("LRA", "range", _number("range_lu"), "LU"),
        Value("dBTP", "true peak", _number("true_peak_dbtp"), "dBTP"),
        Value("LUFS max", "loudest 3 s", _number("short_term_max_lufs"), "LUFS", in_row=False),
    ),
    "loudness_replaygain:1": (Value("gain dB", "gain", _number("gain"), "dB"),),
    "chords:1": (Value("chords", "chords", _chords),),
    "chords:2": (Value("chords", "chords", _chords), _METHOD),
    "sections:1": (
        Value("form", "form", _form, certain=lambda result: result["certainty"] == "certain", reason=_because),
        Value("sections", "sections", _sections, in_row=False),
        Value("drops", "drops", _drops, in_row=False, told_if_none=False),
        Value("last phrase s", "last phrase", _number("last_phrase"), "s", in_row=False, told_if_none=False),
    ),
    "energy:1": (Value("energy", "energy", _number("energy", 2)),),
    "onset_rate:1": (
        Value("onsets/s", "onsets per second", _number("onset_rate", 2)),
        Value("onsets", "onsets", _times("onsets"), in_row=False),
    ),
    "tuning_frequency:1": (Value("A4 Hz", "A4", _number("frequency"), "Hz"),),
}


def _from_schema(card: ModelCard) -> Iterator[Value]:
    properties: dict[str, dict[str, Any]] = card.result_schema.get("properties", {})
    if "activations" in properties:
        yield Value(card.name, "classes", _activations, in_row=False)
        yield Value(card.name, "highest", _top)
        return
    for index, (field, schema) in enumerate(properties.items()):
        unit = schema.get("unit", "")
        unit = "" if unit == "1" else unit
        name = field.replace("_", " ")
        yield Value(name if unit in ("", name) else f"{name} {unit}", name, _plain(field), unit, index < _IN_A_ROW)


def _plain(field: str) -> Callable[[Result], str]:
    return lambda result: _written(result.get(field))


def _written(value: Any) -> str:
    match value:
        case None:
            return NONE
        case float():
            return f"{value:.4g}"
        case [only]:
            return _written(only)
        case []:
            return "none"
        case list():
            simple = not isinstance(value[0], dict | list)
            few = ", ".join(_written(each) for each in value[:_FEW]) if simple else ""
            count = f"{len(value)} values" if len(value) > _FEW or not simple else ""
            return f"{count}: {few} …" if count and few else count or few
        case dict():
            return ", ".join(f"{name} {_written(each)}" for name, each in list(value.items())[:_FEW])
        case _:
            return str(value)
