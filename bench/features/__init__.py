"""Every feature of sonara beside Tonearm's: how right both are, and what they cost.

    python -m bench.features --pop909 DIR --soundfont FILE [--recordings DIR …]

writes bench/results/features.json and the tables of docs/sonara.md. What other benchmarks have measured beside sonara
is taken from their results.
"""
