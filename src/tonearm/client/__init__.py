"""Clients for the server. They send audio and receive events at the same time."""

from tonearm.client.asynchronous import AsyncClient
from tonearm.client.blocking import Client
from tonearm.sources.body import Audio

__all__ = ["AsyncClient", "Audio", "Client"]
