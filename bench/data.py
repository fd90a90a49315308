"""What is measured, as data that is written and read again."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from bench.accuracy.bootstrap import Values, figure, interval, mean


class Data(BaseModel):
    model_config = ConfigDict(frozen=True)


class Cell(Data):
    """A figure with its interval of 95 %."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Values) -> Self:
        """The mean of recordings. Raises ValueError for no values."""
        low, high = interval(values, mean)
        return cls(value=figure(values, mean), low=low, high=high)

    def __format__(self, spec: str) -> str:
        """Each number in this format, such as `.3f`."""
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"
