"""Tools for those who work on the code.  Not for: anything that the package needs when it runs."""
