"""A third party's model that goes wrong in every way."""

from __future__ import annotations

from pathlib import Path

MODULE = Path(__file__).with_name("tonearm_faulty.py")
