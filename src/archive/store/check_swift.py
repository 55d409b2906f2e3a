"""Records of our own that are plainly as they were logged, checked whole in memory: nearly all.

Everything that `archive.store.check_records` compares is compared here too, on bytes that are
inflated in one step: the member, record, block, payload and content digests of the leaf, and
what the header says.  Two digests are not computed twice where they are of the same bytes: the
payload of what is no HTTP is its block, and the content of what is not encoded its payload.

Not for: saying what is wrong; whatever does not pass here is read again there.
"""

import contextlib
import hashlib
from types import ModuleType

from archive.core.digest import Digest
from archive.core.leaf import Placed
from archive.store.foreign.swift import parse_head
from archive.store.payload import HELD

_whole: ModuleType | None = None
with contextlib.suppress(ImportError):
    import deflate

    _whole = deflate
_MOST = 16 << 20
_ENCODED = (b"\ncontent-encoding", b"\ntransfer-encoding")


def is_as_logged(member: bytes, placed: Placed) -> bool:
    """Tell whether a member is plainly what its leaf says; False may also mean: look closer."""
    if _whole is None or hashlib.sha256(member).hexdigest() != placed.member.value:
        return False
    record = inflate_whole(member, _MOST)
    if record is None or hashlib.sha256(record).hexdigest() != placed.record.value:
        return False
    head = record.find(b"\r\n\r\n")
    fields = parse_head(bytes(record[:head])) if head > 0 else None
    if fields is None or record[-4:] != b"\r\n\r\n":
        return False
    block = memoryview(record)[head + 4 : -4]
    stated = fields.get(b"WARC-Payload-Digest")
    return (
        fields.get(b"Content-Length") == b"%d" % len(block)
        and fields.get(b"WARC-Type") == placed.kind.encode()
        and fields.get(b"WARC-Record-ID") == b"<%s>" % placed.record_id.encode()
        and fields.get(b"WARC-Block-Digest") == str(placed.block).encode()
        and hashlib.sha256(block).hexdigest() == placed.block.value
        and (stated is None or placed.payload is None or stated == str(placed.payload).encode())
        and (placed.kind == "revisit" or _fits(fields, block, placed))
    )


def _fits(fields: dict[bytes, bytes], block: memoryview, placed: Placed) -> bool:
    """Tell whether payload and content have the digests that the leaf says, if it says any."""
    if placed.payload is None and placed.content is None:
        return True
    if not fields.get(b"Content-Type", b"").lower().startswith(b"application/http"):
        return _are_all((placed.payload, placed.content), placed.block)
    start = bytes(block[:65536])
    end = start.find(b"\r\n\r\n") + 4
    head = start[: max(end, 0)]
    if end < 4 or b"\n\n" in head or head.count(b"\n\r\n") != 1:
        return False
    lowered = head.lower()
    body = block[end:]
    payload = Digest(algorithm="sha256", value=hashlib.sha256(body).hexdigest())
    if not any(name in lowered for name in _ENCODED):
        return _are_all((placed.payload, placed.content), payload)
    if b"\ncontent-encoding: gzip\r\n" not in lowered or _ENCODED[1] in lowered:
        return False
    if lowered.count(_ENCODED[0]) != 1 or placed.content is None:
        return False
    content = inflate_whole(bytes(body), HELD)
    return (
        content is not None
        and _are_all((placed.payload,), payload)
        and hashlib.sha256(content).hexdigest() == placed.content.value
    )


def _are_all(digests: tuple[Digest | None, ...], expected: Digest) -> bool:
    return all(digest is None or digest == expected for digest in digests)


def inflate_whole(member: bytes, most: int) -> bytearray | None:
    """Return what a gzip member holds that is all of ``member``; None where it is not plain."""
    trailer = member[-8:]
    size = int.from_bytes(trailer[4:], "little")
    if _whole is None or len(trailer) < 8 or not 0 < size <= most:
        return None
    if member[:4] != b"\x1f\x8b\x08\x00":
        return None
    try:
        content: bytearray = _whole.gzip_decompress(member, size)
    except _whole.DeflateError:
        return None
    # A first member that something follows has a trailer too.  If ours stands at the end alone,
    # and fits the content, then it was that one.
    is_all = len(content) == size and _whole.crc32(content).to_bytes(4, "little") == trailer[:4]
    return content if is_all and member.find(trailer) == len(member) - 8 else None
