"""The models folder: one folder for each network, with its metadata, its weights and where they came from.

<models>/danceability-discogs-effnet-1/danceability-discogs-effnet-1.json   as MTG published it
                                       danceability-discogs-effnet-1.onnx
                                       provenance.json                      absent if somebody put the folder there
<models>/vibenet/efficientnet_model.onnx                                    a project of `networks.free`
                 provenance.json
<models>/first-use.json                                                     sha256 of every file pulled so far
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ValidationError

from tonearm.networks.free.projects import PROJECTS
from tonearm.networks.pack import LICENCE, Pack, PackError, read
from tonearm.networks.published import is_isc

PROVENANCE = "provenance.json"


class Provenance(BaseModel):
    """Where the files of a pack came from, and what they were when they came."""

    sha256: dict[str, str]
    """By file name, of the files as they lie in the folder."""
    source: str
    """Address or path of the original weights."""
    source_sha256: str | None = None
    """Of the original weights, or of the wheel that had them; None if that is no single file."""
    converted: str | None = None
    """The versions that converted it; None if the original was ONNX already."""
    difference: float | None = None
    """The largest one between this network's answers and the original's."""
    licence: str = LICENCE
    authors: str | None = None
    citation: str | None = None
    changed: str | None = None
    """What was changed in the files."""


@dataclass(frozen=True)
class Store:
    folder: Path

    @cached_property
    def packs(self) -> dict[str, Pack]:
        """Every network in the folder by its stem. A folder that holds none is left out; `broken` says why."""
        return self._found[0]

    @property
    def broken(self) -> dict[str, PackError]:
        """Folders whose networks cannot be used, by name."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[str, Pack], dict[str, PackError]]:
        packs: dict[str, Pack] = {}
        broken: dict[str, PackError] = {}
        for folder in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if not folder.is_dir() or folder.name.startswith(".") or folder.name in PROJECTS:
                continue
            try:
                pack = read_folder(folder)
                packs[pack.stem] = pack
            except PackError as error:
                broken[folder.name] = error
        return packs, broken

    def base(self, pack: Pack) -> Pack | None:
        """The network whose embeddings a head takes; None if it is not installed."""
        return self.packs.get(pack.embedding) if pack.embedding else None

    def provenance(self, folder: Path) -> Provenance | None:
        """Of the pack in a folder, None if there is none. Raises PackError if it cannot be read."""
        try:
            return Provenance.model_validate_json((folder / PROVENANCE).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise PackError(f"{PROVENANCE} of {folder.name} cannot be read: {error}") from error

    def licence(self, pack: Pack) -> str:
        """Of its weights, as far as their origin tells."""
        try:
            provenance = self.provenance(pack.folder)
        except PackError:
            return LICENCE
        return "ISC" if provenance and is_isc(pack.stem, provenance.source_sha256) else LICENCE

    def verify(self, pack: Pack) -> None:
        """Raises PackError if a file has changed since it was installed, or the network does not load."""
        from tonearm.networks.session import Session

        provenance = self.provenance(pack.folder)
        for name, expected in provenance.sha256.items() if provenance else ():
            if sha256(pack.folder / name) != expected:
                raise PackError(f"{name} has changed since it was installed: its sha256 differs.")
        Session(pack)

    def install(self, prepared: Path) -> Pack:
        """Move a complete folder in atomically: a reader sees the old one or the new one.

        Raises PackError if the folder does not hold one network.
        """
        return read_folder(self.move_in(prepared))

    def move_in(self, prepared: Path) -> Path:
        """Move a complete folder in atomically, whatever it holds. Returns where it is then."""
        target = self.folder / prepared.name
        # Two processes may install the same.
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if target.exists():
                old = prepared.parent / f".{prepared.name}.old"
                target.rename(old)
                prepared.rename(target)
                shutil.rmtree(old)
            else:
                prepared.rename(target)
        return target

    def remove(self, folder: Path) -> None:
        # Out of sight first: a folder half removed must not be taken for a network.
        gone = folder.with_name(f".{folder.name}.removed")
        folder.rename(gone)
        shutil.rmtree(gone)

    @property
    def _first_use(self) -> Path:
        return self.folder / "first-use.json"

    def check_first_use(self, address: str, found: str) -> None:
        """Record the sha256 of a file that is pulled for the first time. Raises PackError if it changed since."""
        recorded: dict[str, str] = json.loads(self._first_use.read_bytes()) if self._first_use.exists() else {}
        if recorded.setdefault(address, found) != found:
            raise PackError(
                f"{address} has changed since it was first pulled (sha256 {found}, then "
                f"{recorded[address]}). If you trust the new one, remove its line from {self._first_use}."
            )
        replacement = self._first_use.with_suffix(".new")
        replacement.write_text(json.dumps(recorded, indent=1) + "\n")
        replacement.rename(self._first_use)


def read_folder(folder: Path) -> Pack:
    """The network in a folder. Raises PackError unless it holds one metadata file, with weights of the same name."""
    candidates = [file for file in folder.glob("*.json") if file.name != PROVENANCE]
    if len(candidates) != 1:
        raise PackError(f"{folder.name} has {len(candidates)} metadata files, and needs one.")
    pack = read(candidates[0])
    if not pack.weights.is_file():
        raise PackError(f"{folder.name} has no {pack.weights.name}: convert the weights with `tonearm models convert`.")
    return pack


def sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def weights(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of each installed network, by folder and file."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob(f"*/{PROVENANCE}")):
        hashes = Provenance.model_validate_json(path.read_bytes()).sha256
        found |= {f"{path.parent.name}/{name}": digest for name, digest in hashes.items()}
    return found
