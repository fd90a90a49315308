"""Tempo, key and loudness as the tags of an audio file, in the words of each kind of file."""

from tonearm.tags.error import TagError
from tonearm.tags.formats import opened
from tonearm.tags.tags import Tags
from tonearm.tags.values import MODELS, Values
from tonearm.tags.writing import write

__all__ = ["MODELS", "TagError", "Tags", "Values", "opened", "write"]
