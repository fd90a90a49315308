from __future__ import annotations

import io

from tonearm.cli.so_far import SoFar
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.messages import Partial
from tonearm.protocol.spec import parse
from tonearm.sample import BPM, sample_track


def test_a_line_has_key_tempo_and_loudness() -> None:
    found: list[Event] = []

    def tell(make: object) -> bool:
        assert callable(make)
        found.extend(make())
        return True

    for models in ("key,bpm_degara,loudness_ebur128", "key:2,beats,loudness_ebur128:2,waveform"):
        job = Job(tasks=catalog().resolve(parse(models)), partial_seconds=1)
        found.clear()
        list(analyze(io.BytesIO(sample_track(20)).read, job, tell=tell))
        so_far = SoFar()
        for event in found:
            so_far.take(Partial.model_validate_json(event.data))
        at, *words = str(so_far).split(" · ")
        assert at == "0:00:20"
        assert "A minor" in words
        tempo = next(word.removesuffix(" bpm") for word in words if word.endswith(" bpm"))
        assert abs(float(tempo) - BPM) < 1
        assert any(word.endswith(" LUFS") for word in words)
        assert len(words) == 3
