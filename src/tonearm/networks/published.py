"""What MTG publishes that runs here, and which of it the Essentia API's names mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tonearm.networks.naming import split, task

ADDRESS = "https://essentia.upf.edu/models"

TASKS = {
    "genre_mtgjamendo": "mtg_jamendo_genre",
    "instrument_mtgjamendo": "mtg_jamendo_instrument",
    "moodtheme": "mtg_jamendo_moodtheme",
    "top50tags": "mtg_jamendo_top50tags",
    "acousticness": "mood_acoustic",
    "electronicness": "mood_electronic",
    "approachability": "approachability_2c",
    "engagement": "engagement_2c",
    "arousal_valence": "emomusic",
}
"""Names of the service, and short ones, for tasks that MTG's files name differently."""

ALIASES = {"genre_discogs400": ("genre_discogs_400",)}

PREFERENCE = (
    "discogs-effnet",
    "musicnn-msd",
    "msd-musicnn",
    "audioset-vggish",
    "audioset-yamnet",
    "deeptemp-k16",
    "deeptemp_k24",
    "deeptemp_k8",
)
"""Which variant a task's own name means: the first of these that can run here."""


@dataclass(frozen=True)
class Published:
    """One network at MTG: paths below ADDRESS, and the sha256 of each file if it is known."""

    metadata: str
    metadata_sha256: str | None
    weights: str
    weights_sha256: str | None

    @property
    def stem(self) -> str:
        return self.metadata.rpartition("/")[2].removesuffix(".json")

    @property
    def is_head(self) -> bool:
        return self.metadata.startswith("classification-heads/")

    @property
    def embeds(self) -> bool:
        return not self.is_head and not self.metadata.startswith("tempo/")

    @property
    def embedding(self) -> str | None:
        """The stem of the network that a head takes its embeddings from, read from the head's name; None for others."""
        if not self.is_head:
            return None
        base = self.stem.removeprefix(f"{task(self.stem)}-").rpartition("-")[0]
        return next((other.stem for other in published() if not other.is_head and _base(other.stem) == base), None)


def _base(stem: str) -> str:
    return stem.rpartition("-")[0].removesuffix("-bs64")


def published_base(stem: str) -> str | None:
    """The stem of the network that a published head takes its embeddings from; None for any other."""
    return next((each.embedding for each in published() if each.stem == stem), None)


@cache
def published() -> tuple[Published, ...]:
    lines = files("tonearm.networks").joinpath("published.txt").read_text("utf-8").splitlines()
    fields = [line.split() for line in lines if line and not line.startswith("#")]
    return tuple(
        Published(metadata, _known(metadata_sha256), weights, _known(weights_sha256))
        for metadata, metadata_sha256, weights, weights_sha256 in fields
    )


def _known(sha256: str) -> str | None:
    return None if sha256 == "-" else sha256


def is_isc(stem: str, weights_sha256: str | None) -> bool:
    """Whether weights of MTG's are known to be under the ISC licence too.

    Those of msd-musicnn-1 are, tensor by tensor, those of MSD_musicnn in the package musicnn 0.1.0 (ISC, © Music
    Technology Group, Universitat Pompeu Fabra 2019).
    """
    known = next(each.weights_sha256 for each in published() if each.stem == "msd-musicnn-1")
    return stem == "msd-musicnn-1" and weights_sha256 == known


def preference(stem: str) -> int:
    """The place of a variant among those of its task, the first one best."""
    base = stem.removeprefix(f"{task(stem)}-")
    places = (place for place, start in enumerate(PREFERENCE) if base.startswith(start) or stem.startswith(start))
    return next(places, len(PREFERENCE))


def short_name(asked: str) -> str:
    """The name under which a task is asked for: the service's name if it has one."""
    return next((name for name, meant in TASKS.items() if meant == asked), asked)


def find(name: str) -> Published | None:
    """The network that a name of its files, its model or its embedding means, or the preferred one for a task."""
    asked = name.lower().replace("-", "_").removeprefix("embedding_")
    exact = [each for each in published() if asked in {split(each.stem)[0], each.stem.replace("-", "_")}]
    if exact:
        return exact[0]
    wanted = TASKS.get(next((own for own, others in ALIASES.items() if asked in others), asked), asked)
    if wanted == "tempocnn":
        return next(each for each in published() if each.stem == "deeptemp-k16-3")
    variants = [each for each in published() if each.is_head and task(each.stem) == wanted]
    return min(variants, key=lambda each: preference(each.stem), default=None)
