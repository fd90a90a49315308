from __future__ import annotations

from typing import Any

import numba
import pytest

from tonearm.algorithms.compiled import compiled


def test_without_a_folder_for_the_cache_it_compiles_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only installation under a user without a home, which cannot be had as root."""
    njit = numba.njit

    def nowhere(*arguments: Any, **options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*arguments, **options)

    monkeypatch.setattr(numba, "njit", nowhere)
    assert compiled(lambda x: x + 1)(1) == 2
