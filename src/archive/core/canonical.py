"""Canonical JSON: one text for one value, so that it can be digested.

Keys are sorted by code point, nothing is spaced, only what JSON requires is escaped, and the
text is UTF-8; a lone surrogate, which UTF-8 cannot hold, is escaped (``docs/format.md``,
"Canonical JSON").  Not for: deciding what a value holds.
"""

import json
from collections.abc import Mapping

from archive.errors import DamageError

MOST = (1 << 63) - 1  # what SQLite and file offsets can take

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def format_canonical(value: Mapping[str, object]) -> bytes:
    """Return the canonical text of ``value``."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def parse_object(data: bytes) -> dict[str, object]:
    """Return the JSON object that ``data`` is, in whatever form.

    Raises:
        DamageError: it is none, or is nested deeper than anything of ours.
    """
    try:
        value = json.loads(data)
    except ValueError as error:
        raise DamageError(f"this is no JSON: {error}") from error
    except RecursionError as error:
        raise DamageError("this is JSON that is nested too deep") from error
    if not isinstance(value, dict):
        raise DamageError("this is no JSON object")
    return value


def parse_count(value: object) -> int:
    """Return ``value`` where it is a whole number from 0 to 2**63 - 1.

    Raises:
        DamageError: it is not.
    """
    if type(value) is not int or not 0 <= value <= MOST:
        raise DamageError(f"this is no number: {str(value)[:40]!r}")
    return value


def parse_text(value: object) -> str:
    """Return ``value`` where it is a text.

    Raises:
        DamageError: it is not.
    """
    if not isinstance(value, str):
        raise DamageError(f"this is no text: {str(value)[:40]!r}")
    return value
