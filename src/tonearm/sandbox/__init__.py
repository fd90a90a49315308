"""The worker sandbox, applied in two steps: when a worker starts, and before it reads untrusted bytes.

Each part is a kernel feature and is applied if available; `confine` returns those that are missing.
"""

from tonearm.sandbox.confine import confine, enclose
from tonearm.sandbox.dumpable import hide_memory
from tonearm.sandbox.resource_limits import allow_cpu

__all__ = ["allow_cpu", "confine", "enclose", "hide_memory"]
