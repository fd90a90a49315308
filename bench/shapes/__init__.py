"""Shapes of attack for `python -m bench.siege`: each module has a `SHAPE`."""
