"""Tempo, key, loudness and more as tags of audio files, with the names that each format uses."""

from tonearm.tags.error import TagError
from tonearm.tags.formats import opened
from tonearm.tags.tags import Entry, Tags
from tonearm.tags.values import Field, Values
from tonearm.tags.writing import change, write

__all__ = ["Entry", "Field", "TagError", "Tags", "Values", "change", "opened", "write"]
