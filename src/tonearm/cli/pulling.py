"""Getting networks: downloads with a bar, and what is told of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tonearm.networks.download import download
from tonearm.networks.free.projects import Project
from tonearm.networks.original import Installed, Original
from tonearm.networks.pack import LICENCE, PackError
from tonearm.networks.published import Published, find, published
from tonearm.networks.store import Store, sha256

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_TERMS = f"""The networks are published by the Music Technology Group, Universitat Pompeu Fabra, under {LICENCE}:
give credit to the authors, do not use them commercially, and share adaptations under the same licence.
https://creativecommons.org/licenses/by-nc-sa/4.0/ (for other uses, ask the MTG for a licence)"""

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())


def complain(error: PackError) -> bool:
    err.print(f"tonearm: {escape(str(error))}")
    return True


def pull_free(project: Project, store: Store, given: Path | None) -> bool:
    """Whether it failed."""
    from tonearm.networks.free.install import install

    try:
        with Progress(*_COLUMNS, console=err, transient=True) as progress:
            task = progress.add_task(project.name, total=None)
            provenance = install(project, store, given, partial(_show, progress, task))
    except PackError as error:
        return complain(error)
    except OSError as error:
        return complain(PackError(f"{store.folder}: {error.strerror}."))
    out.print(
        f"{project.name}: installed, at most {provenance.difference:.1g} from the original. "
        f"{project.authors}, {project.licence}"
    )
    return False


def wanted_networks(names: list[str], store: Store) -> list[Published]:
    """The networks that are meant, each after the one it stands on."""
    wanted: list[Published] = []
    for name in names:
        network = find(name)
        if network is None:
            complain(PackError(f"{name} is not a known network. `tonearm models list --all` lists them."))
            raise typer.Exit(1)
        base = next((other for other in published() if other.stem == network.embedding), None)
        for each in (base, network):
            if each is not None and each not in wanted and (each is network or each.stem not in store.packs):
                wanted.append(each)
    return wanted


def agree(store: Store, accepted: bool) -> None:
    """Show the licence and ask, once for this models folder."""
    store.folder.mkdir(parents=True, exist_ok=True)
    record = store.folder / "licence-accepted"
    if not record.exists():
        err.print(_TERMS)
        if not accepted:
            typer.confirm("Do you accept the licence?", abort=True, err=True)
        record.write_text(f"{LICENCE}\n")


def download_original(network: Published, address: str, store: Store) -> Original:
    folder = store.folder / ".downloads"
    folder.mkdir(exist_ok=True)
    targets = []
    with Progress(*_COLUMNS, console=err, transient=True) as progress:
        for path, expected in ((network.metadata, network.metadata_sha256), (network.weights, network.weights_sha256)):
            target = folder / f"{network.stem}.{path.rpartition('.')[2]}"
            task = progress.add_task(target.name, total=None)
            download(f"{address}/{path}", target, expected, partial(_show, progress, task))
            if expected is None:
                store.check_first_use(f"{address}/{path}", sha256(target))
            targets.append(target)
    return Original(targets[0], targets[1], f"{address}/{network.weights}")


def _show(progress: Progress, task: TaskID, done: int, total: int | None) -> None:
    progress.update(task, completed=done, total=total)


def install_originals(originals: list[Original], store: Store) -> bool:
    """Whether any failed."""
    # Deferred: onnxruntime would slow every other command down.
    from tonearm.networks.install import install

    failed = False
    if any(original.weights.suffix == ".pb" for original in originals):
        err.print("Converting TensorFlow graphs in a separate environment; this takes a few minutes …")
    try:
        for stem, outcome in install(originals, store):
            if isinstance(outcome, Installed):
                out.print(_told(stem, outcome))
            else:
                failed |= complain(outcome)
    except PackError as error:
        failed |= complain(error)
    except OSError as error:
        failed |= complain(PackError(f"{store.folder}: {error.strerror}."))
    return failed


def _told(stem: str, installed: Installed) -> str:
    difference = installed.provenance.difference
    checked = "" if difference is None else f", at most {difference:.1g} from the original"
    waiting = "" if installed.waits_for is None else f"; needs {installed.waits_for} too"
    return f"{stem}: installed{checked}{waiting}"
