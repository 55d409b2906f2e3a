"""The disk: WARC files and the capture log.  Not for: the index, or any container but ours."""
