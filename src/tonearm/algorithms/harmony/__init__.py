"""What chords are called, and how they follow one another."""
