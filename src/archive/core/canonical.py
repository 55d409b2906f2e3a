"""Canonical JSON: one text for one value, so that it can be digested.

Keys are sorted by code point, nothing is spaced, only what JSON requires is escaped, and the
text is UTF-8; a lone surrogate, which UTF-8 cannot hold, is escaped (``docs/format.md``,
"Canonical JSON").  Not for: deciding what a value holds.
"""

import json
from collections.abc import Mapping

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def format_canonical(value: Mapping[str, object]) -> bytes:
    """Return the canonical text of ``value``."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")
