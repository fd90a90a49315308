"""Tempo, key and loudness as tags of audio files, with the names that each format uses."""

from tonearm.tags.error import TagError
from tonearm.tags.formats import opened
from tonearm.tags.tags import Tags
from tonearm.tags.values import MODELS, Values
from tonearm.tags.writing import write

__all__ = ["MODELS", "TagError", "Tags", "Values", "opened", "write"]
