"""The page at `/`: static files and a sample. It uses the public API like any other client."""
