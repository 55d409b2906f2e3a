"""Reading one record strictly: the frame of header, block and line ends.

Follows WARC/1.1 §4 and Annex D.  A record's header is at most 64 KiB of lines that end with
CR LF, with exactly one ``Content-Length``, a plain number; after the block come two line ends
and nothing else.  Other readers forgive more; the records that they would read differently
are the ones to know about.  Memory stays flat.

Not for: whole files (`archive.store.scan`), or HTTP inside records (`archive.store.payload`).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.core.digest import Digest, parse_digest
from archive.core.record import Record
from archive.errors import DamageError, InputError
from archive.store.gzip_members import Hasher, Window, inflate_member
from archive.store.warc import MAX_HEADER

Fields = tuple[tuple[str, str], ...]
# Told a record's header, gives what takes in its block, or None.
Listener = Callable[[Fields], Callable[[bytes], object] | None]

VERSIONS = ("WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17")
BEGINNINGS = tuple(version.encode() for version in VERSIONS)
_LENGTH = re.compile(r"[0-9]{1,18}")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A member (or, in a plain file, a record) found whole: its place, digests and header.

    ``problems`` says what is wrong with the record inside; its digests hold all the same.
    """

    offset: int
    length: int
    member: Digest
    record: Digest
    block: Digest
    block_length: int
    fields: Fields
    problems: tuple[str, ...]

    @property
    def header(self) -> Record:
        """The record without its block."""
        return Record(fields=self.fields, block=b"")


def scan_record(window: Window, *, is_gzip: bool, listen: Listener | None = None) -> Scanned:
    """Read the one record at the window's place, and leave the place after it.

    Raises:
        DamageError: where it ends cannot be known: the member is broken or cut short, or, in a
            plain file, the header is.
    """
    offset = window.place
    member = hashlib.sha256()
    if is_gzip:
        reading = _RecordReader(listen)
        for piece in inflate_member(window, member):
            reading.feed(piece)
    else:
        reading = _read_plain(window, member, listen)
    return reading.finish(offset, window.place - offset, member.hexdigest())


class _RecordReader:
    """Takes the bytes of one record in pieces."""

    __slots__ = (
        "_block", "_foreign", "_head", "_length", "_sink", "_stated", "_tail",
        "declared", "fields", "is_parsed", "listen", "problems", "record",
    )  # fmt: skip

    def __init__(self, listen: Listener | None) -> None:
        self.listen = listen
        self.record = hashlib.sha256()
        self.fields: Fields = ()
        self.declared: int | None = None
        self.problems: list[str] = []
        self.is_parsed = False
        self._block = hashlib.sha256()
        self._foreign: Hasher | None = None
        self._head = b""
        self._length = 0
        self._sink: Callable[[bytes], object] | None = None
        self._stated: str | None = None
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take in more of the record."""
        self.record.update(piece)
        if not self.is_parsed:
            self._head += piece
            end = self._head.find(b"\r\n\r\n", 0, MAX_HEADER + 4)
            if end < 0 and len(self._head) <= MAX_HEADER:
                return
            self.is_parsed = True
            if end < 0:
                self.problems.append("the header has no end within 64 KiB")
                piece, self._head = self._head, b""
            else:
                piece, self._head = self._head[end + 4 :], self._head[: end + 2]
                self._parse()
        self._feed_block(piece)

    def finish(self, offset: int, length: int, member: str) -> Scanned:
        """Return what the record is, after its last byte."""
        if not self.is_parsed:
            self.problems.append("the record has no header")
        elif self.declared is not None:
            if self._length < self.declared:
                self.problems.append(
                    f"the block has {self._length} bytes, but Content-Length says {self.declared}"
                )
            elif self._tail != b"\r\n\r\n":
                self.problems.append("the block is not followed by two line ends and nothing else")
        block = Digest(algorithm="sha256", value=self._block.hexdigest())
        self._compare_block(block)
        return Scanned(
            offset=offset,
            length=length,
            member=Digest(algorithm="sha256", value=member),
            record=Digest(algorithm="sha256", value=self.record.hexdigest()),
            block=block,
            block_length=self._length,
            fields=self.fields,
            problems=tuple(self.problems),
        )

    def _feed_block(self, piece: bytes) -> None:
        if self.declared is not None and self._length + len(piece) > self.declared:
            room = self.declared - self._length
            self._tail = (self._tail + piece[room : room + 5])[:5]
            piece = piece[:room]
        if piece:
            self._length += len(piece)
            self._block.update(piece)
            if self._foreign is not None:
                self._foreign.update(piece)
            if self._sink is not None:
                self._sink(piece)

    def _parse(self) -> None:
        self.fields, self.problems = parse_header(self._head)
        pairs = [(name.lower(), value) for name, value in self.fields]
        lengths = [value for name, value in pairs if name == "content-length"]
        if len(lengths) != 1:
            self.problems.append(f"the header has {len(lengths)} Content-Length fields, not one")
        elif not _LENGTH.fullmatch(lengths[0]):
            self.problems.append(f"Content-Length is no plain number: {lengths[0][:40]!r}")
        else:
            self.declared = int(lengths[0])
        self._stated = next((value for name, value in pairs if name == "warc-block-digest"), None)
        label = (self._stated or "").partition(":")[0].lower().replace("-", "")
        if label not in ("", "sha256") and label in hashlib.algorithms_available:
            self._foreign = hashlib.new(label)  # other people's records: checked, never written
        if self.listen is not None:
            self._sink = self.listen(self.fields)

    def _compare_block(self, block: Digest) -> None:
        if self._stated is None or self._stated == str(block):
            return
        try:
            wanted = parse_digest(self._stated)
        except InputError:
            self.problems.append(f"WARC-Block-Digest is no digest: {self._stated[:80]!r}")
            return
        if wanted.algorithm == "sha256":
            found = block.value
        elif self._foreign is not None:
            found = self._foreign.hexdigest()
        else:
            return  # an algorithm that we do not know says nothing
        if found != wanted.value:
            self.problems.append("the block is not what WARC-Block-Digest says")


def parse_header(head: bytes) -> tuple[Fields, list[str]]:
    """Return the fields of a record's header (without its empty line), and what is wrong."""
    problems: list[str] = []
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
        problems.append("the header is not UTF-8")
    version, *lines = text.split("\r\n")[:-1]
    if version not in VERSIONS:
        problems.append(f"the record begins with {version[:40]!r}, not with a WARC version")
    is_framed = text.count("\n") == text.count("\r") == len(lines) + 1
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not (is_framed or _is_one_line(line)):
            problems.append(f"the header has a line that is no field: {line[:80]!r}")
            continue
        fields.append((name.rstrip(), value.strip()))
    return tuple(fields), problems


def _is_one_line(line: str) -> bool:
    return "\n" not in line and "\r" not in line


def _read_plain(window: Window, member: Hasher, listen: Listener | None) -> _RecordReader:
    """Read a record of an uncompressed file, whose end follows from its header alone."""
    start = window.place
    head = window.read_exactly(MAX_HEADER + 4)
    end = head.find(b"\r\n\r\n")
    if not head.startswith(BEGINNINGS) or end < 0:
        raise DamageError("there is no record header here")
    window.move(start)
    reading = _RecordReader(listen)
    wanted = end + 4
    while wanted:
        data = window.read(min(wanted, _PIECE))
        if not data:
            raise DamageError("the file ends inside a record")
        wanted -= len(data)
        member.update(data)
        reading.feed(data)
        if not wanted and window.place == start + end + 4:
            if reading.declared is None:
                raise DamageError("; ".join(reading.problems))
            wanted = reading.declared + 4
    return reading
