import sys

# `python -m` puts the current directory first, and what is in it would replace modules.
if not sys.flags.safe_path:
    del sys.path[0]

from tonearm.cli import app

app()
