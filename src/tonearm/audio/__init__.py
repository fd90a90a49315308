"""Bytes become PCM blocks."""
