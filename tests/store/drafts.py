"""Groups and writers for the tests of `archive.store`; everything is repeatable."""

import io
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from archive.core.checkpoint import Checkpoint, format_checkpoint
from archive.core.digest import Digest, digest_bytes
from archive.core.finding import Finding
from archive.core.leaf import Leaf, Overwritten, digest_address
from archive.core.record import Draft
from archive.store.check import Level, check_archive
from archive.store.disk import Disk
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.store.write import ArchiveWriter
from tests.support.clock import START, make_clock

ORIGIN = "archive.example/a1b2c3d4"
URL = "http://ministry.example/statement"
INFO = (("software", "statement-archive test"), ("format", "WARC File Format 1.1"))


def make_ids(seed: str = "") -> Callable[[], str]:
    """A callable that gives a new record id at each call, the same ones in every run."""
    count = 0

    def new_id() -> str:
        nonlocal count
        count += 1
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{seed}{count}").urn

    return new_id


@dataclass(slots=True)
class Maker:
    """Makes groups; ``new_id`` and ``clock`` are the writer's too."""

    new_id: Callable[[], str]
    clock: Callable[[], datetime]

    def draft(
        self,
        kind: str,
        block: bytes | BinaryIO,
        *fields: tuple[str, str],
        record_id: str | None = None,
        content_type: str = "application/http",
        payload: Digest | None = None,
        compressed: bool = False,
        length: int | None = None,
        block_digest: Digest | None = None,
    ) -> Draft:
        data = block if isinstance(block, bytes) else b""
        return Draft(
            record_id=record_id or self.new_id(),
            kind=kind,
            date=self.clock(),
            fields=fields,
            content_type=content_type,
            block=block,
            length=len(data) if length is None else length,
            block_digest=block_digest or digest_bytes(data),
            payload=payload,
            content=payload,
            compressed=compressed,
        )

    def capture(
        self,
        body: bytes = b"<p>We have decided.",
        *,
        head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        payload: bytes | None = None,
        compressed: bool = False,
        spooled: bool = False,
    ) -> GroupDraft:
        """A capture of `URL` that was answered with ``body``."""
        digest = digest_bytes(body if payload is None else payload)
        fields = [("WARC-Target-URI", URL), ("WARC-IP-Address", "192.0.2.1")]
        if payload is None:
            fields.append(("WARC-Payload-Digest", str(digest)))
        block = head + body
        response = self.draft(
            "response",
            io.BytesIO(block) if spooled else block,
            *fields,
            payload=digest,
            compressed=compressed,
            length=len(block),
            block_digest=digest_bytes(block),
        )
        tie = ("WARC-Concurrent-To", f"<{response.record_id}>")
        request = self.draft(
            "request",
            b"GET /statement HTTP/1.1\r\nHost: ministry.example\r\n\r\n",
            ("WARC-Target-URI", URL),
            tie,
        )
        salt = uuid.uuid5(uuid.NAMESPACE_URL, response.record_id).bytes
        said = {
            "format": "statement-archive/capture/1",
            "principal": response.record_id,
            "url": URL,
            "salt": salt.hex(),
            "payload": str(digest),
            "content": str(digest),
        }
        return GroupDraft(
            kind="capture",
            drafts=(request, response, self._metadata(said, tie)),
            address=digest_address(salt, URL),
        )

    def failure(self) -> GroupDraft:
        """A capture that got no answer, and for which nothing was sent."""
        record_id = self.new_id()
        said = {
            "format": "statement-archive/capture/1",
            "principal": record_id,
            "url": URL,
            "salt": "00" * 16,
            "failure": {"kind": "dns", "message": "no such name"},
        }
        return GroupDraft(
            kind="capture",
            drafts=(self._metadata(said, record_id=record_id),),
            address=digest_address(bytes(16), URL),
        )

    def conversion(self, text: str = "We have decided.") -> GroupDraft:
        """The text of a page."""
        draft = self.draft(
            "conversion",
            text.encode(),
            ("WARC-Refers-To", f"<{self.new_id()}>"),
            content_type="text/plain; charset=utf-8",
        )
        return GroupDraft(kind="conversion", drafts=(draft,))

    def annotation(self) -> GroupDraft:
        """A note."""
        tie = ("WARC-Refers-To", f"<{self.new_id()}>")
        said = {"format": "statement-archive/annotation/1", "kind": "note", "body": "Seen."}
        return GroupDraft(kind="annotation", drafts=(self._metadata(said, tie),))

    def withdrawal(self, overwrites: tuple[Overwritten, ...]) -> GroupDraft:
        """A withdrawal."""
        tie = ("WARC-Refers-To", f"<{overwrites[0].record_id}>")
        said = {"format": "statement-archive/annotation/1", "kind": "withdrawal", "reason": "law"}
        return GroupDraft(
            kind="withdrawal", drafts=(self._metadata(said, tie),), overwrites=overwrites
        )

    def _metadata(
        self, said: Mapping[str, object], *fields: tuple[str, str], record_id: str | None = None
    ) -> Draft:
        block = json.dumps(said, sort_keys=True).encode()
        return self.draft(
            "metadata", block, *fields, record_id=record_id, content_type="application/json"
        )


def make_maker(seed: str = "") -> Maker:
    start = START + timedelta(days=sum(seed.encode()) % 1000)
    return Maker(new_id=make_ids(seed), clock=make_clock(start, timedelta(milliseconds=1)))


def format_unsigned(checkpoint: Checkpoint) -> str:
    """The note of a checkpoint that nobody signed."""
    return f"{format_checkpoint(checkpoint)}\n"


def open_writer(
    layout: Layout,
    maker: Maker,
    *,
    disk: Disk | None = None,
    rotate_bytes: int = 1 << 30,
    lock_seconds: float = 0.0,
) -> ArchiveWriter:
    return ArchiveWriter(
        layout,
        disk=disk or Disk(),
        clock=maker.clock,
        new_id=maker.new_id,
        origin=ORIGIN,
        sign=format_unsigned,
        info=INFO,
        rotate_bytes=rotate_bytes,
        lock_seconds=lock_seconds,
        command="archive test",
    )


def list_damage(layout: Layout, level: Level = "full") -> list[Finding]:
    """What a check finds, but for notes."""
    return [one for one in check_archive(layout, level=level) if one.severity != "note"]


def list_findings(layout: Layout, level: Level = "full") -> list[Finding]:
    return list(check_archive(layout, level=level))


def list_warcs(layout: Layout) -> list[Path]:
    return sorted(layout.warcs.glob("*.warc.gz*"))


def store_small(layout: Layout, maker: Maker | None = None) -> tuple[Leaf, ...]:
    """Make an archive of two files and six groups."""
    maker = maker or make_maker()
    with open_writer(layout, maker) as writer:
        leaves = writer.append([maker.capture(), maker.conversion()])
        leaves += writer.append([maker.failure()])
    with open_writer(layout, maker) as writer:
        framed = b"5\r\nhello\r\n0\r\n\r\n"
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        leaves += writer.append([maker.capture(framed, head=head, payload=b"hello")])
        leaves += writer.append([maker.annotation()])
        leaves += writer.append([maker.capture(b"\x1f\x8b" + bytes(300), compressed=True)])
    return leaves
