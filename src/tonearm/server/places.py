"""Who may hold a connection: a bound for each address and for all, and who goes first when one is reached.

First go those that have been refused and only send the rest of their body, then those that wait longest for a request
or for the first byte of its body. If all others are at work, a newcomer gets a reserved place, which is for probes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Protocol


class Use(Enum):
    """What a connection is used for; the first are closed first."""

    REFUSED = "refused"
    WAITING = "waiting"
    WORKING = "working"


_CLOSED_FIRST = (Use.REFUSED, Use.WAITING)


class Holder(Protocol):
    """A connection. Hashable."""

    def evict(self) -> None:
        """Close it at once."""


@dataclass(eq=False)
class _Group:
    most: int
    holders: dict[Use, dict[Holder, None]] = field(default_factory=lambda: {use: {} for use in Use})

    @property
    def full(self) -> bool:
        return sum(map(len, self.holders.values())) >= self.most

    def spare(self) -> Holder | None:
        return next((holder for use in _CLOSED_FIRST for holder in self.holders[use]), None)


class Places:
    """`most` connections, `most_per_address` of one address, and `reserved` more for probes."""

    def __init__(self, most: int, most_per_address: int, reserved: int) -> None:
        self._all = _Group(most)
        self._of_address: dict[str, _Group] = defaultdict(partial(_Group, most_per_address))
        self._groups: dict[Holder, tuple[_Group, ...]] = {}
        self._address: dict[Holder, str | None] = {}
        self._uses: dict[Holder, Use] = {}
        self._probing: dict[Holder, None] = {}
        self._reserved = reserved

    def take(self, holder: Holder, address: str | None) -> bool:
        """Find a place for a new connection; `address` is None for a peer that many clients share.

        Returns whether another connection was evicted, or the place is a reserved one.
        """
        self._address[holder] = address
        crowded = False
        for group in self._groups_of(holder):
            if group.full:
                crowded = True
                if spare := group.spare():
                    self.leave(spare)
                    spare.evict()
        if any(group.full for group in self._groups_of(holder)):
            self._probing[holder] = None
            if len(self._probing) > self._reserved:
                longest = next(iter(self._probing))
                self.leave(longest)
                longest.evict()
        else:
            self._enter(holder)
        return crowded

    def use(self, holder: Holder, use: Use) -> None:
        """Say what a connection is used for from now on."""
        if holder in self._groups and self._uses[holder] is not use:
            for group in self._groups[holder]:
                del group.holders[self._uses[holder]][holder]
                group.holders[use][holder] = None
            self._uses[holder] = use

    def admits(self, holder: Holder) -> bool:
        """Whether a connection may carry any request; with a reserved place and no other free, only a probe."""
        if holder in self._probing and not any(group.full for group in self._groups_of(holder)):
            del self._probing[holder]
            self._enter(holder)
        return holder not in self._probing

    def leave(self, holder: Holder) -> None:
        """Give its place back; it may have none."""
        self._probing.pop(holder, None)
        use = self._uses.pop(holder, Use.WAITING)
        for group in self._groups.pop(holder, ()):
            del group.holders[use][holder]
        address = self._address.pop(holder, None)
        if address is not None and not any(self._of_address[address].holders.values()):
            del self._of_address[address]

    def _enter(self, holder: Holder) -> None:
        self._groups[holder] = self._groups_of(holder)
        self._uses[holder] = Use.WAITING
        for group in self._groups[holder]:
            group.holders[Use.WAITING][holder] = None

    def _groups_of(self, holder: Holder) -> tuple[_Group, ...]:
        address = self._address[holder]
        return (self._all,) if address is None else (self._of_address[address], self._all)
