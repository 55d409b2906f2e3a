"""Others' records: what is unusual is intact, what is wrong is found, and the walk goes on."""

import gzip
import hashlib
import random
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.store.foreign.dialects import WARC
from archive.store.foreign.flow import Flow
from archive.store.foreign.records import Walk
from archive.store.foreign.reports import Report
from archive.store.foreign.spans import Place, check_records, check_stretch
from archive.store.foreign.swift import Swift
from archive.store.gzip_members import Window
from tests.store.foreign.makers import (
    END,
    HTTP,
    check,
    damage,
    lay,
    make_digested,
    make_record,
    pack,
    sha1,
)

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n5;x=y\r\n more\r\n0\r\n\r\n"
)
ZIPPED_BODY = gzip.compress(b"body" * 50, mtime=0)
ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + ZIPPED_BODY
BLOCK = HTTP + b"body"


def digest_field(value: str, name: str = "WARC-Payload-Digest") -> list[tuple[str, str]]:
    return [(name, value)]


def of(data: bytes, algorithm: str = "sha1") -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


# --- unusual, and intact --------------------------------------------------------------------------

SPELLINGS = {
    "upper-case label": "SHA1:" + sha1(b"body")[5:],
    "hyphen": "sha-1:" + sha1(b"body")[5:],
    "lower-case base32": sha1(b"body").lower(),
    "hexadecimal": "sha1:" + of(b"body").hex(),
    "upper-case hexadecimal": "sha1:" + of(b"body").hex().upper(),
    "sha-256, hexadecimal": "sha-256:" + of(b"body", "sha256").hex(),
    "md5, hexadecimal": "md5:" + of(b"body", "md5").hex(),
    "unknown": "blake3:" + "ab" * 32,
    "no label": sha1(b"body")[5:],
}

UNUSUAL: dict[str, bytes] = {
    **{
        f"digest, {name}": make_record(fields=digest_field(value))
        for name, value in SPELLINGS.items()
    },
    "digest of the framed body": make_record(
        block=CHUNKED, fields=digest_field(sha1(CHUNKED.partition(END)[2]))
    ),
    "digest of the de-chunked body": make_record(
        block=CHUNKED, fields=digest_field(sha1(b"body more"))
    ),
    "digest of the decoded body": make_record(
        block=ZIPPED, fields=digest_field(sha1(b"body" * 50))
    ),
    "digest of the encoded body": make_record(block=ZIPPED, fields=digest_field(sha1(ZIPPED_BODY))),
    "digest of the block": make_record(fields=digest_field(sha1(BLOCK))),
    "header says chunked, body is not": make_record(
        block=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbody",
        fields=digest_field(sha1(b"body")),
    ),
    "header says gzip, body is not": make_record(
        block=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nbody",
        fields=digest_field(sha1(b"body")),
    ),
    "a payload that is no HTTP": make_record(
        kind="resource", content_type="text/html", fields=digest_field(sha1(BLOCK))
    ),
    "a revisit of what is not here": make_record(
        kind="revisit", fields=[*digest_field(sha1(b"x")), ("WARC-Refers-To", "<urn:uuid:99>")]
    ),
    "a truncated record": make_record(
        fields=[*digest_field(sha1(b"body and more")), ("WARC-Truncated", "length")]
    ),
    "LF-only header": make_record(newline="\n"),
    "LF-only header with digest": make_record(newline="\n", fields=digest_field(sha1(b"body"))),
    "WARC/0.17": make_record(version="WARC/0.17"),
    "WARC/0.18": make_record(version="WARC/0.18"),
    "WARC/1.1": make_record(version="WARC/1.1"),
    "WARC/1.2": make_record(version="WARC/1.2"),
    "Content-Length twice": make_record(fields=[("content-length", str(len(BLOCK)))]),
    "a field twice": make_record(
        fields=[("WARC-Concurrent-To", "<a>"), ("WARC-Concurrent-To", "<b>")]
    ),
    "a line that is no field": make_record(fields=[("X", "y\r\nnothing here")]),
    "a folded line": make_record(fields=[("X", "one\r\n  two")]),
    "a header in Latin-1": make_record(fields=[("X", "é")]).decode().encode("latin-1"),
    "a header of 200 kB": make_record(fields=[("X", "y" * 200_000)]),
    "no record id": make_record().replace(b"WARC-Record-ID: <urn:uuid:1>\r\n", b""),
    "lower-case names": make_record()
    .replace(b"WARC-Type", b"warc-type")
    .replace(b"Content-Length", b"content-length"),
    "no space after colons": make_record(block=b"", fields=digest_field(sha1(b""))).replace(
        b": ", b":"
    ),
    "an empty block": make_record(block=b"", kind="metadata"),
    "a large block": make_digested(block=HTTP + random.Random(1).randbytes(9_000_000)),
    "a WARC record in the payload": make_digested(block=HTTP + lay(make_record(5), make_record(6))),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_intact(tmp_path: Path, name: str) -> None:
    others = make_digested(7), make_digested(8)
    for data in (
        pack(others[0], UNUSUAL[name], others[1]),
        lay(others[0], UNUSUAL[name], others[1]),
        pack(UNUSUAL[name]),
        lay(UNUSUAL[name]),
        gzip.compress(lay(others[0], UNUSUAL[name], others[1])),
    ):
        assert damage(check(tmp_path, data)) == []


WHOLE = lay(make_digested(1), make_record(2), make_digested(3))
PACKED = pack(make_digested(1), make_record(2), make_digested(3))
FILES: dict[str, bytes] = {
    "one member for all records": gzip.compress(WHOLE),
    "members that end anywhere": b"".join(
        gzip.compress(WHOLE[start : start + 100]) for start in range(0, len(WHOLE), 100)
    ),
    "an empty member at the end": PACKED + gzip.compress(b""),
    "an empty member at the start": gzip.compress(b"") + PACKED,
    "two files joined": PACKED + PACKED,
    "two plain files joined": WHOLE + WHOLE,
    "zero bytes at the end": PACKED + bytes(70_000),
    "zero bytes at the end of a plain file": WHOLE + bytes(3_000_000),
    "no line ends after blocks": pack(make_record(1), make_digested(2), end=b""),
    "one line end after blocks": lay(make_record(1), make_digested(2), end=b"\r\n"),
    "LF after blocks": lay(make_record(1, newline="\n"), make_record(2, newline="\n"), end=b"\n\n"),
    "more line ends after blocks": lay(make_record(1), make_digested(2), end=END + END),
    "several records in a member, twice": gzip.compress(WHOLE) + gzip.compress(WHOLE),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_make_is_intact(tmp_path: Path, name: str) -> None:
    assert damage(check(tmp_path, FILES[name])) == []


def test_what_is_unusual_is_said_once(tmp_path: Path) -> None:
    record = make_record(newline="\n", fields=digest_field(sha1(BLOCK)))
    notes = check(tmp_path, pack(record, record, record), "a.warc.gz")
    assert [(note.severity, note.what, note.offset) for note in notes] == [
        ("note", "header lines end with LF alone (3 times, first here)", 0),
        ("note", "a payload digest is of the block (3 times, first here)", 0),
    ]


def test_which_body_a_digest_is_of_is_said(tmp_path: Path) -> None:
    for name in ("de-chunked body", "decoded body", "block"):
        (note,) = check(tmp_path, pack(UNUSUAL[f"digest of the {name}"]), "a.warc.gz")
        assert note.what == f"a payload digest is of the {name}"
    (note,) = check(tmp_path, pack(UNUSUAL["digest of the framed body"]), "a.warc.gz")
    assert note.what == "a payload digest is of the body with its chunk framing"


# --- damage ---------------------------------------------------------------------------------------

WRONG: dict[str, bytes] = {
    "no length": make_record().replace(b"Content-Length", b"Content-Width"),
    "lengths that differ": make_record(fields=[("content-length", "6")]),
    "negative length": make_record(length=-5),
    "no number": make_record(length="five"),
    "other digits": make_record(length="５"),
    "too long by 7": make_record(length=len(BLOCK) + 7),
    "too long by 1": make_record(length=len(BLOCK) + 1),
    "too long by 3": make_record(length=len(BLOCK) + 3),
    "too long by far": make_record(length=10**12),
    "too short by 1": make_record(length=len(BLOCK) - 1),
    "too short by 30": make_record(length=len(BLOCK) - 30),
    "block digest": make_record(fields=digest_field(sha1(b"x"), "WARC-Block-Digest")),
    "payload digest": make_record(fields=digest_field(sha1(b"x"))),
    "payload digest, in MD5": make_record(fields=digest_field("md5:" + "0" * 32)),
    "a digest that cannot be one": make_record(fields=digest_field("sha1:1112")),
    "a digest with a letter that is none": make_record(
        fields=digest_field(sha1(b"body")[:-1] + "1")
    ),
    "payload digest of a chunked body": make_record(block=CHUNKED, fields=digest_field(sha1(b"x"))),
    "no version": make_record().replace(b"WARC/1.0", b"BARC/1.0"),
    "no end of the header": make_record().replace(b"\r\n\r\n", b"\r\n"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("join", [pack, lay])
def test_a_wrong_record_is_found_and_the_others_are_read(
    tmp_path: Path, name: str, join: Callable[..., bytes]
) -> None:
    others = make_digested(7), make_digested(8, HTTP + b"x" * 3000)
    data = join(others[0], WRONG[name], others[1])
    for level in ("full", "quick"):
        found = damage(check(tmp_path, data, level=level))
        if level == "quick" and "digest" in name:
            assert found == []
            continue
        assert {finding.severity for finding in found} == {"damage"}
        assert {finding.offset for finding in found} == {len(join(others[0]))}
        assert all(finding.holds and finding.remedy for finding in found)
    assert count_records(tmp_path / "a.warc") >= 2


def count_records(path: Path) -> int:
    place = Place(path=path, name="a", base=0, size=path.stat().st_size)
    is_gzip = path.read_bytes()[:2] == b"\x1f\x8b"
    *_, report = check_records(
        place,
        is_gzip=is_gzip,
        dialect=WARC,
        digests=True,
        run=lambda all_: map(check_stretch, all_),
    )
    return report.records


JUNK = {
    "text": b"junk",
    "magic": b"\x1f\x8b\x08",
    "zeros": bytes(10),
    "a member that is no record": gzip.compress(b"no"),
    "many magics": b"\x1f\x8b\x08\x00" * 50,
}


@pytest.mark.parametrize("name", JUNK)
@pytest.mark.parametrize("join", [pack, lay])
def test_junk_is_damage_and_its_range_is_named(
    tmp_path: Path, name: str, join: Callable[..., bytes]
) -> None:
    first, second = join(make_digested(1)), join(make_digested(2))
    (between,) = damage(check(tmp_path, first + JUNK[name] + second))
    assert between.offset == len(first) or "Content-Length" in between.what
    assert count_records(tmp_path / "a.warc") >= 1
    after = damage(check(tmp_path, first + second + JUNK[name]))
    assert bool(after) == (name != "zeros")
    if join is pack and name == "text":
        begin = len(first)
        assert f"bytes {begin} to {begin + 4} are lost" in between.what
        assert (after[0].offset, after[0].severity) == (len(first + second), "damage")


def test_every_cut_is_found(tmp_path: Path) -> None:
    for join in (pack, lay):
        parts = [join(make_record(1)), join(make_digested(2))]
        data = b"".join(parts)
        for size in range(1, len(data)):
            found = damage(check(tmp_path, data[:size]))
            if size == len(parts[0]):
                assert found == []
            elif join is lay and len(parts[0]) - 4 <= size < len(parts[0]):
                continue  # all that is there of a file whose style is not known
            else:
                assert found, size


def test_every_flipped_bit_of_a_member_is_found_or_of_no_consequence(tmp_path: Path) -> None:
    parts = [pack(make_digested(number)) for number in (1, 2, 3)]
    data = b"".join(parts)
    begin, end = len(parts[0]), len(parts[0]) + len(parts[1])
    for place in range(begin, end):
        for bit in range(8):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            found = damage(check(tmp_path, bytes(broken)))
            if not found:  # the member's time, flags, system: what it holds is the same
                assert gzip.decompress(bytes(broken)) == gzip.decompress(data), (place, bit)
                continue
            assert found[0].offset == begin, (place, bit)
            assert count_records(tmp_path / "a.warc") == 2, (place, bit)


def test_every_flipped_bit_of_a_block_with_digest_is_found(tmp_path: Path) -> None:
    first, record = make_digested(1), make_digested(2)
    for place in range(len(record) - len(BLOCK), len(record)):
        broken = bytearray(record)
        broken[place] ^= 1
        for join in (pack, lay):
            assert damage(check(tmp_path, join(first, bytes(broken), first))), place


def test_every_altered_letter_of_a_digest_is_found(tmp_path: Path) -> None:
    record = make_digested(1)
    digest = sha1(b"body").encode()
    at = record.index(digest)
    for place in range(at + 5, at + len(digest)):
        for letter in b"ABJKVZ2701389abz/=":
            if record[place] == letter:
                continue
            broken = record[:place] + bytes([letter]) + record[place + 1 :]
            if broken.lower() != record.lower():
                assert damage(check(tmp_path, pack(broken))), (place, letter)


# --- revisits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["id", "address"])
@pytest.mark.parametrize("digest", [b"body", b"other"])
def test_a_revisit_is_compared_with_what_it_refers_to(
    tmp_path: Path, by: str, digest: bytes
) -> None:
    refers = (
        [("WARC-Refers-To", "<urn:uuid:1>")]
        if by == "id"
        else [
            ("WARC-Refers-To-Target-URI", "http://a.example/1"),
            ("WARC-Refers-To-Date", "2020-01-01T00:00:00Z"),
        ]
    )
    revisit = make_record(2, HTTP, kind="revisit", fields=[*digest_field(sha1(digest)), *refers])
    for records in ((make_digested(1), revisit), (revisit, make_digested(1))):
        found = damage(check(tmp_path, pack(*records)))
        assert [finding.record_id for finding in found] == (
            [] if digest == b"body" else ["urn:uuid:2"]
        )


# --- the fast way and the long way ----------------------------------------------------------------


def walk_all(data: bytes) -> Report:
    """Read a file without the fast way."""
    report = Report("a")
    window = Window(BytesIO(data), 0, len(data))
    walk = Walk(Flow(window, is_gzip=data[:2] == b"\x1f\x8b"), WARC, report, digests=True)
    at = 0
    while at < len(data):
        at = walk.step_out()
    return report


PARTS = st.sampled_from([*UNUSUAL.values(), *WRONG.values(), make_digested(1)]).filter(
    lambda record: len(record) < 10_000
)


@given(
    st.lists(PARTS, min_size=1, max_size=5),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 255)), max_size=2),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_fast_way_passes_nothing_that_the_long_way_does_not(
    tmp_path: Path,
    records: list[bytes],
    is_gzip: bool,  # noqa: FBT001  # drawn
    flips: list[tuple[int, int]],
) -> None:
    data = bytearray((pack if is_gzip else lay)(make_digested(9), *records))
    for place, mask in flips:
        data[(place % (len(data) - 20)) + 20] ^= mask
    place = 0
    report = Report("a")
    swift = Swift(BytesIO(data), len(data), report, digests=True)
    run = swift.run_gzip if is_gzip else swift.run_plain
    reached = run(place, len(data))
    long = walk_all(bytes(data))
    assert all((finding.offset or 0) >= reached for finding in long.findings)
    path = tmp_path / "b.warc"
    path.write_bytes(data)
    if is_gzip or not long.findings:
        both = check(tmp_path, bytes(data))
        assert [one.what for one in damage(both)] == [one.what for one in long.findings]


def test_stretches_meet_whatever_looks_like_a_record(tmp_path: Path) -> None:
    """A WARC file inside a record, stored as it is, so that its members can be mistaken."""
    inner = pack(*(make_digested(number) for number in range(30)))
    outer = [make_digested(100 + n, HTTP + inner + bytes([n])) for n in range(5)]
    stored = b"".join(store(record + END) for record in outer)
    for data in (
        stored,
        lay(*(make_digested(n, HTTP + lay(make_record(n)) * 9) for n in range(9))),
    ):
        path = tmp_path / "a.warc"
        path.write_bytes(data)
        expected = walk_all(data)
        assert not expected.findings
        for size in (100, 700, 1 << 20):
            place = Place(path=path, name="a", base=0, size=len(data))
            *_, report = check_records(
                place,
                is_gzip=data[:2] == b"\x1f\x8b",
                dialect=WARC,
                digests=True,
                run=lambda stretches: map(check_stretch, stretches),
                stretch_size=size,
            )
            assert (report.records, report.findings, report.end) == (
                expected.records,
                [],
                len(data),
            )


def store(data: bytes) -> bytes:
    """Return a member that is not deflated."""
    engine = zlib.compressobj(0, zlib.DEFLATED, 31)
    return engine.compress(data) + engine.flush()
