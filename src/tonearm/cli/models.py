"""`tonearm models`: which there are, and getting the networks among them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from tonearm.cli.pulling import agree, complain, download_original, install_originals, out, pull_free, wanted_networks
from tonearm.config import Settings
from tonearm.networks.download import InterruptedDownload
from tonearm.networks.free import defaults, projects
from tonearm.networks.free.installed import folder, installed
from tonearm.networks.free.projects import Project
from tonearm.networks.naming import split
from tonearm.networks.original import Original
from tonearm.networks.pack import Pack, PackError
from tonearm.networks.published import ADDRESS, find
from tonearm.networks.store import Store

app = typer.Typer(no_args_is_help=True, help="List models, and install networks.")


@app.command("list")
def list_models(
    every: Annotated[bool, typer.Option("--all", help="Every model by itself, also those not installed.")] = False,
) -> None:
    """What can be asked for here, and which networks can be had."""
    from tonearm.cli.model_list import by_itself, networks, ready
    from tonearm.pipeline.registry import catalog

    cards = catalog().cards
    if every:
        out.print(by_itself(cards))
        return
    models = _store().folder
    out.print(ready(cards))
    out.print()
    out.print(networks(cards, models))
    out.print()
    if defaults.absent(models):
        out.print("`tonearm models pull defaults` installs the default networks that are missing.")
    out.print("`tonearm models show NAME` tells more; `list --all` names every model.")


@app.command()
def show(name: Annotated[str, typer.Argument(help="A model or a network.")]) -> None:
    """Licence and citation of a model, and where its network came from."""
    from tonearm.cli.model_info import facts

    told = facts(name, _store())
    if not told:
        complain(PackError(f"{name} is not a known model. `tonearm models list --all` lists them."))
        raise typer.Exit(1)
    for what, words in told:
        out.print(f"{what:<10} {escape(words)}")


@app.command()
def pull(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Models or networks, such as danceability; defaults for the default networks that are missing."
        ),
    ],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the licence without a prompt.")
    ] = False,
    address: Annotated[str, typer.Option(envvar="TONEARM_MODELS_URL", help="Base URL of MTG's networks.")] = ADDRESS,
    given: Annotated[
        Path | None,
        typer.Option("--from", help="Folder with the published files, in place of a download.", exists=True),
    ] = None,
) -> None:
    """Download networks, check and install them; those of MTG are converted where they are TensorFlow's.

    A running server sees them after a restart.

        tonearm models pull defaults

        tonearm models pull vibenet musicnn

        tonearm models pull danceability mood_happy
    """
    store = _store()
    free = [project for name in names if (project := projects.find(name)) is not None]
    if defaults.NAME in names:
        absent = defaults.absent(store.folder)
        free += absent
        if not absent:
            out.print("All default networks are installed.")
    others = [name for name in names if name != defaults.NAME and projects.find(name) is None]
    wanted = wanted_networks(others, store)
    if wanted and given is not None:
        complain(PackError("--from is not for networks of MTG: `tonearm models convert FOLDER` installs those."))
        raise typer.Exit(1)
    failed = False
    for project in dict.fromkeys(free):
        failed |= pull_free(project, store, given)
    if not wanted:
        raise typer.Exit(int(failed))
    agree(store, accept_licence)
    originals = []
    for network in wanted:
        try:
            originals.append(download_original(network, address.rstrip("/"), store))
        except InterruptedDownload as error:
            failed |= complain(PackError(f"{error}. Run the command again to resume."))
        except PackError as error:
            failed |= complain(error)
    failed |= install_originals(originals, store)
    for original in originals:
        if original.stem in Store(store.folder).packs:
            original.metadata.unlink()
            original.weights.unlink()
    raise typer.Exit(int(failed))


@app.command()
def convert(
    folder: Annotated[
        Path, typer.Argument(help="Folder with metadata (.json) next to weights (.pb or .onnx).", exists=True)
    ],
) -> None:
    """Install networks from a folder on this machine, without the net but for the converter's packages."""
    originals = []
    failed = False
    for metadata in sorted(folder.rglob("*.json")):
        weights = next((file for suffix in (".onnx", ".pb") if (file := metadata.with_suffix(suffix)).is_file()), None)
        if weights is not None:
            originals.append(Original(metadata, weights, str(weights.resolve())))
    if not originals:
        failed = complain(PackError(f"{folder} has no metadata (.json) next to weights of the same name (.pb, .onnx)."))
    failed |= install_originals(originals, _store())
    raise typer.Exit(int(failed))


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Networks to verify; all of them by default.")] = None,
) -> None:
    """Check that the installed networks are the files that were installed, and that they load."""
    store = _store()
    failed = False
    free, packs = _installed(names, store) if names else (installed(store.folder), list(store.packs.values()))
    for project in free:
        failed |= _verify_free(project, store)
    for pack in packs:
        try:
            store.verify(pack)
        except PackError as error:
            failed |= complain(error)
        else:
            unknown = store.provenance(pack.folder) is None
            out.print(f"{pack.stem}: loads, but its origin is unknown" if unknown else f"{pack.stem}: good")
    for broken in store.broken.values():
        failed |= complain(broken)
    raise typer.Exit(int(failed))


@app.command()
def remove(names: Annotated[list[str], typer.Argument(help="Networks to remove.")]) -> None:
    """Remove installed networks. No start of a server brings them back."""
    store = _store()
    free, packs = _installed(names, store)
    for project in free:
        defaults.remember(project, store.folder)
    for stem, place in [
        *((project.name, folder(project, store.folder)) for project in free),
        *((pack.stem, pack.folder) for pack in packs),
    ]:
        store.remove(place)
        out.print(f"{stem}: removed")


def _store() -> Store:
    return Store(Settings().models_dir)


def _verify_free(project: Project, store: Store) -> bool:
    """Whether anything is wrong with it."""
    from tonearm.networks.free.install import verify

    try:
        verify(project, folder(project, store.folder))
    except PackError as error:
        return complain(error)
    out.print(f"{project.name}: good")
    return False


def _installed(names: list[str], store: Store) -> tuple[list[Project], list[Pack]]:
    """What the names mean: projects with a free licence, and networks of MTG. Ends if one is not there."""
    free, found = [], []
    for name in names:
        project = projects.find(name)
        if project is not None and folder(project, store.folder).is_dir():
            free.append(project)
            continue
        known = find(name)
        asked = {name, name.replace("-", "_"), *([known.stem] if known else [])}
        pack = next((pack for pack in store.packs.values() if asked & {pack.stem, split(pack.stem)[0]}), None)
        if pack is None:
            complain(PackError(f"{name} is not installed here."))
            raise typer.Exit(1)
        found.append(pack)
    return free, found
