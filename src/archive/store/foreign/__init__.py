"""Checking WARC, ARC and WACZ files that belong to no archive.

As strict about damage as with our own files, and not at all about style.  Not for: an
archive's own files, of which the capture log says more (`archive.store.check`).
"""
