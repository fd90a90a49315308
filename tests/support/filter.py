"""The filter, run in this process."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.caps import Caps
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse


@dataclass
class Outcome:
    events: list[dict[str, Any]]

    @property
    def statuses(self) -> list[str]:
        return [event["status"] for event in self.events]

    @property
    def results(self) -> dict[str, Any]:
        found = [event["result"] for event in self.events if event["status"] == "completed"]
        return {f"{result['model_name']}:{result['model_version']}": result["results"] for result in found}

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["status"] == "error"]


def run(data: bytes, models: str, caps: Caps | None = None) -> Outcome:
    job = Job(tasks=catalog().resolve(parse(models)), caps=caps or Caps())
    return Outcome([json.loads(event.data) for event in analyze(io.BytesIO(data).read, job)])
