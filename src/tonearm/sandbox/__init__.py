"""The worker sandbox, applied before a worker reads untrusted bytes.

Each part is a kernel feature and is applied if available; `confine` returns those that are missing.
"""

from tonearm.sandbox.confine import confine
from tonearm.sandbox.resource_limits import allow_cpu

__all__ = ["allow_cpu", "confine"]
