"""Checking stored records against the leaves that list them.

`check_span` looks at a stretch of one file and depends on nothing else, so that a caller may
spread spans over threads or processes.  Read-only; flat memory, but for framed HTTP bodies.
Not for: the log itself (`archive.store.check_log`).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from archive.core.digest import Digest, parse_digest
from archive.core.finding import Finding, Severity
from archive.core.leaf import Placed
from archive.core.record import Record
from archive.errors import DamageError, InputError
from archive.store.gzip_members import Window
from archive.store.layout import Layout
from archive.store.payload import PayloadDigester
from archive.store.scan import Fields, Scanned, scan_record

Depth = Literal["stored", "full"]
_PIECE = 1 << 20
_NOT_OVERWRITTEN = "the record is withdrawn, but was not overwritten yet"
_RESTORE = "restore the file from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A record as its leaf lists it.

    ``filler`` is the digest of what overwrites it, if it is withdrawn; ``is_pending`` says that
    the withdrawal is the newest leaf, so that the next writer may still have to do it.
    """

    placed: Placed
    leaf: int
    filler: Digest | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Records that lie one after the other in one file."""

    warc: str
    records: tuple[Listed, ...]

    @property
    def length(self) -> int:
        """How many bytes they take."""
        return sum(listed.placed.length for listed in self.records)


def check_span(root: Path, span: Span, depth: Depth) -> tuple[Finding, ...]:
    """Check the records of a span: their members, and where ``full`` what is inside."""
    layout = Layout(root=root)
    path = layout.find_warc(span.warc)
    if path is None:
        return ()  # told once, by the check of files
    findings: list[Finding] = []
    with path.open("rb", buffering=0) as stream:
        for listed in span.records:
            problems = _check_record(stream, listed, depth)
            if problems and not _check_record(stream, listed, depth):
                findings.append(_report(span.warc, listed, problems[0], is_transient=True))
            else:
                findings += [_report(span.warc, listed, problem) for problem in problems]
    return tuple(findings)


def _check_record(stream: BinaryIO, listed: Listed, depth: Depth) -> list[str]:
    """Return what is wrong with a record, in words; nothing if all is well."""
    placed = listed.placed
    if depth == "stored" or listed.filler is not None:
        found = _digest_member(stream, placed)
        if found == (listed.filler or placed.member):
            return []
        if listed.filler is not None and (listed.is_pending or found == placed.member):
            return [_NOT_OVERWRITTEN]
        return ["the stored bytes are not those that were logged"]
    window = Window(stream, placed.offset, placed.offset + placed.length)
    digesters: list[PayloadDigester] = []

    def listen(fields: Fields) -> Callable[[bytes], object] | None:
        header = Record(fields=fields, block=b"")
        if placed.payload is None or header.kind == "revisit":
            return None
        digesters.append(PayloadDigester(header))
        return digesters[0].feed

    try:
        scanned = scan_record(window, is_gzip=True, listen=listen)
    except DamageError as error:
        if _digest_member(stream, placed) == placed.member:
            return [f"{error}, and so it was logged"]
        return [f"the stored bytes are not those that were logged: {error}"]
    if scanned.member != placed.member or window.left:
        return ["the stored bytes are not those that were logged"]
    payload = digesters[0].finish() if digesters else None
    return [*scanned.problems, *_compare(scanned, placed, payload)]


def _compare(scanned: Scanned, placed: Placed, payload: Digest | None) -> list[str]:
    header = scanned.header
    problems: list[str] = []
    if scanned.record != placed.record:
        problems.append("the record's digest is not the logged one")
    if scanned.block != placed.block:
        problems.append("the block's digest is not the logged one")
    if header.record_id != placed.record_id or header.kind != placed.kind:
        problems.append(f"the header names another record ({header.kind} {header.record_id})")
    if header.find("WARC-Block-Digest") is None:
        problems.append("the header has no WARC-Block-Digest")
    if payload is not None and payload != placed.payload:
        problems.append("the payload's digest is not the logged one")
    stated = header.find("WARC-Payload-Digest")
    if stated is not None and placed.payload is not None:
        try:
            is_same = parse_digest(stated) == placed.payload
        except InputError:
            is_same = False
        if not is_same:
            problems.append("WARC-Payload-Digest is not the logged one")
    return problems


def _digest_member(stream: BinaryIO, placed: Placed) -> Digest:
    hasher = hashlib.sha256()
    stream.seek(placed.offset)
    left = placed.length
    while left and (data := stream.read(min(left, _PIECE))):
        hasher.update(data)
        left -= len(data)
    return Digest(algorithm="sha256", value=hasher.hexdigest())


def _report(warc: str, listed: Listed, problem: str, *, is_transient: bool = False) -> Finding:
    severity: Severity = "damage"
    what, remedy = problem, _RESTORE
    if is_transient:
        severity = "undecidable"
        what = f"{problem}, but on a second reading all was well"
        remedy = "look at the health of the disk and the memory"
    elif problem == _NOT_OVERWRITTEN:
        severity = "note" if listed.is_pending else "damage"
        remedy = "withdraw it again; the next command that writes finishes the newest withdrawal"
    return Finding(
        severity=severity,
        what=f"{listed.placed.kind} record: {what}",
        file=f"warcs/{warc}",
        offset=listed.placed.offset,
        record_id=listed.placed.record_id,
        holds=f"entry {listed.leaf} of the capture log, which says what it was,"
        " and the records that are not named",
        remedy=remedy,
    )
