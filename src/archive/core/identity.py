"""Short ids made from what they name: captures, statements, agents.

Follows ``docs/format.md``, "Ids".  Not for: making new UUIDs (chance is an argument).
"""

import base64
import hashlib
import uuid
from functools import lru_cache

from archive.errors import InputError

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET.encode())
SHORT = 16
SHORTEST = 6


def format_crockford(data: bytes, length: int) -> str:
    """Return the first ``length`` characters of ``data`` in lower-case Crockford Base32."""
    start = data[: -(-length // 8) * 5]  # eight characters hold five bytes
    return base64.b32encode(start).translate(_TO_CROCKFORD)[:length].decode("ascii")


@lru_cache(maxsize=1024)
def derive_capture_id(record_id: str) -> str:
    """Return the capture id that follows from its principal record's ``urn:uuid:`` id.

    Raises:
        InputError: the record id is no UUID URN.
    """
    try:
        raw = uuid.UUID(record_id).bytes
    except ValueError as error:
        raise InputError(f"not a urn:uuid record id: {record_id!r}") from error
    return format_crockford(hashlib.sha256(raw).digest(), SHORT)


def derive_statement_id(key: str) -> str:
    """Return the statement id that follows from its canonical key (see `archive.core.uri`)."""
    return format_crockford(hashlib.sha256(key.encode()).digest(), SHORT)


def derive_agent_id(origin: str, name: str) -> str:
    """Return a stable ``urn:uuid:`` id of the agent ``name`` within the archive ``origin``."""
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, origin), name).urn


def normalise_capture_id(text: str) -> str | None:
    """Return ``text`` as a capture id or a prefix of one, or None if it cannot be either.

    Crockford's readings are honoured: case does not matter, ``o`` is 0, ``i`` and ``l`` are 1.
    """
    folded = text.lower().translate(str.maketrans("oil", "011"))
    if len(folded) < SHORTEST or any(letter not in _ALPHABET for letter in folded):
        return None
    return folded
