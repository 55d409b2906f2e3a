"""How records begin: WARC headers and ARC lines, read as leniently as their end stays certain.

Follows WARC/1.1 §4 (and 1.0, 0.18, 0.17), and the ARC file format of the Internet Archive,
versions 1, 1.1 and 2.  What is merely unusual is told as an oddity.  Not for: our own files,
which are read strictly (`archive.store.framing`).
"""

import re
from dataclasses import dataclass

from archive.store.framing import VERSIONS

MAX_HEAD = 1 << 20
LOOK = 8192  # bytes that show whether a record begins
_FIELD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(r"[0-9]{1,18}")
_WARC = re.compile(rb"WARC/[0-9]+\.[0-9]+[ \t]*\r?\n")
_ARC = re.compile(
    rb"[A-Za-z][A-Za-z0-9+.-]*:[^\r\n]* [0-9]{8,17} [^\r\n]*?([0-9]{1,18})[ \t]*\r?\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A record's header: its length in bytes, that of the block, and the fields by name.

    ``oddities`` are what is unusual, ``has_lf`` that lines end with LF alone; ``problem`` says
    why the block's end is not known, else "".  Of a field that is there several times, the first
    counts.
    """

    size: int
    length: int
    fields: dict[str, str]
    oddities: tuple[str, ...] = ()
    problem: str = ""
    has_lf: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What makes a record one: how it begins, and the line ends that may follow its block."""

    name: str
    pattern: re.Pattern[bytes]
    tidy: tuple[bytes, ...]
    has_digests: bool

    def begins(self, data: bytes) -> bool:
        """Tell whether ``data`` is the beginning of a record, as far as it goes."""
        if self.pattern.match(data):
            return True
        return self.name == "WARC" and len(data) < 16 and data.startswith(b"WARC/")

    def parse_head(self, data: bytes) -> Head | None:
        """Return the header at the start of ``data``, or None where its end is not there."""
        if self.name == "ARC":
            match = _ARC.match(data)
            if match is None:
                return None
            return Head(size=match.end(), length=int(match[1]), fields={}, has_lf=True)
        end = _FIELD_END.search(data)
        return parse_warc_head(data[: end.start()], end.end()) if end else None


WARC = Dialect(name="WARC", pattern=_WARC, tidy=(b"\r\n\r\n", b"\n\n"), has_digests=True)
ARC = Dialect(
    name="ARC", pattern=_ARC, tidy=(b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"), has_digests=False
)
DIALECTS = (WARC, ARC)


def parse_warc_head(data: bytes, size: int) -> Head:
    """Return what a header says; ``data`` is without its empty line, ``size`` counts it."""
    oddities: list[str] = []
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        oddities.append("the header is not UTF-8")
    has_lf = "\n" in text.replace("\r\n", "")
    if has_lf:
        oddities.append("header lines end with LF alone")
    version, *lines = text.replace("\r\n", "\n").split("\n")
    if version not in VERSIONS:
        oddities.append("a WARC version that is not known here")
    fields: dict[str, str] = {}
    lengths: set[str] = set()
    name = ""
    for line in lines:
        if line[:1] in (" ", "\t") and name:
            fields[name] = f"{fields[name]} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or not name:
            oddities.append("a header line is no field")
            name = ""
            continue
        if name == "content-length":
            if name in fields:
                oddities.append("Content-Length stands in the header twice")
            lengths.add(value.strip())
        elif name in fields and name in ("warc-block-digest", "warc-payload-digest", "warc-type"):
            oddities.append("a field stands in the header twice")
        fields.setdefault(name, value.strip())
    problem, length = _judge_lengths(lengths)
    return Head(
        size=size,
        length=length,
        fields=fields,
        oddities=tuple(dict.fromkeys(oddities)),
        problem=problem,
        has_lf=has_lf,
    )


def _judge_lengths(lengths: set[str]) -> tuple[str, int]:
    if not lengths:
        return "the header has no Content-Length", 0
    if len(lengths) > 1:
        return "the header has several Content-Length fields that differ", 0
    (length,) = lengths
    if not _LENGTH.fullmatch(length):
        return f"Content-Length is no plain number: {length[:40]!r}", 0
    return "", int(length)
