"""The form of a track: where sections begin, which of them are alike, and what they do."""
