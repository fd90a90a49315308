"""Signal processing that knows no streams: EBU R 128, compiled functions, rhythm, melody."""
