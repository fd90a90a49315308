from __future__ import annotations

from tonearm.model import Result
from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import MUSICNN
from tonearm.networks.free.tags import EMBEDDING, MSD_LABELS, MTT_LABELS, SECONDS, TAGS, MusicnnOutput
from tonearm.networks.mean import EmbeddingResult, MeanOutput, labelled


class _Musicnn(MeanOutput):
    citation = MUSICNN.citation
    licence = MUSICNN.licence
    shortest = SECONDS

    @classmethod
    def unavailable(cls) -> str | None:
        return missing(MUSICNN) or super().unavailable()


class Musicnn(_Musicnn):
    name = "musicnn"
    title = "Tags (MusiCNN)"
    group = "genre and tags"
    description = (
        "How well each of 50 tags of the Million Song Dataset suits the track, genres, moods, decades and voices among "
        "them: the mean over patches of 3 s. Listeners gave the tags as they liked, so their values are low, and tell "
        "more beside one another than alone."
    )
    result = labelled(MSD_LABELS, "probability of each tag", 0, 1)
    network = "musicnn_msd"
    features = (MusicnnOutput("musicnn_msd"),)

    def finish(self) -> Result:
        return self.result.model_validate({"activations": dict(zip(MSD_LABELS, self.mean()[TAGS], strict=True))})


class MusicnnMtt(_Musicnn):
    name = "musicnn_mtt"
    title = "Tags (MusiCNN, MagnaTagATune)"
    group = "genre and tags"
    description = (
        "How well each of 50 tags of MagnaTagATune suits the track, instruments and voices among them: the mean over "
        "patches of 3 s."
    )
    result = labelled(MTT_LABELS, "probability of each tag", 0, 1)
    network = "musicnn_mtt"
    features = (MusicnnOutput("musicnn_mtt"),)

    def finish(self) -> Result:
        return self.result.model_validate({"activations": dict(zip(MTT_LABELS, self.mean()[TAGS], strict=True))})


class EmbeddingMusicnn(_Musicnn):
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
