"""Texts to versions and edits.  Not for: where texts come from, or where edits are kept."""
