"""Flip any bit, cut anywhere: the check says so, and where."""

import gzip
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.digest import digest_bytes
from archive.core.finding import Finding
from archive.store.check import Level, check_archive
from archive.store.check_records import Listed, Span, check_span
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.store.log import read_log
from tests.store.drafts import (
    Maker,
    list_damage,
    list_findings,
    list_warcs,
    make_maker,
    open_writer,
    store_small,
)
from tests.support.faults import QuickDisk


@pytest.fixture
def small(scratch: Path) -> Layout:
    """One file with two groups: the smallest archive with every kind of place in it."""
    layout = Layout(root=scratch / "archive")
    maker = make_maker()
    with open_writer(layout, maker, disk=QuickDisk()) as writer:
        writer.append([maker.capture()])
        writer.append([maker.conversion()])
    return layout


@pytest.fixture(scope="module")
def long_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    layout = Layout(root=tmp_path_factory.mktemp("long") / "archive")
    maker = make_maker()
    with open_writer(layout, maker, disk=QuickDisk()) as writer:
        writer.append([maker.conversion(str(number)) for number in range(600)])
    return layout.root


@pytest.fixture
def long(long_once: Path, scratch: Path) -> Layout:
    """A log of 600 leaves: two full tiles, one that is not, and one above them."""
    return Layout(root=shutil.copytree(long_once, scratch / "archive"))


def list_log_files(layout: Layout) -> list[Path]:
    return sorted(path for path in layout.log.rglob("*") if path.is_file())


def flip(path: Path, place: int, mask: int = 0) -> bytes:
    """Flip one bit, or the bits of ``mask``; return what was there before."""
    before = path.read_bytes()
    data = bytearray(before)
    data[place] ^= mask or 1 << place % 8
    write(path, bytes(data))
    return before


def write(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def name_logged(layout: Layout, path: Path) -> str:
    return str(path.relative_to(layout.root)).removesuffix(".open")


# --- an archive as it should be -------------------------------------------------------------------


@pytest.mark.parametrize("level", ["quick", "stored", "full"])
def test_a_sound_archive_has_no_findings(layout: Layout, level: Level) -> None:
    store_small(layout)
    done: list[tuple[int, int]] = []
    assert list(check_archive(layout, level=level, progress=lambda *now: done.append(now))) == []
    if level != "quick":
        total = sum(path.stat().st_size for path in list_warcs(layout))
        assert done[-1] == (total, total)


def test_an_empty_archive_has_no_findings(layout: Layout) -> None:
    with open_writer(layout, make_maker()):
        pass
    assert list_findings(layout) == []


def test_checking_changes_nothing(layout: Layout) -> None:
    store_small(layout)
    before = {path: path.stat() for path in layout.root.rglob("*")}
    list_findings(layout)
    for path, stat in before.items():
        assert path.stat().st_mtime_ns == stat.st_mtime_ns
    assert set(layout.root.rglob("*")) == set(before)


def test_a_file_that_is_still_written_is_worth_a_note_at_most(layout: Layout) -> None:
    maker = make_maker()
    with open_writer(layout, maker) as writer:
        writer.append([maker.capture()])
        assert list_findings(layout) == []
        (path,) = list_warcs(layout)
        with path.open("ab") as stream:
            stream.write(b"begun")
        (note,) = list_findings(layout)
        assert (note.severity, note.offset) == ("note", path.stat().st_size - 5)


# --- every byte -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["stored", "full"])
def test_any_flipped_byte_of_a_warc_file_is_found(small: Layout, level: Level) -> None:
    (path,) = list_warcs(small)
    ranges = [
        (placed, range(placed.offset, placed.offset + placed.length))
        for leaf in read_log(small.log).read_leaves()
        for placed in leaf.records
    ]
    size = path.stat().st_size
    assert sum(len(one) for _, one in ranges) == size
    for place in range(size):
        before = flip(path, place)
        (finding,) = list_findings(small, level)
        (placed,) = (placed for placed, one in ranges if place in one)
        assert finding.severity == "damage"
        assert finding.file == f"warcs/{path.name}"
        assert (finding.record_id, finding.offset) == (placed.record_id, placed.offset)
        assert finding.holds
        assert finding.remedy
        write(path, before)


def test_any_flipped_bit_of_the_log_is_found(small: Layout) -> None:
    for path in list_log_files(small):
        for place in range(path.stat().st_size):
            for bit in range(8):
                before = flip(path, place, 1 << bit)
                files = [one.file for one in list_damage(small, "quick")]
                assert files, (path, place, bit)
                assert all(file.startswith("metadata/log/") for file in files), (path, place)
                write(path, before)
    assert list_findings(small, "quick") == []


def test_a_flipped_byte_is_laid_at_the_right_file_of_a_long_log(long: Layout) -> None:
    chance = random.Random(7)
    names = {str(path.relative_to(long.log)) for path in list_log_files(long)}
    assert {"tile/entries/002.open", "tile/0/001", "tile/1/000.open"} < names
    for path in list_log_files(long):
        for place in chance.sample(range(path.stat().st_size), min(12, path.stat().st_size)):
            before = flip(path, place)
            findings = list_damage(long, "quick")
            if path.name == "origin":
                (finding,) = findings
                assert finding.file in ("metadata/log/origin", "metadata/log/checkpoint")
            elif path.name == "checkpoint":
                assert "metadata/log/checkpoint" in [one.file for one in findings]
            else:
                assert {one.file for one in findings} == {name_logged(long, path)}, (path, place)
                offset = findings[0].offset
                assert offset is not None
                assert offset <= place < offset + 2000
            write(path, before)


# --- every cut ------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["quick", "full"])
def test_any_truncation_of_a_warc_file_is_found(small: Layout, level: Level) -> None:
    (path,) = list_warcs(small)
    whole = path.read_bytes()
    for size in range(0, len(whole), 1 if level == "quick" else 29):
        write(path, whole[:size])
        findings = list_damage(small, level)
        assert (f"warcs/{path.name}", size) in [(one.file, one.offset) for one in findings]


def test_any_truncation_of_the_log_is_found(small: Layout) -> None:
    for path in list_log_files(small):
        whole = path.read_bytes()
        for size in range(len(whole)):
            write(path, whole[:size])
            assert list_damage(small, "quick"), (path, size)
        path.unlink()
        assert list_damage(small, "quick"), f"{path} is missing"
        write_new(path, whole)
    assert list_findings(small) == []


def write_new(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["tile/entries/000", "tile/0/000"])
def test_bytes_after_a_full_tile_are_found(long: Layout, name: str) -> None:
    path = long.log / name
    whole = path.read_bytes()
    write(path, whole + b"\x00")
    (finding,) = list_damage(long, "quick")
    assert finding.file == f"metadata/log/{name}"
    write(path, whole)


# --- files and leaves that do not fit -------------------------------------------------------------


def find_one(layout: Layout, level: Level = "quick") -> Finding:
    (finding,) = list_damage(layout, level)
    return finding


def test_a_missing_file_is_found(layout: Layout) -> None:
    store_small(layout)
    path = list_warcs(layout)[0]
    path.unlink()
    finding = find_one(layout, "full")
    assert finding.file == f"warcs/{path.name}"
    assert "missing" in finding.what


def test_a_file_that_the_log_does_not_name_is_found(layout: Layout) -> None:
    store_small(layout)
    shutil.copy(list_warcs(layout)[0], layout.warcs / "other.warc.gz")
    (layout.warcs / "README.md").touch()
    assert find_one(layout).file == "warcs/other.warc.gz"


@pytest.mark.parametrize("more", [b"\x00", b"\x1f\x8b\x08 more"])
def test_bytes_after_the_last_record_are_found(layout: Layout, more: bytes) -> None:
    store_small(layout)
    path = list_warcs(layout)[0]
    size = path.stat().st_size
    write(path, path.read_bytes() + more)
    assert (find_one(layout).file, find_one(layout).offset) == (f"warcs/{path.name}", size)


def test_exchanged_records_are_found(layout: Layout) -> None:
    """Both are sound in themselves; only the log knows which lay where."""
    maker = make_maker()
    with open_writer(layout, maker) as writer:
        leaves = writer.append([maker.conversion("one"), maker.conversion("two")])
    (path,) = list_warcs(layout)
    data = path.read_bytes()
    first, second = leaves[0].records[-1], leaves[1].records[0]
    swapped = data[second.offset :] + data[first.offset : second.offset]
    write(path, data[: first.offset] + swapped)
    assert list_damage(layout, "stored")


def replace_leaf(layout: Layout, old: bytes, new: bytes) -> None:
    """Alter an entry as somebody would who does not care for the hash tree."""
    path = layout.log / "tile" / "entries" / "000.open"
    data = path.read_bytes()
    assert data.count(old) == 1
    write(path, data.replace(old, new))


def test_a_leaf_that_names_another_file_is_found(layout: Layout) -> None:
    leaves = store_small(layout)
    path = layout.log / "tile" / "entries" / "000.open"
    name = leaves[0].warc.encode()
    evil = b"../" + b"x" * (len(name) - 3)
    write(path, path.read_bytes().replace(name, evil))
    damage = list_damage(layout, "full")
    assert any("not what the hash tree says" in one.what for one in damage)


def test_what_a_damaged_leaf_said_does_not_hide_the_others(layout: Layout) -> None:
    leaves = store_small(layout)
    replace_leaf(layout, f'"sequence":{leaves[1].sequence},'.encode(), b'"sequence":9,')
    path = list_warcs(layout)[0]
    target = leaves[2].records[0]
    flip(path, target.offset + 40)
    found = {(one.file, one.record_id) for one in list_damage(layout)}
    assert ("metadata/log/tile/entries/000", None) in found
    assert (f"warcs/{path.name}", target.record_id) in found


def test_what_follows_a_damaged_leaf_is_no_failure_of_the_disk(layout: Layout) -> None:
    leaves = store_small(layout)
    replace_leaf(layout, f'"sequence":{leaves[1].sequence},'.encode(), b'"sequence":9,')
    assert {one.severity for one in list_damage(layout)} == {"damage"}


# --- content digests ------------------------------------------------------------------------------

ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"


def state_content(group: GroupDraft, content: bytes) -> GroupDraft:
    """The capture with the digest of ``content`` in its leaf."""
    request, response, metadata = group.drafts
    stated = replace(response, content=digest_bytes(content))
    return replace(group, drafts=(request, stated, metadata))


@pytest.mark.parametrize("is_framed", [False, True])
def test_a_content_digest_is_checked(layout: Layout, maker: Maker, *, is_framed: bool) -> None:
    packed = gzip.compress(b"We have decided.", mtime=0)
    group = maker.capture(packed, head=ZIPPED)
    if is_framed:
        head = ZIPPED.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
        group = maker.capture(body, head=head, payload=packed)
    with open_writer(layout, maker) as writer:
        writer.append([state_content(group, b"We have decided.")])
        assert list_findings(layout) == []
        (wrong,) = writer.append(
            [state_content(maker.capture(packed, head=ZIPPED), b"We have not.")]
        )
    finding = find_one(layout, "full")
    assert finding.what == "response record: the content's digest is not the logged one"
    assert finding.record_id == wrong.records[1].record_id
    assert list_findings(layout, "stored") == []


def test_content_that_is_too_large_to_decode_is_worth_a_note(layout: Layout, maker: Maker) -> None:
    content = bytes(17 << 20)
    group = maker.capture(gzip.compress(content, mtime=0), head=ZIPPED)
    with open_writer(layout, maker) as writer:
        writer.append([state_content(group, content)])
    (note,) = list_findings(layout)
    assert note.severity == "note"
    assert "16 MiB" in note.what


def test_a_chunk_size_of_twenty_digits_is_no_damage(layout: Layout, maker: Maker) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"00000000000000000005\r\nHello\r\n0\r\n\r\n"
    with open_writer(layout, maker) as writer:
        writer.append([maker.capture(body, head=head, payload=b"Hello")])
    assert list_findings(layout) == []


# --- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["quick", "stored", "full"])
def test_a_file_that_cannot_be_opened_does_not_end_the_check(layout: Layout, level: Level) -> None:
    store_small(layout)
    first, second = list_warcs(layout)
    first.unlink()
    first.mkdir()  # root may read any file, but no folder
    flip(second, 40)
    write(second, second.read_bytes() + b"more")
    findings = list_findings(layout, level)
    (unread,) = (one for one in findings if one.file == f"warcs/{first.name}")
    assert unread.severity == "undecidable"
    assert "cannot read" in unread.what
    assert unread.remedy
    assert {one.severity for one in findings if one.file == f"warcs/{second.name}"} == {"damage"}


def test_a_disk_that_fails_does_not_end_the_check(layout: Layout) -> None:
    leaves = store_small(layout)
    (layout.warcs / "a.warc.gz").symlink_to("/proc/self/mem")  # opens, and then fails to read
    records = tuple(Listed(placed=placed, leaf=0) for placed in leaves[0].records)
    findings = check_span(layout.root, Span(warc="a.warc.gz", records=records), "full")
    assert [one.record_id for one in findings] == [one.placed.record_id for one in records]
    assert {one.severity for one in findings} == {"undecidable"}
    assert all("cannot be read" in one.what for one in findings)


def test_a_file_of_the_log_that_cannot_be_read_does_not_end_the_check(long: Layout) -> None:
    for path in list_log_files(long):
        moved = path.rename(long.root / "moved")
        path.mkdir()  # root may read any file, but no folder
        unread, *others = [one for one in list_findings(long) if one.severity != "note"]
        assert (unread.severity, unread.file) == ("undecidable", name_logged(long, path))
        assert "cannot read" in unread.what
        assert unread.remedy
        assert others == [], path
        path.rmdir()
        moved.rename(path)
    assert list_findings(long) == []
