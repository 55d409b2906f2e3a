"""The strict pass over a WARC file: good files, every kind of damage, and what comes after it."""

import gzip
import hashlib
import resource
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.core.digest import digest_bytes
from archive.core.finding import Finding
from archive.store.framing import Scanned
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.scan import scan_warc
from tests.store.drafts import list_warcs, store_small


def make_record(
    number: int = 1, block: bytes = b"block", *, fields: str = "", length: str | None = None
) -> bytes:
    declared = f"Content-Length: {len(block) if length is None else length}\r\n"
    return (
        f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"{fields}{declared}\r\n"
    ).encode() + block


END = b"\r\n\r\n"


def compress(*records: bytes) -> list[bytes]:
    return [gzip.compress(record + END, mtime=0) for record in records]


def scan(tmp_path: Path, data: bytes, start: int = 0) -> list[Scanned | Finding]:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    return list(scan_warc(path, start=start))


def split(items: list[Scanned | Finding]) -> tuple[list[Scanned], list[Finding]]:
    return (
        [item for item in items if isinstance(item, Scanned)],
        [item for item in items if isinstance(item, Finding)],
    )


# --- good files -----------------------------------------------------------------------------------


def test_our_files_scan_as_the_log_says(layout: Layout) -> None:
    store_small(layout)
    for path in list_warcs(layout):
        listed = [
            placed
            for leaf in read_log(layout.log).read_leaves()
            if leaf.warc == path.name
            for placed in leaf.records
        ]
        scanned, findings = split(list(scan_warc(path)))
        assert findings == []
        assert [
            (one.offset, one.length, one.member, one.record, one.block, one.header.record_id)
            for one in scanned
        ] == [
            (one.offset, one.length, one.member, one.record, one.block, one.record_id)
            for one in listed
        ]


@pytest.mark.parametrize("is_gzip", [True, False])
def test_both_forms_of_file(tmp_path: Path, *, is_gzip: bool) -> None:
    records = [make_record(1), make_record(2, b""), make_record(3, b"x" * 3_000_000)]
    parts = compress(*records) if is_gzip else [record + END for record in records]
    scanned, findings = split(scan(tmp_path, b"".join(parts)))
    assert findings == []
    assert [one.length for one in scanned] == [len(part) for part in parts]
    assert [one.member for one in scanned] == [digest_bytes(part) for part in parts]
    assert [one.record for one in scanned] == [digest_bytes(one + END) for one in records]
    assert [one.block_length for one in scanned] == [5, 0, 3_000_000]
    later, _ = split(scan(tmp_path, b"".join(parts), start=len(parts[0])))
    assert later == scanned[1:]


def test_an_empty_file_has_nothing_to_say(tmp_path: Path) -> None:
    assert scan(tmp_path, b"") == []


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:" + hashlib.sha1(b"block").hexdigest(),  # noqa: S324  # other people's records
        "sha256:" + hashlib.sha256(b"block").hexdigest(),
        "SHA-256:" + hashlib.sha256(b"block").hexdigest().upper(),
        "md5:" + hashlib.md5(b"block").hexdigest(),  # noqa: S324
        "blake3:abc",
    ],
)
def test_other_people_s_digests(tmp_path: Path, digest: str) -> None:
    record = make_record(fields=f"WARC-Block-Digest: {digest}\r\n")
    assert not split(scan(tmp_path, b"".join(compress(record))))[1]
    if not digest.startswith("blake3"):
        record = make_record(block=b"other", fields=f"WARC-Block-Digest: {digest}\r\n")
        (finding,) = split(scan(tmp_path, b"".join(compress(record))))[1]
        assert "WARC-Block-Digest" in finding.what


def test_a_folded_line_is_read(tmp_path: Path) -> None:
    record = make_record(fields="X-A: one\r\n  two\r\n")
    ((scanned,), findings) = split(scan(tmp_path, b"".join(compress(record))))
    assert findings == []
    assert scanned.header.find("x-a") == "one two"


# --- framing --------------------------------------------------------------------------------------

BAD_RECORDS = {
    "no length": make_record().replace(b"Content-Length", b"Content-Width"),
    "two lengths": make_record(fields="Content-Length: 5\r\n"),
    "two lengths that differ": make_record(fields="content-length: 6\r\n"),
    "negative length": make_record(length="-5"),
    "no number": make_record(length="five"),
    "a list": make_record(length="5, 5"),
    "a sign": make_record(length="+5"),
    "other digits": make_record(length="５"),
    "an underscore": make_record(length="0_5"),
    "huge": make_record(length="9" * 30),
    "too short a block": make_record(length="50"),
    "too long a block": make_record(length="4"),
    "long header": make_record(fields="X: " + "y" * 70_000 + "\r\n"),
    "bare line feeds": make_record().replace(b"\r\n", b"\n"),
    "one bare line feed": make_record(fields="X: a\nY: b\r\n"),
    "no colon": make_record(fields="nothing\r\n"),
    "no name": make_record(fields=": x\r\n"),
    "not utf-8": make_record(fields="X: é\r\n").decode().encode("latin-1"),
    "no version": make_record().replace(b"WARC/1.1", b"WARC/9.9"),
    "arc": b"filedesc://a 0.0.0.0 20010101000000 text/plain 0",
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_that_others_might_read_differently(tmp_path: Path, name: str) -> None:
    parts = compress(make_record(1), BAD_RECORDS[name], make_record(3))
    scanned, findings = split(scan(tmp_path, b"".join(parts)))
    assert [one.offset for one in scanned] == [0, len(parts[0]), len(parts[0]) + len(parts[1])]
    assert findings
    for finding in findings:
        assert (finding.severity, finding.offset) == ("damage", len(parts[0]))
    assert scanned[1].problems
    assert not scanned[0].problems
    assert not scanned[2].problems


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\r\n\r", b"\n\n", b"\r\n\r\n\r\n", b"\r\n\r\nx"])
def test_what_follows_the_block(tmp_path: Path, end: bytes) -> None:
    data = gzip.compress(make_record() + end)
    _, (finding,) = split(scan(tmp_path, data))
    assert "two line ends" in finding.what


def test_one_member_for_all_records(tmp_path: Path) -> None:
    data = gzip.compress(make_record(1) + END + make_record(2) + END)
    _, (finding,) = split(scan(tmp_path, data))
    assert "two line ends and nothing else" in finding.what


def test_a_plain_file_with_a_bad_record_goes_on_at_the_next(tmp_path: Path) -> None:
    for name in ("no length", "negative length", "no version", "long header", "bare line feeds"):
        bad = BAD_RECORDS[name]
        first = make_record(1) + END
        data = first + bad + END + make_record(3) + END
        scanned, (finding, *_) = split(scan(tmp_path, data))
        assert [one.header.record_id for one in scanned] == ["urn:uuid:1", "urn:uuid:3"], name
        assert finding.offset == len(first)
        assert f"bytes {len(first)} to {len(first) + len(bad) + 4} are lost" in finding.what


# --- damage ---------------------------------------------------------------------------------------


def test_every_flipped_byte_is_found_and_the_scan_goes_on(tmp_path: Path) -> None:
    """Member headers hold bytes that nothing in the file covers; the log's digests do."""
    fields = "WARC-Block-Digest: " + str(digest_bytes(b"block")) + "\r\n"
    parts = compress(*(make_record(number, fields=fields) for number in (1, 2, 3)))
    data = b"".join(parts)
    begin, end = len(parts[0]), len(parts[0]) + len(parts[1])
    for place in range(begin, end):
        for bit in (1, 0x80):
            broken = bytearray(data)
            broken[place] ^= bit
            scanned, findings = split(scan(tmp_path, bytes(broken)))
            ids = [one.header.record_id for one in scanned if not one.problems]
            if findings:
                assert findings[0].offset == begin, place
                assert ids == ["urn:uuid:1", "urn:uuid:3"], place
                continue
            # Time, flags and system in the header, and the bits after the last block.
            assert place - begin in (3, 4, 5, 6, 7, 8, 9, len(parts[1]) - 9)
            assert scanned[1].record == digest_bytes(gzip.decompress(parts[1]))
            assert scanned[1].member != digest_bytes(parts[1])


def test_every_cut_is_found(tmp_path: Path) -> None:
    parts = compress(make_record(1), make_record(2))
    data = b"".join(parts)
    for size in range(1, len(data)):
        scanned, findings = split(scan(tmp_path, data[:size]))
        if size == len(parts[0]):
            assert (len(scanned), findings) == (1, [])
            continue
        (finding,) = findings
        begin = 0 if size < len(parts[0]) else len(parts[0])
        assert finding.offset == begin
        assert f"bytes {begin} to {size} are lost" in finding.what


def test_every_cut_of_a_plain_file_is_found(tmp_path: Path) -> None:
    parts = [make_record(1) + END, make_record(2) + END]
    data = b"".join(parts)
    for size in range(1, len(data)):
        _, findings = split(scan(tmp_path, data[:size]))
        assert len(findings) == (size != len(parts[0]))


def test_junk_between_members_is_named(tmp_path: Path) -> None:
    first, second = compress(make_record(1), make_record(2))
    for junk in (
        b"junk",
        b"\x1f\x8b\x08",
        b"\x1f\x8b\x08\x00" * 9,
        bytes(10),
        gzip.compress(b"no", mtime=0),
    ):
        scanned, (finding, *_) = split(scan(tmp_path, first + junk + second))
        if junk != gzip.compress(b"no", mtime=0):
            end = len(first) + len(junk)
            assert f"bytes {len(first)} to {end} are lost" in finding.what
            assert "after" in finding.holds
        assert scanned[-1].header.record_id == "urn:uuid:2"


def test_zeros_at_the_end_are_a_note(tmp_path: Path) -> None:
    (first,) = compress(make_record(1))
    _, (finding,) = split(scan(tmp_path, first + bytes(5_000_000)))
    assert finding.severity == "note"
    assert finding.offset == len(first)


def test_junk_at_the_end_is_damage(tmp_path: Path) -> None:
    (first,) = compress(make_record(1))
    for junk in (b"x", b"\r\n", bytes(9) + b"x"):
        _, (finding,) = split(scan(tmp_path, first + junk))
        assert finding.severity == "damage"


def test_a_header_s_comment_name_and_extra_field_are_skipped(tmp_path: Path) -> None:
    plain = gzip.compress(make_record() + END, mtime=0)
    extra = b"\x05\x00hello" + b"name\x00" + b"comment" * 100_000 + b"\x00" + b"\x12\x34"
    data = plain[:3] + b"\x1e" + plain[4:10] + extra + plain[10:]
    ((scanned,), findings) = split(scan(tmp_path, data))
    assert findings == []
    assert scanned.length == len(data)
    assert scanned.member == digest_bytes(data)


def test_memory_stays_flat(tmp_path: Path) -> None:
    """A member of 1 MB that holds 1 GB, and a large file of incompressible blocks."""
    path = tmp_path / "bomb.warc.gz"
    piece = bytes(1 << 20)
    with gzip.open(path, "wb") as stream:
        stream.write(make_record(length=str(300 << 20), block=b""))
        for _ in range(300):
            stream.write(piece)
        stream.write(END)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ((scanned,), findings) = split(list(scan_warc(path)))
    assert findings == []
    assert scanned.block_length == 300 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


# --- files that others wrote ----------------------------------------------------------------------

SOUND = (
    "example.warc.gz example.warc example2.warc.gz iana.warc.gz dupes.warc.gz"
    " example-resource.warc.gz example-wpull.warc.gz post-test.warc.gz"
    " example-digest.warc example-iana.org-chunked.warc"
).split()


@pytest.mark.foreign
@pytest.mark.parametrize("name", SOUND)
def test_warcio_sees_the_same_records(shared_data: Path, name: str) -> None:
    path = shared_data / "warcs" / name
    scanned, _ = split(list(scan_warc(path)))
    with path.open("rb") as stream:
        iterator = ArchiveIterator(stream, no_record_parse=True)
        expected = [
            (
                record.rec_headers.get_header("WARC-Record-ID"),
                len(record.raw_stream.read()),
                iterator.get_record_offset(),
            )
            for record in iterator
        ]
    assert expected
    assert [
        (one.header.find("WARC-Record-ID"), one.block_length, one.offset) for one in scanned
    ] == expected


@pytest.mark.foreign
@pytest.mark.parametrize(
    "name",
    [
        "example-trunc.warc",
        "example-wrong-chunks.warc.gz",
        "example.arc.gz",
        "standard-torture-validate-record.warc",
    ],
)
def test_odd_files_of_others_give_findings(shared_data: Path, name: str) -> None:
    _, findings = split(list(scan_warc(shared_data / "warcs" / name)))
    assert findings
