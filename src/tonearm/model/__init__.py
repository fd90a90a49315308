"""What a model is. A plugin needs this package and `tonearm.features`, and nothing else of Tonearm."""

from tonearm.audio.facts import FileFacts
from tonearm.audio.pcm import PcmFormat
from tonearm.model.declaration import Model, P, Parameters, Result, quantity

__all__ = ["FileFacts", "Model", "P", "Parameters", "PcmFormat", "Result", "quantity"]
