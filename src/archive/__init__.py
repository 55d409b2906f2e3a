"""Keep what was said on the web, and the evidence for who said it and when.

The package has no API at its root: import the module that defines the name
(``docs/architecture.md`` draws the map).  Not for: anything but the version.
"""

__version__ = "0.1.0"
