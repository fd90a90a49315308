"""The files named on standard input, analysed by sonara on every core: prints the wall seconds, and how many failed."""

from __future__ import annotations

import sys
from time import monotonic

import sonara

paths = sys.stdin.read().splitlines()
begun = monotonic()
results = sonara.analyze_batch(paths, mode="compact", features=["bpm", "beats", "key", "loudness"])
print(monotonic() - begun, sum(result.failed for result in results))
