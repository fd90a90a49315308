"""Signal processing that knows no streams: Essentia, EBU R 128, compiled functions, rhythm, melody."""
