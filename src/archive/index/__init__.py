"""The index: everything that touches SQLite.  Not for: records, which lie in WARC files."""
