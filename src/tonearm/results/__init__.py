"""What an analysis gave: as one document, in musical terms, in the shape of Spotify's audio features."""
