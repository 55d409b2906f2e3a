"""Payload to text and claims: one module for each source of claims.

Not for: feeds and media other than HTML and plain text, or weighing claims
(`archive.provenance`).
"""
