"""WARC records as bytes: the header, and one gzip member around header and block.

Follows WARC/1.1 §4 and §5, and ``docs/format.md``, "Records".  Header fields stand in this
order: type, id, date, the draft's own fields, warcinfo id, block digest, content type, length.
Not for: where the bytes go (`archive.store.write`) or reading them back.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.core.digest import Digest, digest_bytes
from archive.core.instant import format_instant
from archive.core.record import Draft
from archive.errors import InputError
from archive.store.gzip_members import compress_pieces, compress_whole

MAX_HEADER = 65536
VERSION = b"WARC/1.1\r\n"
END = b"\r\n\r\n"
_PIECE = 1 << 20
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Control characters, and the line ends that only some readers know.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_OURS = frozenset(
    "warc-type warc-record-id warc-date warc-block-digest warc-warcinfo-id content-type"
    " content-length".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What became of a draft: the digests of the record and of its member, its length."""

    record: Digest
    member: Digest
    length: int


def format_header(draft: Draft, *, warcinfo_id: str | None) -> bytes:
    """Return the record's header up to and including the empty line.

    Raises:
        InputError: a field would break the header, or is not the draft's to set.
    """
    fields = [
        ("WARC-Type", draft.kind),
        ("WARC-Record-ID", f"<{draft.record_id}>"),
        ("WARC-Date", format_instant(draft.date)),
        *draft.fields,
    ]
    if warcinfo_id is not None:
        fields.append(("WARC-Warcinfo-ID", f"<{warcinfo_id}>"))
    fields.append(("WARC-Block-Digest", str(draft.block_digest)))
    fields.append(("Content-Type", draft.content_type))
    fields.append(("Content-Length", str(draft.length)))
    names = [name for name, _ in draft.fields]
    values = [value for _, value in fields]
    if not (all(map(_is_settable, names)) and all(map(_is_value, values))):
        raise _refuse(draft, fields)
    try:
        lines = "".join([f"{name}: {value}\r\n" for name, value in fields]).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"record {draft.record_id}: a header field is no text") from error
    header = VERSION + lines + b"\r\n"
    if len(header) > MAX_HEADER:
        raise InputError(f"record {draft.record_id}: the header is longer than 64 KiB")
    return header


def write_record(
    draft: Draft, emit: Callable[[bytes], object], *, warcinfo_id: str | None
) -> Sealed:
    """Hand the record's gzip member to ``emit``: at once, or in pieces where it is spooled.

    Raises:
        InputError: the header is impossible, or the block is not what the draft says.
    """
    header = format_header(draft, warcinfo_id=warcinfo_id)
    if isinstance(draft.block, bytes):
        return _write_whole(draft, header, draft.block, emit)
    spool = draft.block
    record = hashlib.sha256(header)
    block = hashlib.sha256()
    member = hashlib.sha256()
    size = 0

    def iterate() -> Iterator[bytes]:
        nonlocal size
        yield header
        for piece in _iterate_spool(spool):
            size += len(piece)
            block.update(piece)
            record.update(piece)
            yield piece
        record.update(END)
        yield END

    length = 0
    pieces = compress_pieces(iterate(), stored=draft.compressed)
    for out in pieces:
        member.update(out)
        length += len(out)
        emit(out)
    if size != draft.length or block.hexdigest() != draft.block_digest.value:
        raise _misfit(draft)
    return Sealed(
        record=_label(record.hexdigest()), member=_label(member.hexdigest()), length=length
    )


def _write_whole(
    draft: Draft, header: bytes, block: bytes, emit: Callable[[bytes], object]
) -> Sealed:
    """Do the same for a block in memory, in as few steps as there can be."""
    if len(block) != draft.length or digest_bytes(block) != draft.block_digest:
        raise _misfit(draft)
    record = b"".join((header, block, END))
    member = compress_whole(record, len(header) if draft.compressed else len(record))
    emit(member)
    return Sealed(record=digest_bytes(record), member=digest_bytes(member), length=len(member))


def _misfit(draft: Draft) -> InputError:
    return InputError(f"record {draft.record_id}: the block is not what its draft says")


@functools.lru_cache(maxsize=256)
def _is_settable(name: str) -> bool:
    return name.lower() not in _OURS and _TOKEN.fullmatch(name) is not None


def _is_value(value: str) -> bool:
    # What is printable holds no control characters and no line ends.
    return value == value.strip() and (value.isprintable() or not _FORBIDDEN.search(value))


def _refuse(draft: Draft, fields: list[tuple[str, str]]) -> InputError:
    """Say which field is impossible."""
    for name, _ in draft.fields:
        if name.lower() in _OURS:
            return InputError(f"record {draft.record_id}: {name} is set by the writer")
    name, value = next(
        (name, value)
        for name, value in fields
        if not _TOKEN.fullmatch(name) or not _is_value(value)
    )
    return InputError(
        f"record {draft.record_id}: the header field {name!r} cannot hold {value!r}",
        remedy="leave out control characters, and white space at the ends",
    )


def _iterate_spool(spool: BinaryIO) -> Iterator[bytes]:
    spool.seek(0)
    while piece := spool.read(_PIECE):
        yield piece


def _label(value: str) -> Digest:
    return Digest(algorithm="sha256", value=value)
