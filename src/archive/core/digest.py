"""Which algorithm, and what it gave: a digest is never a bare string.

Ours are SHA-256 in lower-case hexadecimal, labelled ``sha256:`` (``docs/format.md``,
"Digests").  `parse_digest` also reads the dialects that other tools write, so that
comparing never depends on spelling.  Not for: deciding which bytes to digest.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from archive.errors import InputError

_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_OURS = re.compile(r"sha256:[0-9a-f]{64}")
_NI = re.compile(r"ni://[^/]*/sha-256;([A-Za-z0-9_-]{43})(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_ALIASES = {f"{name[:3]}-{name[3:]}": name for name in _SIZES if name.startswith("sha")}
ALGORITHMS = frozenset(_SIZES)  # those whose results can be read and computed
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """An algorithm's label and its result in lower-case hexadecimal."""

    algorithm: str
    value: str

    def __str__(self) -> str:
        """Give the labelled form, as in ``sha256:9f86d0…``."""
        return f"{self.algorithm}:{self.value}"


def digest_bytes(data: bytes | bytearray) -> Digest:
    """Return the SHA-256 digest of ``data``."""
    return Digest(algorithm="sha256", value=hashlib.sha256(data).hexdigest())


def parse_digest(text: str) -> Digest:
    """Read a labelled digest in any dialect met in WARC files.

    The label's case and hyphen do not matter (``SHA-256:``), nor whether the result is
    Base32 (either case, with or without padding), Base64 (either alphabet, likewise) or
    hexadecimal: for each algorithm, length and alphabet tell them apart.  An algorithm
    that we do not know keeps its result verbatim, so that it can be shown and never matches.

    Raises:
        InputError: there is no label, or the result has an impossible length.
    """
    if _OURS.fullmatch(text):  # nearly always, and a log has millions
        return Digest(algorithm="sha256", value=text[7:])
    label, colon, value = text.strip().partition(":")
    if not colon or not label or not value:
        raise InputError(f"not a labelled digest: {text!r}", remedy="write ALGORITHM:RESULT")
    algorithm = label.lower()
    algorithm = _ALIASES.get(algorithm, algorithm)
    size = _SIZES.get(algorithm)
    if size is None:
        return Digest(algorithm=algorithm, value=value)
    if len(value) == size * 2:
        try:
            return Digest(algorithm=algorithm, value=bytes.fromhex(value).hex())
        except ValueError:
            pass
    raw = _decode_result(value.rstrip("="), size)
    if len(raw) != size:
        raise InputError(f"not a {algorithm} result: {value!r}")
    return Digest(algorithm=algorithm, value=raw.hex())


def format_ni(digest: Digest) -> str:
    """Return the digest as a URI: ``ni:///sha-256;…`` (RFC 6920 §3)."""
    raw = base64.urlsafe_b64encode(bytes.fromhex(digest.value)).decode().rstrip("=")
    return f"ni:///sha-256;{raw}"


def parse_ni(text: str) -> Digest:
    """Read a digest as a URI; an authority and a query, which RFC 6920 allows, say nothing here.

    Raises:
        InputError: ``text`` is no such URI, or not of SHA-256 in full.
    """
    match = _NI.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"not an ni URI of SHA-256: {text[:120]!r}", remedy="as in ni:///sha-256;… (RFC 6920)"
        )
    return parse_digest(f"sha256:{match[1]}")


def _decode_result(bare: str, size: int) -> bytes:
    try:
        if len(bare) == -(-size * 4 // 3):
            padded = bare.translate(_URL_SAFE) + "=" * (-len(bare) % 4)
            return base64.b64decode(padded, validate=True)
        return base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
    except (binascii.Error, ValueError):
        return b""
