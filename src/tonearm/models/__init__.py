"""Features become results: one file per model. The registry is the listing of this folder."""
