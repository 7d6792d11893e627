"""agsite turns a folder of answer files into a fast, searchable, verifiable static archive."""

__version__ = "0.1.0"
