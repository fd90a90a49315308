"""The data that requests, workers and clients exchange. Plain data, without audio."""
