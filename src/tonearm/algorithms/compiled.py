"""Inner loops compiled by numba: cached on disk, and free of the GIL while they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import NullCache

_made: list[Any] = []
_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile at the first call. `fastmath` may reorder sums: every user of it is proved against its reference."""
    return _compiled(function, fastmath=True)


def compiled_strictly(function: _Function) -> _Function:
    """Compile at the first call, with infinities, and every sum in the order it is written."""
    return _compiled(function, fastmath=False)


def keep_in_memory() -> None:
    """Write nothing to disk from now on: what is still compiled is compiled for this process alone."""
    for function in _made:
        function._cache = NullCache()


def _compiled(function: _Function, *, fastmath: bool) -> _Function:
    options: Any = {"nogil": True, "fastmath": fastmath, "error_model": "numpy"}
    try:
        made: Any = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # No folder for the cache can be written to (NUMBA_CACHE_DIR names one): compile anew at every start.
        made = numba.njit(**options)(function)
    _made.append(made)
    return cast(_Function, made)
