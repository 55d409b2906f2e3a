"""ARC files: framing and lengths, which is all that they say of themselves."""

import gzip
from pathlib import Path

import pytest

from tests.store.foreign.makers import check, damage

VERSION_1 = b"1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n"
VERSION_2 = (
    b"2 0 Example\nURL IP-address Archive-date Content-type Result-code Checksum Location Offset"
    b" Filename Archive-length\n"
)
VERSION_1_1 = (
    b"1 1 Example\nURL IP-address Archive-date Content-type Archive-length\n<arcmetadata/>\n"
)
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>\n" + b"text " * 400


def make_line(number: int, length: int, *, more: str = "") -> bytes:
    return f"http://a.example/{number} 192.0.2.1 20010203040506 text/html {more}{length}\n".encode()


def make_parts(version: bytes = VERSION_1, *, more: str = "", end: bytes = b"\n") -> list[bytes]:
    first = f"filedesc://a.arc 0.0.0.0 20010203040506 text/plain {more}{len(version)}\n".encode()
    records = [make_line(n, len(BODY), more=more) + BODY + end for n in (1, 2, 3)]
    return [first + version + end, *records]


STYLES = {
    "version 1": make_parts(),
    "version 1.1": make_parts(VERSION_1_1),
    "version 2": make_parts(VERSION_2, more="200 abc - 0 a.arc "),
    "CR LF": make_parts(end=b"\r\n"),
    "no line end": make_parts(end=b""),
    "two line ends": make_parts(end=b"\n\n"),
}


@pytest.mark.parametrize("name", STYLES)
def test_every_style_is_intact(tmp_path: Path, name: str) -> None:
    parts = STYLES[name]
    for data in (
        b"".join(parts),
        b"".join(map(gzip.compress, parts)),
        gzip.compress(b"".join(parts)),
    ):
        assert damage(check(tmp_path, data, "a.arc")) == []
        assert damage(check(tmp_path, data + data, "a.arc")) == []


@pytest.mark.parametrize("is_gzip", [True, False])
@pytest.mark.parametrize("by", [7, -7, 5000])
def test_a_length_that_does_not_fit_is_found(tmp_path: Path, by: int, *, is_gzip: bool) -> None:
    parts = make_parts()
    for at in (1, 3):
        wrong = make_line(at, len(BODY) + by) + BODY + b"\n"
        broken = [*parts[:at], wrong, *parts[at + 1 :]]
        data = b"".join(map(gzip.compress, broken) if is_gzip else broken)
        found = damage(check(tmp_path, data, "a.arc"))
        start = len(b"".join(map(gzip.compress, parts[:at]) if is_gzip else parts[:at]))
        assert [(one.severity, one.offset) for one in found] == [("damage", start)]


def test_every_cut_of_a_packed_file_and_most_of_a_plain_one_are_found(tmp_path: Path) -> None:
    parts = make_parts()
    packed = [gzip.compress(part, mtime=0) for part in parts]
    ends = {len(b"".join(packed[:n])) for n in range(5)}
    data = b"".join(packed)
    for size in range(1, len(data)):
        assert bool(damage(check(tmp_path, data[:size]))) == (size not in ends), size
    data = b"".join(parts)
    last = len(data) - len(parts[-1])
    for size in range(last + 1, len(data) - 1, 7):  # without its line end a record is whole
        assert damage(check(tmp_path, data[:size], "a.arc")), size


def test_junk_is_found(tmp_path: Path) -> None:
    parts = make_parts()
    data = b"".join(parts[:2]) + b"junk that is long enough\n" + b"".join(parts[2:])
    (finding,) = damage(check(tmp_path, data, "a.arc"))
    assert finding.severity == "damage"
    assert damage(check(tmp_path, b"".join(parts) + b"junk", "a.arc"))
    packed = b"".join(map(gzip.compress, parts))
    assert damage(check(tmp_path, packed + b"junk", "a.arc.gz"))
