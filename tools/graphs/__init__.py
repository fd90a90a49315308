"""Makes the graphs of `tonearm.networks.free`: a few KB of ONNX over files that stay as they were published.

    python -m tools.graphs.make [FOLDER]

gets the published files (from FOLDER, if their networks' names are not enough to get them), and writes the graphs.
`originals` asks the authors' own frameworks for the answers that they are checked against.
"""
