"""Networks that others trained: MTG's metadata beside ONNX weights in a folder, served without code of their own."""
