"""Write a response record for each page: ``write_records.py WRITER BODY SITE FOLDER``.

WRITER is ``warcio`` (its writer as it comes), ``ours`` (the store's records alone) or ``stored``
(the store with its log, reading back and fsync, 64 groups at a time).  BODY is ``html`` or
``gzip``.  Prints the CPU and wall seconds of the writing alone, and the size, as JSON.

Not for: reading pages or starting Python, which are not counted.
"""

import hashlib
import io
import json
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.core.checkpoint import format_checkpoint
from archive.core.digest import Digest
from archive.core.record import Draft
from archive.store.disk import Disk
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.store.warc import write_record
from archive.store.write import ArchiveWriter

_URL = "http://news.example/p/"
_TYPE = "application/http; msgtype=response"
_BATCH = 64


def main(writer: str, body: str, site: Path, folder: Path) -> None:
    """Read the pages, write them, and print what that took."""
    suffix = ".gz" if body == "gzip" else ""
    pages = [path.read_bytes() for path in sorted(site.glob(f"p/*.html{suffix}"))]
    folder.mkdir()
    write = {"warcio": write_with_warcio, "ours": write_ours, "stored": write_stored}[writer]
    cpu, wall = time.process_time(), time.perf_counter()
    write(pages, "gzip" if suffix else "", folder)
    used = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    size = sum(path.stat().st_size for path in folder.rglob("*.warc.gz*"))
    print(json.dumps({**used, "size": size}))


def make_fields(page: bytes, encoding: str) -> list[tuple[str, str]]:
    """Return the header fields of an answer with ``page`` in it."""
    return [
        ("Server", "nginx"),
        ("Date", "Mon, 01 Jun 2026 09:30:00 GMT"),
        ("Content-Type", "text/html"),
        ("Content-Length", str(len(page))),
        *([("Content-Encoding", encoding)] if encoding else []),
    ]


def write_with_warcio(pages: Sequence[bytes], encoding: str, folder: Path) -> None:
    """Write the pages as warcio's documentation says."""
    with (folder / "peer.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number, page in enumerate(pages):
            head = StatusAndHeaders("200 OK", make_fields(page, encoding), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"{_URL}{number}", "response", payload=io.BytesIO(page), http_headers=head
                )
            )


def write_ours(pages: Sequence[bytes], encoding: str, folder: Path) -> None:
    """Write the pages with the store's record writer, into one file."""
    info = uuid.uuid4().urn
    with (folder / "ours.warc.gz").open("wb") as file:
        for draft in make_drafts(pages, encoding):
            write_record(draft, file.write, warcinfo_id=info)


def write_stored(pages: Sequence[bytes], encoding: str, folder: Path) -> None:
    """Write the pages as the archive does: groups, log, read back, fsync."""
    groups = [
        GroupDraft(kind="capture", drafts=(draft, tie_metadata(draft)), address=None, overwrites=())
        for draft in make_drafts(pages, encoding)
    ]
    with ArchiveWriter(
        Layout(root=folder),
        disk=Disk(),
        clock=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().urn,
        origin="bench.example/archive",
        sign=lambda checkpoint: f"{format_checkpoint(checkpoint)}\n",
        info=(("software", "bench"),),
    ) as writer:
        for start in range(0, len(groups), _BATCH):
            writer.append(groups[start : start + _BATCH])


def make_drafts(pages: Sequence[bytes], encoding: str) -> Iterator[Draft]:
    """Give the draft of each page's response, digests included."""
    for number, page in enumerate(pages):
        fields = make_fields(page, encoding)
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        block = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + page
        payload = digest(page)
        yield Draft(
            record_id=uuid.uuid4().urn,
            kind="response",
            date=datetime.now(UTC),
            fields=(
                ("WARC-Target-URI", f"{_URL}{number}"),
                ("WARC-Payload-Digest", str(payload)),
            ),
            content_type=_TYPE,
            block=block,
            length=len(block),
            block_digest=digest(block),
            payload=payload,
            compressed=bool(encoding),
        )


def tie_metadata(response: Draft) -> Draft:
    """Return a metadata record that belongs to ``response``, of the usual size."""
    block = json.dumps({"principal": response.record_id, "filler": "x" * 600}).encode()
    return Draft(
        record_id=uuid.uuid4().urn,
        kind="metadata",
        date=response.date,
        fields=(("WARC-Concurrent-To", f"<{response.record_id}>"),),
        content_type="application/json",
        block=block,
        length=len(block),
        block_digest=digest(block),
    )


def digest(data: bytes) -> Digest:
    """Return the SHA-256 of ``data``."""
    return Digest(algorithm="sha256", value=hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
