"""Files that were published become an installed pack: got, checked, and moved in at once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tonearm.networks.download import Progress
from tonearm.networks.free.answers import check
from tonearm.networks.free.installed import unfinished
from tonearm.networks.free.obtain import obtain
from tonearm.networks.free.projects import Project, Wheel
from tonearm.networks.pack import PackError
from tonearm.networks.store import PROVENANCE, Provenance, Store, sha256


def install(
    project: Project, store: Store, given: Path | None, progress: Progress, seconds: float | None = None
) -> Provenance:
    """Install all networks of a project, from the folder `given` if there is one; see `obtain` for `seconds`.

    Raises PackError if they are not to be had, are other files than were published, or answer otherwise than the
    original; OSError if the disk is full or cannot be written to.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix=unfinished(os.getpid())) as scratch:
        prepared = Path(scratch) / project.name
        prepared.mkdir()
        obtain(project, prepared, given, progress, seconds)
        provenance = Provenance(
            sha256={network.file: network.sha256 for network in project.networks},
            source=str(project.source) if given is None else str(given.resolve()),
            source_sha256=project.source.sha256 if isinstance(project.source, Wheel) else None,
            difference=max(check(network, prepared / network.file) for network in project.networks),
            licence=project.licence,
            authors=project.authors,
            citation=project.citation,
            changed=project.changed,
        )
        (prepared / PROVENANCE).write_text(provenance.model_dump_json(indent=1) + "\n")
        store.move_in(prepared)
    return provenance


def verify(project: Project, folder: Path) -> None:
    """Raises PackError if a file is another than was published, or a network answers otherwise than the original."""
    for network in project.networks:
        weights = folder / network.file
        if not weights.is_file():
            raise PackError(f"{project.name} has no {network.file}: run `tonearm models pull {project.name}`.")
        if sha256(weights) != network.sha256:
            raise PackError(f"{network.file} has changed since it was installed: its sha256 differs.")
        check(network, weights)
