"""What several folders of tests need.  Not for: anything that only one of them needs."""
