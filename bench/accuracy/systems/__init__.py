"""The systems that are compared: each is one function from a file to an answer."""
