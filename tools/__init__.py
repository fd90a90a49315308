"""Programs that make what is in the tree, run by hand."""
