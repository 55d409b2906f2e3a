"""The digest of a record's payload, while the block streams by.

The payload of a response is its body after transfer decoding, still content-encoded; of any
other record, the block (WARC/1.1 §2, ``docs/format.md``, "Digests").  A body that is framed is
held in memory until its end, any other is not.  Not for: content decoding, or taking payloads
out (`archive.core.http`).
"""

import hashlib

from archive.core.digest import Digest
from archive.core.http import decode_transfer, is_transfer_encoded, parse_head
from archive.core.record import Record


class PayloadDigester:
    """Takes in the block of the record with this header, and gives its payload's digest."""

    __slots__ = ("_body", "_hasher", "_head", "_is_http")

    def __init__(self, header: Record) -> None:
        self._is_http = (header.find("Content-Type") or "").lower().startswith("application/http")
        self._hasher = hashlib.sha256()
        self._head = b""
        self._body: list[bytes] | None = None

    def feed(self, piece: bytes) -> None:
        """Take in more of the block."""
        if self._body is not None:
            self._body.append(piece)
        elif self._is_http:
            self._head += piece
            head = parse_head(self._head)
            if head.length == len(self._head) and not self._head.endswith((b"\r\n\r\n", b"\n\n")):
                return
            rest, self._head, self._is_http = self._head[head.length :], b"", False
            if is_transfer_encoded(head):
                self._body = [rest]
            else:
                self._hasher.update(rest)
        else:
            self._hasher.update(piece)

    def finish(self) -> Digest:
        """Return the digest, after the last piece."""
        if self._body is not None:
            self._hasher.update(decode_transfer(b"".join(self._body)))
            self._body = None
        return Digest(algorithm="sha256", value=self._hasher.hexdigest())
