"""How often the answers are right, beside peers: `python -m bench.accuracy [--recordings DIR]…`."""
