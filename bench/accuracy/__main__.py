"""Ask every system about every labelled recording, print the figures, write them into bench/results/ and docs/."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from bench.accuracy.asking import ask
from bench.accuracy.cost import cost
from bench.accuracy.figures import rows
from bench.accuracy.recordings import read
from bench.accuracy.report import Report
from bench.accuracy.sounds import write
from bench.accuracy.systems.everyone import everyone
from bench.accuracy.text import markdown, tables, wins
from bench.page import fill_in
from bench.process import commit
from tonearm.config import Settings
from tonearm.networks.free.installed import installed

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "bench" / "results" / "accuracy.json"
PAGE = ROOT / "docs" / "accuracy.md"
SHARED = ROOT.parent / "shared" / "audio"
MODELS = ("key:2", "beats:1")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--recordings", type=Path, action="append", default=[], metavar="DIR", help="another folder")
    given = parser.parse_args()
    console = Console(width=180)
    report = measure([SHARED, *given.recordings])
    for table in tables(report):
        console.print(table)
    console.print("\n".join(wins(report)), markup=False)
    RESULT.write_text(report.model_dump_json(indent=1) + "\n")
    fill_in(PAGE, "make accuracy", [markdown(report)])
    console.print(f"written: {RESULT}, {PAGE}")


def measure(folders: list[Path]) -> Report:
    systems, absent = everyone()
    left_out = [f"{name} is not here, and has no column." for name in absent]
    left_out += [
        f"{folder.name} is not there, and its recordings are missing." for folder in folders if not folder.is_dir()
    ]
    with tempfile.TemporaryDirectory() as folder:
        recordings = [*read(folders), *write(Path(folder))]
        answers = ask(systems, recordings)
    found = rows(systems, answers)
    names = [system.name for system in systems]
    given = {
        section: [name for name in names if any(name in row.cells for row in found if row.section == section)]
        for section in dict.fromkeys(row.section for row in found)
    }
    failures = {name: sum(each.failure is not None for each in answers[name].values()) for name in names}
    return Report(
        commit=commit(),
        machine=f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}",
        networks=sorted(project.name for project in installed(Settings().models_dir)),
        versions={system.name.split()[0]: system.version for system in systems if system.version is not None},
        sets=dict(Counter(recording.set for recording in recordings)),
        systems=given,
        rows=found,
        cost=cost(",".join(MODELS)),
        failures={name: count for name, count in failures.items() if count},
        left_out=left_out,
    )


if __name__ == "__main__":
    main()
