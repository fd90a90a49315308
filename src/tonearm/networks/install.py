"""Original weights become an installed pack: converted if need be, optimised, checked, and moved in at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from tonearm.networks.free.installed import unfinished
from tonearm.networks.original import Installed, Original
from tonearm.networks.pack import LICENCE, PackError, read
from tonearm.networks.published import is_isc
from tonearm.networks.session import Session, optimise
from tonearm.networks.store import PROVENANCE, Provenance, Store, read_folder, sha256

_CLOSE = 1e-3
"""How far a converted network may be from its original: ten times what changed orders of sums explain."""


def install(originals: Sequence[Original], store: Store) -> Iterator[tuple[str, Installed | PackError]]:
    """Install each by itself, and yield its stem with the outcome: one that fails leaves the others alone.

    Raises OSError, and stops, if the disk is full or cannot be written to.
    """
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix=unfinished(os.getpid())) as folder:
        prepared: list[tuple[Original, Path]] = []
        # Heads last: the networks whose embeddings they take are installed by then.
        for original in sorted(originals, key=_is_head):
            try:
                prepared.append((original, _prepare(original, Path(folder))))
            except PackError as error:
                yield original.stem, error
        frozen = [(original, target) for original, target in prepared if original.weights.suffix == ".pb"]
        failures = _convert(frozen) if frozen else {}
        for original, target in prepared:
            try:
                if original.stem in failures:
                    raise PackError(failures[original.stem])
                provenance = _finish(original, target)
                pack = store.install(target)
            except PackError as error:
                yield original.stem, error
            else:
                base = Store(store.folder).base(pack)
                yield pack.stem, Installed(pack, provenance, pack.embedding if base is None else None)


def _is_head(original: Original) -> bool:
    try:
        return read(original.metadata).embedding is not None
    except PackError:
        return False


def _prepare(original: Original, folder: Path) -> Path:
    if original.weights.suffix not in {".pb", ".onnx"}:
        raise PackError(f"{original.weights.name} is neither a frozen graph (.pb) nor ONNX.")
    read(original.metadata)
    target = folder / original.stem
    target.mkdir()
    shutil.copyfile(original.metadata, target / f"{original.stem}.json")
    if original.weights.suffix == ".onnx":
        shutil.copyfile(original.weights, target / f"{original.stem}.onnx")
    return target


def _convert(frozen: Sequence[tuple[Original, Path]]) -> dict[str, str]:
    """Run tf2onnx on all, in an environment that is thrown away afterwards. Returns what failed, by stem."""
    with _environment() as python, tempfile.TemporaryDirectory() as scratch:
        jobs = Path(scratch) / "jobs"
        with jobs.open("w") as lines:
            for original, target in frozen:
                pack = read(target / f"{original.stem}.json")
                job = {
                    "graph": str(original.weights.resolve()),
                    "onnx": str(pack.weights),
                    "check": str(target / "check.npz"),
                    "inputs": [pack.input],
                    "outputs": [name for name in (pack.predictions, pack.embeddings) if name],
                }
                lines.write(json.dumps(job) + "\n")
        with as_file(files("tonearm.networks") / "frozen.py") as script:
            done = subprocess.run(  # noqa: S603  # our own script
                [python, str(script), str(jobs)],
                capture_output=True,
                text=True,
                env={"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "HOME": scratch},
            )
    outcomes = {Path(told["onnx"]).stem: told.get("error") for told in map(json.loads, done.stdout.splitlines())}
    crashed = f"the conversion ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
    errors = {original.stem: outcomes.get(original.stem, crashed) for original, _ in frozen}
    return {stem: f"{stem} could not be converted: {error}" for stem, error in errors.items() if error}


@contextmanager
def _environment() -> Iterator[str]:
    """The Python of a fresh environment with TensorFlow and tf2onnx; it needs about 2 GB of disk while it exists."""
    with tempfile.TemporaryDirectory(prefix="tonearm-conversion-") as folder:
        subprocess.run([sys.executable, "-P", "-m", "venv", folder], check=True)  # noqa: S603
        python = str(Path(folder) / "bin" / "python")
        with as_file(files("tonearm.networks") / "conversion.txt") as requirements:
            pip = [python, "-P", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
            done = subprocess.run([*pip, "-r", str(requirements)], capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise PackError(
                f"TensorFlow and tf2onnx could not be installed for the conversion: {done.stderr.strip()[-500:]}"
            )
        yield python


def _finish(original: Original, target: Path) -> Provenance:
    """Optimise and check a converted network, and record its provenance. Raises PackError if it differs too much."""
    pack = read_folder(target)
    difference = None
    check = target / "check.npz"
    if check.exists():
        optimise(pack.weights)
        difference = _difference(Session(pack), check)
        check.unlink()
        if not difference <= _CLOSE:
            raise PackError(
                f"{pack.stem} was not converted accurately: it differs by {difference:g} from the original."
            )
    else:
        Session(pack)
    source_sha256 = sha256(original.weights)
    provenance = Provenance(
        sha256={file.name: sha256(file) for file in (pack.metadata, pack.weights)},
        source=original.source,
        source_sha256=source_sha256,
        converted=None if difference is None else "tf2onnx 1.17, TensorFlow 2.21",
        difference=difference,
        licence="ISC" if is_isc(pack.stem, source_sha256) else LICENCE,
    )
    (target / PROVENANCE).write_text(provenance.model_dump_json(indent=1) + "\n")
    return provenance


def _difference(network: Session, check: Path) -> float:
    with np.load(check) as arrays:
        found = network.run(arrays["given"])
        expected = [arrays[name].reshape(len(found), -1) for name in sorted(arrays.files) if name != "given"]
    return float(np.abs(found - np.concatenate(expected, axis=1)).max())
