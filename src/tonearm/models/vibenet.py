from __future__ import annotations

from tonearm.model import Result, quantity
from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import VIBENET
from tonearm.networks.free.vibes import FIELDS, Vibes
from tonearm.networks.mean import MeanOutput


class VibeNetResult(Result):
    acousticness: float = quantity("1", "how likely the sound is acoustic rather than electronic", low=0, high=1)
    danceability: float = quantity("1", "how suitable it is for dancing", low=0, high=1)
    energy: float = quantity("1", "intensity and activity, also called arousal", low=0, high=1)
    instrumentalness: float = quantity("1", "how likely there is no voice", low=0, high=1)
    liveness: float = quantity(
        "1", "how likely it was recorded live; not verified, and rarely above 0.5", low=0, high=1
    )
    speechiness: float = quantity("1", "how much of it is spoken: music is below 0.2", low=0, high=1)
    valence: float = quantity("1", "how positive it sounds: sad or angry at 0, cheerful at 1", low=0, high=1)


class VibeNet(MeanOutput):
    name = "vibenet"
    title = "Mood and sound (VibeNet)"
    group = "mood"
    description = (
        "Seven descriptors of the kind that Spotify has, which a network learnt from Echo Nest's labels of the Free "
        "Music Archive: the mean over windows of 30 s. Each window is scaled to one level first, which VibeNet's own "
        "package does not do, so the values do not depend on how loud the audio is: from the package's they differ by "
        "0.02 on average at the usual level of music, and more for quiet audio, to which the package is less right."
    )
    citation = VIBENET.citation
    licence = VIBENET.licence
    result = VibeNetResult
    partial = VibeNetResult
    shortest = 0.1
    network = VIBENET.name
    features = (Vibes(),)

    def finish(self) -> VibeNetResult:
        return VibeNetResult(**dict(zip(FIELDS, self.mean(), strict=True)))

    @classmethod
    def unavailable(cls) -> str | None:
        return missing(VIBENET) or super().unavailable()
