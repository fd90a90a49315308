"""A third party's model that tries to reach out of its worker."""

from __future__ import annotations

from pathlib import Path

MODULE = Path(__file__).with_name("tonearm_probe.py")
