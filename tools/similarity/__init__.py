"""Makes `weights.npz` of `tonearm.algorithms.similarity`: learns which differences tell recordings apart.

    python -m tools.similarity.make FOLDER …

takes half of the recordings in these folders, whatever they are called and whatever is known of them. Parts of one
recording, and one part and another master of it, are to lie together; different recordings are to lie apart.
`python -m bench.similarity` says of the other half how well that did.

The weights in the tree are from recordings that are labelled with keys and tempi, most of them from public
repositories; none of them is part of this one.
"""
