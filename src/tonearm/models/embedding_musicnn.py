from __future__ import annotations

from tonearm.networks.free.musicnn import MusicnnModel
from tonearm.networks.free.tags import EMBEDDING, MusicnnOutput
from tonearm.networks.mean import EmbeddingResult


class EmbeddingMusicnn(MusicnnModel):
    name = "embedding_musicnn"
    title = "Embedding (MusiCNN)"
    group = "embeddings"
    description = (
        "200 values that tracks of a kind have in common, from the network behind `musicnn`: its mean over patches of "
        "3 s."
    )
    result = EmbeddingResult
    network = "musicnn_msd"
    features = (MusicnnOutput("musicnn_msd"),)

    def finish(self) -> EmbeddingResult:
        return EmbeddingResult(embedding=self.mean()[EMBEDDING], patches=self._count)
