"""Other people's containers, and what leaves the archive.  Not for: how the archive stores."""
