"""Headers that are as usual, read at once: those of one writer differ in their values alone.

A shape is a header's version, its names in their order, its WARC-Type, and its Content-Type if
that is HTTP.  It is taken from a header that was read line by line, and then one regular
expression reads the next ones like it, in a third of the time, and the head of the HTTP message.
Of what is not as usual nothing is read here.

Not for: headers of any other make (`archive.store.foreign.dialects`).
"""

import re
from dataclasses import dataclass

from archive.store.framing import BEGINNINGS

# Names of fields that matter here, as they are usually spelled.
USUAL = {
    name.encode(): name.lower()
    for name in (
        "WARC-Type Content-Length Content-Type WARC-Block-Digest WARC-Payload-Digest"
        " WARC-Record-ID WARC-Target-URI WARC-Date WARC-Refers-To WARC-Refers-To-Target-URI"
        " WARC-Refers-To-Date WARC-Truncated WARC-Segment-Number"
    ).split()
}
# Those whose values are given, in this order; of a payload that a revisit may refer to all.
_READ = (b"Content-Length", b"WARC-Block-Digest", b"WARC-Payload-Digest")
_READ_OF_PAYLOADS = (*_READ, b"WARC-Record-ID", b"WARC-Target-URI", b"WARC-Date")
_PAYLOADS = (b"response", b"resource")
_VERSIONS = frozenset(BEGINNINGS)
_MATTERS = frozenset(name.lower() for name in USUAL)
_HARMLESS: set[bytes] = set(USUAL)  # others that do not matter join as they are met
_MOST_NAMES = 1000
_MOST_SHAPES = 100
_LOOK = 8192
_NEVER = b"(?:(?!)())?"  # a group that takes part in no match, and so has no value
_HTTP = (b"application/http", b"message/http")
_NO_HTTP = b"(?!.*(?i:application/http|message/http)).*"
MOST_HTTP = 65536  # of the head of an HTTP message
# The head of an HTTP message without transfer coding; all others are looked at more closely.
_HTTP_HEAD = rb"(?:(?:(?!\s|[Tt][Rr]).+\r\n){1,200}\r\n)?"

Values = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What matches headers that are alike, and the groups: at the end, and of fields."""

    pattern: re.Pattern[bytes]
    end: int
    groups: tuple[int, ...]
    kind: bytes
    is_http: bool


class Shapes:
    """The shapes met so far, and which came after which: a request often after its response."""

    __slots__ = ("_after", "_known", "_last", "_numbers")

    def __init__(self) -> None:
        self._known: list[Shape] = []
        self._numbers: dict[bytes, int] = {}
        self._after: list[int] = []
        self._last = -1

    def read_head(self, data: bytes | bytearray, at: int) -> tuple[int, int, bytes, Values] | None:
        """Return what the header at ``at`` says, or None where something is not as usual.

        That is where it ends; where the payload begins, or 0 where that is to be found yet; the
        WARC-Type in lower case; and the values of some fields.
        """
        if self._last >= 0:
            number = self._after[self._last]
            shape = self._known[number]
            match = shape.pattern.match(data, at)
            if match is not None:
                begin, body = match.end(shape.end), match.end()
                head = data[at:begin]
                if not (head.isascii() or _is_utf8(head)):
                    return None
                self._last = number
                if shape.is_http and not 0 < body - begin < MOST_HTTP:
                    body = 0
                return begin, body, shape.kind, match.group(*shape.groups)
        end = data.find(b"\r\n\r\n", at, at + _LOOK)
        head = bytes(data[at:end])
        fields = parse_head(head) if end > 0 else None
        if fields is None or b"WARC-Type" not in fields:
            return None
        kind = fields[b"WARC-Type"].lower()
        content_type = fields.get(b"Content-Type", b"").lower()
        is_http = content_type.startswith(_HTTP)
        if not kind.isalpha() or (not is_http and any(one in content_type for one in _HTTP)):
            return None
        self._note(head, fields, kind, is_http=is_http)
        names = _READ_OF_PAYLOADS if kind in _PAYLOADS else _READ
        return end + 4, 0 if is_http else end + 4, kind, tuple(map(fields.get, names))

    def _note(self, head: bytes, fields: dict[bytes, bytes], kind: bytes, *, is_http: bool) -> None:
        """Remember the shape of a header."""
        names = _READ_OF_PAYLOADS if kind in _PAYLOADS else _READ
        pattern, (end, *groups) = _make_pattern(head, fields, names, is_http=is_http)
        number = self._numbers.get(pattern)
        if number is None:
            if len(self._known) >= _MOST_SHAPES:
                return
            number = self._numbers[pattern] = len(self._known)
            self._known.append(
                Shape(
                    pattern=re.compile(pattern),
                    end=end,
                    groups=tuple(groups),
                    kind=kind,
                    is_http=is_http,
                )
            )
            self._after.append(number)
        if self._last >= 0:
            self._after[self._last] = number
        self._last = number


def _make_pattern(
    head: bytes, fields: dict[bytes, bytes], names: tuple[bytes, ...], *, is_http: bool
) -> tuple[bytes, tuple[int, ...]]:
    """Return what matches headers like this one, and the groups of the fields ``names``.

    Of the groups the first is empty, and stands at the header's end.
    """
    version, *lines = head.split(b"\r\n")
    parts = [re.escape(version), rb"\r\n"]
    found: list[bytes] = []
    for line in lines:
        name = line.partition(b": ")[0]
        if name in names:
            found.append(name)
            value = b"(.*)"
        elif name == b"WARC-Type" or (name == b"Content-Type" and is_http):
            value = re.escape(fields[name])
        else:
            value = _NO_HTTP if name == b"Content-Type" else b".*"
        parts += [re.escape(name), b": ", value, rb"\r\n"]
    absent = [name for name in names if name not in found]
    groups = [*found, b"", *absent]
    parts += [rb"\r\n()", _HTTP_HEAD if is_http else b"", _NEVER * len(absent)]
    return b"".join(parts), tuple(groups.index(name) + 1 for name in (b"", *names))


def parse_head(head: bytes) -> dict[bytes, bytes] | None:
    """Return the fields of a header in which everything is as usual."""
    lines = head.split(b"\r\n")
    if lines[0] not in _VERSIONS:
        return None
    count = len(lines) - 1
    if head.count(b"\n") != count or head.count(b"\r") != count:
        return None
    del lines[0]
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b": ")
        if not colon:
            return None
        fields[name] = value
    if not (fields.keys() <= _HARMLESS or _are_harmless(fields)):
        return None
    if len(fields) != count and _repeats_what_matters(lines):
        return None
    return fields if head.isascii() or _is_utf8(head) else None


def _repeats_what_matters(lines: list[bytes]) -> bool:
    """Tell whether one of the fields that matter is there twice, as WARC-Protocol may be."""
    names = [line.partition(b":")[0] for line in lines]
    return any(names.count(name) > 1 for name in USUAL)


def _are_harmless(fields: dict[bytes, bytes]) -> bool:
    """Tell whether the fields that are not known here are fields, and do not matter."""
    for name in fields.keys() - _HARMLESS:
        is_plain = name.isascii() and name.replace(b"-", b"").replace(b"_", b"").isalnum()
        if not is_plain or name.lower() in _MATTERS:
            return False
        if len(_HARMLESS) < _MOST_NAMES:
            _HARMLESS.add(name)
    return True


def _is_utf8(head: bytes | bytearray) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError:
        return False
    return True
