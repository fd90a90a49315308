"""The one door to Essentia's algorithms.

Its binding holds the GIL, is not safe across threads (MTG/essentia#1518) and carries state from one signal to the next
(MTG/essentia#1324): so algorithms are made here, fresh for each audio stream, and only in worker processes.

Importing essentia.standard makes one object of each of its 250 algorithms, which takes a second and 100 MiB in every
worker. Those that are used are made here the way it would make them.
"""

from __future__ import annotations

import ctypes
from typing import Any

from tonearm.errors import ModelError

_libc = ctypes.CDLL(None)


class Algorithm:
    """A fresh Essentia algorithm of standard mode, called with its inputs, giving its outputs.

    The import is deferred: models that do without Essentia also run on systems without a wheel of it.

    Raises ModelError without Essentia, ValueError for an unknown algorithm or parameter.
    """

    def __init__(self, name: str, **parameters: str | float | bool) -> None:
        try:
            import essentia
        except ImportError as error:
            raise ModelError("This model needs the package essentia, which is not installed here.") from error

        essentia.log.infoActive = False
        essentia.log.warningActive = False
        self._convert = essentia.common.convertData
        self._type = essentia.common.Edt
        self._algorithm = essentia._essentia.Algorithm(name)
        types = {key: self._algorithm.paramType(key) for key in parameters}
        self._algorithm.__configure__(**{key: self._convert(value, types[key]) for key, value in parameters.items()})

    def __call__(self, *inputs: Any) -> Any:
        """The outputs as Essentia's reference lists them: one by itself, several as a tuple.

        Arrays are float32, in the shape and unit that the reference states.
        Raises RuntimeError with Essentia's message if it cannot compute, ValueError for a wrong number of inputs.
        """
        types = (self._type(self._algorithm.inputType(name)) for name in self._algorithm.inputNames())
        # Some algorithms add noise from the C library's generator: the same input shall give the same
        # output, that of a fresh process, whatever this one has computed before.
        _libc.srand(1)
        converted = [self._convert(value, kind) for value, kind in zip(inputs, types, strict=True)]
        return self._algorithm.__compute__(*converted)
