"""Tonearm: a self-hosted server that analyses music while it is still arriving."""

__version__ = "0.1.0"
