"""`make fuzz`: damaged files until the time is over; each find is kept with its case, which makes it again."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from pathlib import Path
from random import SystemRandom
from time import monotonic

from fuzz.corpus import recordings, synthesised
from fuzz.media import fuzz

_FINDS = Path(__file__).parent / "finds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long to go on")
    parser.add_argument("--seed", type=int, help="repeat an earlier run; by default a new one")
    parser.add_argument("--case", type=int, help="run this number of the seed alone")
    options = parser.parse_args()
    seed = SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}")
    numbers = itertools.count() if options.case is None else [options.case]
    end = monotonic() + options.seconds
    tally = asyncio.run(fuzz(synthesised() | recordings(), seed, numbers, lambda: monotonic() < end))
    print(f"{tally.cases} files: {', '.join(f'{count} {what}' for what, count in tally.outcomes.most_common())}")
    for find in tally.finds:
        print(f"FIND {find.case} ({find.made_of}): {find.what}\n     kept as {find.keep(_FINDS)}")
    sys.exit(bool(tally.finds))


if __name__ == "__main__":
    main()
