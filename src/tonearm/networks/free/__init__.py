"""Networks with a free licence, whose weights stay what their authors published.

Tonearm has no weights of others. A pack is one or more files of a project as they are, taken out of its wheel or from
its own address, and checked against a known hash. What computes with them is a small ONNX graph of our own
(`graphs/`), whose external data is the untouched file.
"""
