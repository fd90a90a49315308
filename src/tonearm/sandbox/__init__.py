"""What a worker gives up before it sees a byte from a stranger.

Each part is the kernel's own, and each is applied where it is there: `confine` says what was not.
"""

from tonearm.sandbox.confine import confine
from tonearm.sandbox.resource_limits import allow_cpu

__all__ = ["allow_cpu", "confine"]
