from __future__ import annotations

from bench.accuracy.systems import essentia_peer, sonara_peer, tonearm_models
from bench.accuracy.systems.system import System


def everyone() -> tuple[list[System], list[str]]:
    """Tonearm's models, then the peers; and the names of the peers that are not here."""
    essentia, sonara = essentia_peer.systems(), sonara_peer.systems()
    absent = [name for name, found in (("Essentia", essentia), ("sonara", sonara)) if not found]
    return [*tonearm_models.systems(), *essentia, *sonara], absent
