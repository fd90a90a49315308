"""The OpenAPI document: its named schemas, what it says of the analysis, and how it is put together."""
