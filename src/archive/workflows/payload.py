"""What a capture holds: the payload that was sent, and its content.

A revisit holds none; that of the earlier capture is read (`archive.index.lookup.find_holder`).
Not for: text (`archive.workflows.extract`), or checking digests (`archive.workflows.verify`).
"""

from dataclasses import dataclass

from archive.core.digest import digest_bytes
from archive.core.http import Head, decode_content, decode_transfer, is_transfer_encoded, parse_head
from archive.errors import DamageError, InputError
from archive.index.lookup import Found
from archive.index.rows import HEAD_BYTES
from archive.store.layout import Layout
from archive.store.log import CaptureLog
from archive.store.read import read_record

MOST_BYTES = 64 << 20  # of a stored block that is unpacked here
MOST_CONTENT = 16 << 20
_HOLDING = frozenset({"response", "truncated", "malformed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The body of an answer after transfer decoding, with the head that it came with.

    ``content`` is the body after content decoding, at most `MOST_CONTENT` bytes of it; None
    where it cannot be decoded.
    """

    head: Head
    data: bytes
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The start of what was sent and of what was answered, as stored; empty where there is none."""

    request: str
    answer: str


def holds_payload(found: Found) -> bool:
    """Tell whether the record of this capture holds a payload, whole or not."""
    return found.outcome in _HOLDING


def read_payload(layout: Layout, holder: Found) -> Payload:
    """Return what the record of ``holder`` holds.

    Raises:
        InputError: the capture has no answer, or it is too large to be unpacked.
        DamageError: there is no such whole record, or its payload is not the one that was captured.
    """
    if not holds_payload(holder):
        raise InputError(
            f"capture {holder.id} holds no payload: {holder.outcome}",
            remedy="look at the capture page",
        )
    record = read_record(layout, holder.warc, holder.offset, holder.length, limit=MOST_BYTES + 1)
    if len(record.block) > MOST_BYTES:
        raise InputError(
            f"the payload of capture {holder.id} is larger than {MOST_BYTES >> 20} MiB",
            remedy="take the whole WARC record",
        )
    head = parse_head(record.block)
    body = record.block[head.length :]
    data = decode_transfer(body) if is_transfer_encoded(head) else body
    if holder.payload is not None and str(digest_bytes(data)) != holder.payload:
        raise DamageError(
            f"{holder.warc} holds other bytes than capture {holder.id}: its digest is another",
            remedy="run `archive verify`; beside a copy, put the files that belong to it",
        )
    content = decode_content(data, head.join("content-encoding"), MOST_CONTENT)
    return Payload(head=head, data=data, content=content)


def read_own_head(layout: Layout, found: Found, holder: Found, payload: Payload) -> Head:
    """Return the head that a capture was answered with: a revisit's own, not the earlier one's.

    Raises:
        DamageError: there is no such whole record.
    """
    if found.id == holder.id:
        return payload.head
    record = read_record(layout, found.warc, found.offset, found.length, limit=HEAD_BYTES)
    return parse_head(record.block)


def read_heads(layout: Layout, log: CaptureLog, found: Found) -> Heads:
    """Return the heads of a capture's request and answer, byte for byte, as Latin-1.

    Raises:
        DamageError: a record is missing or broken.
    """
    heads = {}
    for placed in log.read_leaf(found.leaf).records:
        if placed.kind in ("request", "response", "revisit"):
            record = read_record(layout, found.warc, placed.offset, placed.length, limit=HEAD_BYTES)
            length = parse_head(record.block).length
            heads[placed.kind] = record.block[:length].decode("latin-1").rstrip("\r\n")
    answer = heads.get("response") or heads.get("revisit") or ""
    return Heads(request=heads.get("request", ""), answer=answer)
