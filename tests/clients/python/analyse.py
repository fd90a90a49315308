"""A program written against a generated client: python analyse.py SERVER KEY TRACK. mypy checks it, and it runs."""

from __future__ import annotations

import sys
from pathlib import Path

from tonearm_client import AuthenticatedClient
from tonearm_client.api.analysis import list_models, ondemand_analysis_stream
from tonearm_client.api.operation import readiness
from tonearm_client.models import Analysis, AudioFeatures, BpmDegaraV1, ChordsV1, KeyV1, LoudnessEbur128V2, Problem
from tonearm_client.types import File


def main(server: str, key: str, track: Path) -> None:
    client = AuthenticatedClient(server, key, headers={"Accept": "application/json"})
    with track.open("rb") as audio:
        analysis = ondemand_analysis_stream.sync(
            client=client, body=File(audio), models="loudness-ebur128:2,key,chords,bpm_degara"
        )
    assert isinstance(analysis, Analysis)
    assert not analysis.errors
    for name, result in sorted(analysis.results.additional_properties.items()):
        print(name, described(result))

    with track.open("rb") as audio:
        features = ondemand_analysis_stream.sync(client=client, body=File(audio), shape="audio-features")
    assert isinstance(features, AudioFeatures)
    print("audio features", features.key, features.mode)

    cards = list_models.sync(client=client)
    assert isinstance(cards, list)
    print("units of key", next(card for card in cards if card.name == "key").units["strength"])
    ready = readiness.sync(client=client)
    assert ready is not None
    print("ready", ready.ready)

    refused = ondemand_analysis_stream.sync(client=AuthenticatedClient(server, "another"), models="key")
    assert isinstance(refused, Problem)
    print("with another key:", refused.detail)


def described(result: object) -> str:
    match result:
        case KeyV1():
            return f"{result.key[0]} {result.scale[0]}"
        case LoudnessEbur128V2(integrated_lufs=float(loudness)):
            return f"{loudness:.1f} LUFS, {len(result.channels)} channels"
        case ChordsV1():
            return " ".join(chord.chord for chord in result.chords)
        case BpmDegaraV1():
            return f"{result.bpm:.0f} bpm"
        case _:
            return f"of another type: {type(result)}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
