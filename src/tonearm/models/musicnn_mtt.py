from __future__ import annotations

from tonearm.model import Result
from tonearm.networks.free.musicnn import MusicnnModel
from tonearm.networks.free.tags import MTT_LABELS, TAGS, MusicnnOutput
from tonearm.networks.mean import labelled


class MusicnnMtt(MusicnnModel):
    name = "musicnn_mtt"
    title = "Tags (MusiCNN, MagnaTagATune)"
    group = "genre and tags"
    description = (
        "How well each of 50 tags of MagnaTagATune suits the track, instruments and voices among them: the mean over "
        "patches of 3 s."
    )
    result = partial = labelled(MTT_LABELS, "probability of each tag", 0, 1)
    network = "musicnn_mtt"
    features = (MusicnnOutput("musicnn_mtt"),)

    def finish(self) -> Result:
        return self.activations(MTT_LABELS, TAGS)
