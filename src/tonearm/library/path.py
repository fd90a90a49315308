"""From one track to another by tracks that lie between them."""

from __future__ import annotations

import numpy as np

from tonearm.library.library import Library, Match, Vectors, unit
from tonearm.library.mixing import Mixing


def path(library: Library, start: int, end: int, count: int, mixing: Mixing) -> list[Match]:
    """At most `count` tracks from row `start` to row `end`, both among them; each similarity is that to the first.

    Points at equal angles on the arc between both vectors are each taken to the nearest track that is not on the path
    yet, is nearer to the end than the one before it, and mixes with it. Where there is none, the path is shorter. The
    end is on it whether it mixes or not.
    """
    begin, goal = library.vectors[start], library.vectors[end]
    to_goal = library.similarities(goal)
    rows = [start]
    among = library.except_for([start, end])
    for step in range(1, max(0, count - 1)):
        before = library.tracks[rows[-1]]
        allowed = among & (to_goal > to_goal[rows[-1]])
        if mixing != Mixing():
            allowed &= mixing.of(before, library)
        if allowed.any():
            near = np.where(allowed, library.similarities(_between(begin, goal, step / (count - 1))), -1)
            rows.append(int(near.argmax()))
            among[rows[-1]] = False
    from_start = library.similarities(begin)
    found = [Match(library.tracks[row], float(from_start[row])) for row in rows]
    return found if start == end else [*found, Match(library.tracks[end], float(from_start[end]))]


def _between(begin: Vectors, goal: Vectors, share: float) -> Vectors:
    """The point at this share of the arc from one vector to the other, all of unit length."""
    angle = np.arccos(np.clip(float(begin @ goal), -1, 1))
    # Of vectors that point the same way or opposite ways no arc is known.
    if np.sin(angle) < 1e-3:
        return unit((1 - share) * begin + share * goal)
    return unit(np.sin((1 - share) * angle) * begin + np.sin(share * angle) * goal)
