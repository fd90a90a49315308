"""How well similar tracks are found: by style beside sonara, over formats, and how fast among 100,000.

    python -m bench.similarity --recordings DIR …

writes bench/results/similarity.json and the tables of docs/similar.md.
"""
