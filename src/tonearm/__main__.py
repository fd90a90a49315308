from tonearm.cli import app

app()
