"""HTTP: requests, headers, status codes, event streams. It touches no audio and imports no model."""
