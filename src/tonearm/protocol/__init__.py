"""What is said: of a request, of its results, and between processes. Plain data, without audio."""
