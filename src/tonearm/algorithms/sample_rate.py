"""The sample rate of the signal processing."""

ANALYSIS_RATE = 44_100
"""In Hz: the rate that Essentia's algorithms are designed for. Only some networks take another one."""
