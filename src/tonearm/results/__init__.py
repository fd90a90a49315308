"""The results of an analysis: as one document, in musical terms, and as Spotify's audio features."""
