"""A library of tracks that are compared by how they sound: the output of `tonearm batch`, read back.

It has tracks whose models include one that gives an embedding. All vectors are in memory, 51 MB for 100,000 tracks of
128 values, and each question looks at every one of them: a list of neighbours takes a tenth of a second at most and
has exactly the nearest, so there is no index beside the Parquet files that could be stale.
"""
