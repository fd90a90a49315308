"""What a catalogue costs: CPU seconds per minute of audio by `tonearm batch`, and where 1, 10 and 100 nodes get stuck.

`python -m bench.fleet` measures, simulates, and writes bench/results/fleet.json. What it supposes is in `Fleet`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from rich.console import Console
from rich.table import Table
from tests.support.documents.world import mp3

from bench.process import cpu_seconds
from bench.simulation import Fleet, Outcome, simulate
from tonearm.parquet.known import Known
from tonearm.parquet.parts import Parts
from tonearm.parquet.tables import Tables
from tonearm.parquet.track import key_of
from tonearm.parquet.writer import Writer
from tonearm.pipeline.registry import catalog
from tonearm.protocol.spec import parse
from tonearm.results.analysis import Analysis
from tonearm.results.requested import requested_models
from tonearm.sample import sample_track

RESULTS = Path(__file__).parent / "results" / "fleet.json"
MINUTES = 4.0
SETS = {
    "digest alone": "audio",
    "key, beats, loudness": "audio,key:2,beats,loudness_ebur128:2",
    "with chords, curves, waveform": "audio,key:2,beats,loudness_ebur128:2(curves=true),chords:2,waveform",
}
NODES = (1, 10, 100)
_FEW, _MANY = 2, 10
"""Tracks of the two runs of which the difference is taken: what a start costs is in both."""
_LOOK_SECONDS = 0.05
_WRITTEN = 4000
_ROUNDS = 3


@dataclass(frozen=True)
class Measured:
    """CPU seconds of a track of MINUTES minutes, in workers and in the main process."""

    models: str
    worker: float
    handing: float
    """Of the main process: reading the audio, handing it out, and taking the results."""
    writing: float
    """Of the main process: the rows and the parts."""
    output_bytes: float

    @property
    def cpu(self) -> float:
        return self.worker + self.handing + self.writing

    @property
    def tracks_per_core_hour(self) -> float:
        return 3600 / self.cpu

    def cost_per_million(self, per_core_hour: float) -> float:
        return 1e6 / self.tracks_per_core_hour * per_core_hour


def measure(models: str, folder: Path) -> Measured:
    files = sorted(folder.iterdir())
    few, many = ([_run(files[:tracks], models) for _ in range(_ROUNDS)] for tracks in (_FEW, _MANY))
    # Whatever else runs on the machine only adds to the time.
    worker = (min(run.workers for run in many) - min(run.workers for run in few)) / (_MANY - _FEW)
    main = (min(run.main for run in many) - min(run.main for run in few)) / (_MANY - _FEW)
    writing, size = min(_written(models, many[0].analysis) for _ in range(_ROUNDS))
    return Measured(models, worker, main, writing, size)


@dataclass(frozen=True)
class _Run:
    workers: float
    main: float
    analysis: Analysis
    """Of one of the tracks."""


def _run(files: list[Path], models: str) -> _Run:
    """CPU seconds, without those of writing: `analyze` hands out and takes results as `batch` does."""
    command = [sys.executable, "-m", "tonearm", "analyze", *map(str, files), "--models", models, "--format", "json"]
    with TemporaryFile() as output, subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL) as process:
        main = 0.0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            main = cpu_seconds(process.pid)
            time.sleep(_LOOK_SECONDS)
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        output.seek(0)
        line = json.loads(output.readline())
    analysis = Analysis(results=line["results"], errors=[], warnings=[])
    return _Run(usage.ru_utime + usage.ru_stime - main, main, analysis)


def _written(models: str, analysis: Analysis) -> tuple[float, float]:
    """CPU seconds and bytes of a track in parts as they are when a run has lasted a while."""
    known = catalog()
    tables = Tables(requested_models(known, known.resolve(parse(models))))
    with TemporaryDirectory() as folder, closing(Parts(Path(folder))) as parts:
        writer = Writer(parts, tables, Known(parts, lambda names: [True] * len(names)))
        begun = time.process_time()
        for number in range(_WRITTEN):
            audio = {**analysis.results["audio"], "digest": key_of(str(number)).hex()}
            results = analysis.model_copy(update={"results": {**analysis.results, "audio": audio}})
            writer.add(f"/archive/{number:06}.mp3", 1, results)
        writer.flush()
        spent = time.process_time() - begun
        size = sum(part.stat().st_size for part in Path(folder).rglob("*.parquet"))
    return spent / _WRITTEN, size / _WRITTEN


def main() -> None:
    audio = mp3(sample_track(60 * MINUTES))
    with TemporaryDirectory() as folder:
        for number in range(_MANY):
            (Path(folder) / f"{number:02}.mp3").write_bytes(audio)
        measured = {name: measure(models, Path(folder)) for name, models in SETS.items()}
    fleet = Fleet(track_bytes=len(audio))
    simulated: dict[str, list[Outcome]] = {}
    for name, each in measured.items():
        simulated[f"{name}: one `tonearm batch` for all nodes, which only writes"] = [
            simulate(fleet, nodes, each.worker, each.writing, 1) for nodes in NODES
        ]
        simulated[f"{name}: one `tonearm batch` on each node"] = [
            simulate(fleet, nodes, each.worker, each.handing + each.writing, nodes) for nodes in NODES
        ]
    Console(width=150).print(_costs(measured, fleet), *(_nodes(name, each) for name, each in simulated.items()))
    RESULTS.write_text(
        json.dumps(
            {
                "fleet": asdict(fleet),
                "minutes": MINUTES,
                "measured": {name: asdict(each) for name, each in measured.items()},
                "simulated": {name: [asdict(each) for each in some] for name, some in simulated.items()},
            },
            indent=1,
        )
        + "\n"
    )


def _costs(measured: dict[str, Measured], fleet: Fleet) -> Table:
    table = Table(title=f"a track of {MINUTES:g} minutes, MP3 at 128 kbit/s", title_justify="left")
    for heading in (
        "models",
        "CPU s",
        "handing",
        "writing",
        "CPU s/min",
        "tracks/h/core",
        "core h/million",
        "cost/million",
        "kB",
    ):
        table.add_column(heading, justify="left" if heading == "models" else "right")
    for name, each in measured.items():
        table.add_row(
            name,
            f"{each.cpu:.2f}",
            f"{each.handing:.4f}",
            f"{each.writing:.4f}",
            f"{each.cpu / MINUTES:.3f}",
            f"{each.tracks_per_core_hour:,.0f}",
            f"{1e6 / each.tracks_per_core_hour:,.0f}",
            f"{each.cost_per_million(fleet.price_per_core_hour):,.2f}",
            f"{each.output_bytes / 1000:.1f}",
        )
    return table


def _nodes(name: str, outcomes: list[Outcome]) -> Table:
    table = Table(title=name, title_justify="left")
    for heading in ("nodes", "tracks/h", "of linear", "busiest", "cores", "main", "network"):
        table.add_column(heading, justify="left" if heading == "busiest" else "right")
    for each in outcomes:
        table.add_row(
            str(each.nodes),
            f"{each.tracks_per_hour:,.0f}",
            f"{each.efficiency:.0%}",
            each.bottleneck,
            *(f"{share:.0%}" for share in each.busy.values()),
        )
    return table


if __name__ == "__main__":
    main()
