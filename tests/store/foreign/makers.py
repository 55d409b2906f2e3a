"""Files of others, made up: WARC and ARC records in every style.

Not for: our own files (`tests.store.drafts`).
"""

import base64
import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

from archive.core.finding import Finding
from archive.store.foreign.check import Level, check_file

END = b"\r\n\r\n"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"


def sha1(data: bytes) -> str:
    """Return the label and result as most tools write them."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def make_record(
    number: int = 1,
    block: bytes = HTTP + b"body",
    *,
    kind: str = "response",
    fields: Sequence[tuple[str, str]] = (),
    length: int | str | None = None,
    version: str = "WARC/1.0",
    content_type: str = "application/http; msgtype=response",
    newline: str = "\r\n",
) -> bytes:
    """Return a record without the line ends after its block."""
    lines = [
        version,
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{number}>",
        "WARC-Date: 2020-01-01T00:00:00Z",
        f"WARC-Target-URI: http://a.example/{number}",
        *(f"{name}: {value}" for name, value in fields),
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return (newline.join(lines) + newline * 2).encode() + block


def make_digested(number: int = 1, block: bytes = HTTP + b"body", **more: object) -> bytes:
    """Return a record with both digests."""
    body = block.partition(b"\r\n\r\n")[2]
    fields = (("WARC-Block-Digest", sha1(block)), ("WARC-Payload-Digest", sha1(body)))
    return make_record(number, block, fields=fields, **more)  # type: ignore[arg-type]  # passed on


def pack(*records: bytes, end: bytes = END) -> bytes:
    """Return records as gzip members."""
    return b"".join(gzip.compress(record + end, mtime=0) for record in records)


def lay(*records: bytes, end: bytes = END) -> bytes:
    """Return records as a plain file."""
    return b"".join(record + end for record in records)


def check(folder: Path, data: bytes, name: str = "a.warc", level: Level = "full") -> list[Finding]:
    """Return what is found in a file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return list(check_file(path, level=level))


def damage(findings: list[Finding]) -> list[Finding]:
    """Return what is damage or could not be decided."""
    return [finding for finding in findings if finding.severity != "note"]
