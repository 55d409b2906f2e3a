"""The digests of a record's payload and content, while the block streams by.

The payload of a response is its body after transfer decoding, still content-encoded; of any
other record, the block (WARC/1.1 §2, ``docs/format.md``, "Digests").  The content is the payload
after content decoding.  A body that is framed is held in memory until its end, one that is
encoded up to `HELD` bytes, any other is not.  Not for: taking payloads out, or how they are
decoded (`archive.core.http`).
"""

import hashlib

from archive.core.digest import Digest, digest_bytes
from archive.core.http import decode_content, decode_transfer, is_transfer_encoded, parse_head
from archive.core.record import Record

_MOST_HEAD = 4 << 20  # a head that is longer is none of ours
HELD = 16 << 20  # an encoded payload, or its content, that is larger is not decoded


class PayloadDigester:
    """Takes in the block of the record with this header, and gives its payload's digest."""

    __slots__ = ("_body", "_encoding", "_hasher", "_head", "_held", "_is_http", "_length")

    def __init__(self, header: Record) -> None:
        self._is_http = (header.find("Content-Type") or "").lower().startswith("application/http")
        self._hasher = hashlib.sha256()
        self._head = b""
        self._body: list[bytes] | None = None
        self._encoding = ""
        self._held: list[bytes] | None = None
        self._length = 0

    def feed(self, piece: bytes) -> None:
        """Take in more of the block."""
        if self._body is not None:
            self._body.append(piece)
        elif self._is_http:
            self._head += piece
            head = parse_head(self._head)
            is_whole = self._head.endswith((b"\r\n\r\n", b"\n\n"))
            if head.length == len(self._head) < _MOST_HEAD and not is_whole:
                return
            rest, self._head, self._is_http = self._head[head.length :], b"", False
            names = [name.strip().lower() for name in head.join("content-encoding").split(",")]
            self._encoding = ",".join(name for name in names if name not in ("", "identity"))
            self._held = [] if self._encoding else None
            if is_transfer_encoded(head):
                self._body = [rest]
            else:
                self._take(rest)
        else:
            self._take(piece)

    def finish(self) -> tuple[Digest, Digest | None]:
        """Return the digests of payload and content, after the last piece.

        That of the content is None where it is not decoded: too large, or by no coding of ours.
        """
        if self._body is not None:
            body, self._body = self._body, None
            self._take(decode_transfer(b"".join(body)))
        payload = Digest(algorithm="sha256", value=self._hasher.hexdigest())
        if not self._encoding:
            return payload, payload
        if self._held is None:
            return payload, None
        content = decode_content(b"".join(self._held), self._encoding, HELD + 1)
        if content is None or len(content) > HELD:
            return payload, None
        return payload, digest_bytes(content)

    def _take(self, data: bytes) -> None:
        self._hasher.update(data)
        self._length += len(data)
        if self._held is not None:
            self._held.append(data)
            if self._length > HELD:
                self._held = None
