"""The filter that every engine runs: bytes in, events out."""
