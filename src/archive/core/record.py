"""WARC records: as drafts before they are stored, and as they are read back.

Follows WARC/1.1 §5 and ``docs/format.md``, "Records".  Not for: writing them to disk
(`archive.store.write`) or HTTP inside them (`archive.core.http`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from archive.core.digest import Digest

REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

# A record's block: bytes in memory, or a seekable spool file read from its start.
Block = bytes | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record about to be stored.

    ``fields`` are its WARC header fields in order, without ``WARC-Type``,
    ``WARC-Record-ID``, ``WARC-Date``, ``WARC-Block-Digest``, ``Content-Type`` and
    ``Content-Length``, which follow from the rest.  ``length`` counts the block's bytes.
    ``payload`` and ``content`` are digests for the leaf; a ``WARC-Payload-Digest`` field
    stands in ``fields`` only where the rules of ``docs/format.md`` allow it.
    """

    record_id: str
    kind: str
    date: datetime
    fields: tuple[tuple[str, str], ...]
    content_type: str
    block: Block
    length: int
    block_digest: Digest
    payload: Digest | None = None
    content: Digest | None = None
    compressed: bool = False  # the block is compressed already: deflating again gains nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as stored: header fields in order, and its block, possibly only its start."""

    fields: tuple[tuple[str, str], ...]
    block: bytes

    def find(self, name: str) -> str | None:
        """Return the first value of the header field ``name`` (any case), or None."""
        wanted = name.lower()
        return next((value for field, value in self.fields if field.lower() == wanted), None)

    @property
    def kind(self) -> str:
        """The WARC type, as in ``response``."""
        return self.find("WARC-Type") or ""

    @property
    def record_id(self) -> str:
        """The record id without angle brackets."""
        return (self.find("WARC-Record-ID") or "").strip("<>")
