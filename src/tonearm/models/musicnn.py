from __future__ import annotations

from tonearm.model import Result
from tonearm.networks.free.musicnn import MusicnnModel
from tonearm.networks.free.tags import MSD_LABELS, TAGS, MusicnnOutput
from tonearm.networks.mean import labelled


class Musicnn(MusicnnModel):
    name = "musicnn"
    title = "Tags (MusiCNN)"
    group = "genre and tags"
    description = (
        "How well each of 50 tags of the Million Song Dataset suits the track, genres, moods, decades and voices among "
        "them: the mean over patches of 3 s. Listeners gave the tags as they liked, so their values are low, and tell "
        "more beside one another than alone."
    )
    result = partial = labelled(MSD_LABELS, "probability of each tag", 0, 1)
    network = "musicnn_msd"
    features = (MusicnnOutput("musicnn_msd"),)

    def finish(self) -> Result:
        return self.activations(MSD_LABELS, TAGS)
