"""Checking WARC, ARC and WACZ files that belong to no archive.

As strict about damage as with our own files, and not at all about style.
"""
