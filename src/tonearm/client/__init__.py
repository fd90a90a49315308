"""A client of the server: audio up and events down at the same time."""

from tonearm.client.asynchronous import AsyncClient
from tonearm.client.audio import Audio
from tonearm.client.blocking import Client

__all__ = ["AsyncClient", "Audio", "Client"]
