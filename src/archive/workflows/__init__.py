"""One module for each thing the archive can do; the only place where two parts meet.

Not for: words on a terminal (`archive.cli`) or in a browser (`archive.datasette_plugin`).
"""
