"""What the models on MusiCNN's own networks have in common."""

from __future__ import annotations

from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import MUSICNN
from tonearm.networks.free.tags import SECONDS
from tonearm.networks.mean import MeanOutput


class MusicnnModel(MeanOutput):
    citation = MUSICNN.citation
    licence = MUSICNN.licence
    shortest = SECONDS

    @classmethod
    def unavailable(cls) -> str | None:
        return missing(MUSICNN) or super().unavailable()
