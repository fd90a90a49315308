"""The page at `/`: static files and a sample, which use the public API as any other client does."""
