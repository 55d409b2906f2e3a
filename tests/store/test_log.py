"""The log as C2SP tlog-tiles: paths, widths, contents; appending costs what is appended."""

import base64
import hashlib
from pathlib import Path

import pytest

from archive.core.checkpoint import hash_leaf, hash_tree
from archive.core.digest import digest_bytes
from archive.core.leaf import Leaf, Placed, format_leaf
from archive.errors import DamageError, InputError, StoreError
from archive.store.disk import Change
from archive.store.layout import Layout, make_folders
from archive.store.log import read_log
from archive.store.log_append import LogAppender
from archive.store.tiles import (
    count_tiles,
    format_entry,
    format_tile_path,
    parse_bundle,
    parse_hashes,
)
from tests.store.drafts import format_unsigned
from tests.support.clock import START
from tests.support.faults import QuickDisk, RecordingDisk

ORIGIN = "archive.example/a1b2c3d4"


def make_entries(start: int, count: int) -> list[bytes]:
    digest = digest_bytes(b"")
    placed = Placed(
        record_id="urn:uuid:1",
        kind="conversion",
        offset=0,
        length=1,
        member=digest,
        record=digest,
        block=digest,
    )
    return [
        format_leaf(
            Leaf(
                sequence=sequence,
                kind="conversion",
                time=START,
                warc="a.warc.gz",
                records=(placed,),
            )
        )
        for sequence in range(start, start + count)
    ]


def open_log(layout: Layout, disk: QuickDisk | None = None) -> LogAppender:
    disk = disk or QuickDisk()
    make_folders(layout, disk)
    return LogAppender(layout, disk=disk, origin=ORIGIN, sign=format_unsigned)


def list_files(layout: Layout) -> list[str]:
    return sorted(
        str(path.relative_to(layout.log)) for path in layout.log.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    ("level", "number", "path"),
    [
        (0, 0, "tile/0/000"),
        (0, 273, "tile/0/273"),
        (1, 999, "tile/1/999"),
        (0, 1000, "tile/0/x001/000"),
        (0, 1234067, "tile/0/x001/x234/067"),
        (0, 70085, "tile/0/x070/085"),
        ("entries", 5, "tile/entries/005"),
        ("entries", 1234067, "tile/entries/x001/x234/067"),
    ],
)
def test_paths_are_those_of_the_specification(level: int, number: int, path: str) -> None:
    assert format_tile_path(level, number) == path


def test_the_specification_s_example_of_widths() -> None:
    """C2SP tlog-tiles: 70,000 leaves are 273 full tiles and one of 112; 256 + 17; 1; the last."""
    assert count_tiles(70_000) == (70_000, 273, 1)
    assert divmod(70_000, 256) == (273, 112)
    assert count_tiles(0) == ()
    assert count_tiles(256) == (256, 1)


def test_a_bundle_is_read_as_far_as_it_is_whole() -> None:
    entries = (b"", b"a", b"b" * 65535)
    data = b"".join(map(format_entry, entries))
    assert parse_bundle(data) == (entries, len(data))
    for cut in range(1, 5):
        assert parse_bundle(data[:-cut]) == (entries[:2], 5)
    assert parse_bundle(data[:3]) == (entries[:1], 2)


@pytest.mark.parametrize("sizes", [[600], [1] * 300, [255, 1, 1, 255, 88], [256, 256, 88], [513]])
def test_tiles_do_not_depend_on_how_the_log_grew(tmp_path: Path, sizes: list[int]) -> None:
    layout = Layout(root=tmp_path)
    total = 0
    with open_log(layout) as log:
        for size in sizes:
            checkpoint = log.append(make_entries(total, size))
            total += size
            assert checkpoint.size == total
    entries = make_entries(0, total)
    hashes = [hash_leaf(entry) for entry in entries]
    reader = read_log(layout.log)
    assert (reader.size, reader.root) == (total, hash_tree(hashes))
    assert list(reader.read_entries()) == entries
    stored = layout.log
    expected = {"checkpoint", "origin"}
    level = hashes
    for number in range(3):
        if not level:
            break
        for at in range(0, len(level), 256):
            part = level[at : at + 256]
            name = f"tile/{number}/{at // 256:03d}" + ("" if len(part) == 256 else ".open")
            assert (stored / name).read_bytes() == b"".join(part)
            expected.add(name)
            if number == 0:
                name = name.replace("tile/0", "tile/entries")
                data = b"".join(map(format_entry, entries[at : at + 256]))
                assert (stored / name).read_bytes() == data
                expected.add(name)
        level = [hash_tree(level[at : at + 256]) for at in range(0, len(level) // 256 * 256, 256)]
    assert set(list_files(layout)) == expected


def test_the_checkpoint_is_checked_with_nothing_of_ours(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    with open_log(layout) as log:
        log.append(make_entries(0, 3))
    data = (layout.log / "tile/entries/000.open").read_bytes()
    leaves = []
    while data:
        size = int.from_bytes(data[:2], "big")
        leaves.append(hashlib.sha256(b"\x00" + data[2 : 2 + size]).digest())
        data = data[2 + size :]
    pair = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    root = hashlib.sha256(b"\x01" + pair + leaves[2]).digest()
    origin, count, text = (layout.log / "checkpoint").read_text().split("\n")[:3]
    assert (origin, count) == (ORIGIN, "3")
    assert root.hex() == base64.b64decode(text).hex()


def test_leaves_can_be_read_from_anywhere(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    with open_log(layout) as log:
        log.append(make_entries(0, 520))
    reader = read_log(layout.log)
    for start in (0, 1, 255, 256, 257, 511, 512, 519):
        assert reader.read_leaf(start).sequence == start
        assert [leaf.sequence for leaf in reader.read_leaves(start)] == list(range(start, 520))
    assert list(reader.read_leaves(520)) == []
    assert parse_hashes(b"".join(reader.read_hashes(0, 2))) == reader.read_hashes(0, 2)
    for sequence in (-1, 520):
        with pytest.raises(InputError):
            reader.read_leaf(sequence)


def test_appending_and_opening_cost_the_same_however_long_the_log(tmp_path: Path) -> None:
    """Counted in bytes written and in reads of tiles, not in time."""

    def measure(size: int) -> tuple[int, int]:
        layout = Layout(root=tmp_path / str(size))
        with open_log(layout) as log:
            log.append(make_entries(0, size))
        disk = RecordingDisk()
        with open_log(layout, disk) as log:
            opened = len(disk.changes)
            log.append(make_entries(size, 1))
        changes: list[Change] = disk.changes
        return opened, sum(len(change.data) for change in changes)

    assert measure(20) == pytest.approx(measure(20_000), abs=300)


def test_an_empty_log_has_a_checkpoint(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    with open_log(layout):
        pass
    log = read_log(layout.log)
    assert (log.size, log.root) == (0, hashlib.sha256().digest())
    assert list(log.read_leaves()) == []


def test_no_log_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no capture log"):
        read_log(tmp_path)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc.gz.open"])
def test_a_lost_log_is_not_taken_for_one_that_is_not_made_yet(tmp_path: Path, name: str) -> None:
    layout = Layout(root=tmp_path)
    make_folders(layout, QuickDisk())
    (layout.warcs / name).touch()
    before = sorted(tmp_path.rglob("*"))
    for look in (lambda: read_log(layout.log), lambda: open_log(layout)):
        with pytest.raises(DamageError) as caught:
            look()
        assert "restore metadata/log from a copy of the archive" in caught.value.remedy
    assert sorted(tmp_path.rglob("*")) == before, "no new log is begun"


def test_a_lost_origin_is_not_taken_for_an_archive_that_is_not_made_yet(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 3)
    (layout.log / "origin").unlink()
    for _ in range(2):
        with pytest.raises(DamageError, match="origin is missing") as caught:
            read_log(layout.log)
        assert "restore metadata/log/origin" in caught.value.remedy
        (layout.log / "checkpoint").unlink(missing_ok=True)


def test_another_name_is_told_with_a_remedy_that_exists(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 3)
    (layout.log / "origin").write_text("another\n")
    with pytest.raises(InputError) as caught:
        open_log(layout)
    assert "restore metadata/log/origin from a copy" in caught.value.remedy


@pytest.mark.parametrize("name", ["origin", "checkpoint", "tile/entries/000.open"])
def test_a_file_of_the_log_that_cannot_be_read_is_an_error_of_the_store(
    tmp_path: Path, name: str
) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 3)
    (layout.log / name).unlink()
    (layout.log / name).mkdir()  # root may read any file, but no folder
    with pytest.raises(StoreError, match="cannot read") as caught:
        list(read_log(layout.log).read_leaves())
    assert str(layout.log / name) in str(caught.value)
    assert caught.value.remedy
    with pytest.raises(StoreError):
        open_log(layout)


def test_the_entry_that_is_damaged_is_named(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 30)
    path = layout.log / "tile/entries/000.open"
    whole = path.read_bytes()
    size = len(format_entry(make_entries(0, 1)[0]))
    path.write_bytes(whole[: size + 50] + b"\x00" + whole[size + 51 :])
    with pytest.raises(DamageError, match="entry 1 of the capture log is not what the hash tree"):
        open_log(layout)
    path.write_bytes(whole[:-1])
    with pytest.raises(DamageError, match="entry 29 of the capture log is missing or torn"):
        open_log(layout)


def test_a_log_that_is_just_begun_is_not_taken_for_damage(tmp_path: Path) -> None:
    """A writer makes the origin, then the checkpoint."""
    layout = Layout(root=tmp_path)
    with open_log(layout):
        pass
    (layout.log / "checkpoint").unlink()
    with pytest.raises(InputError, match="nothing was stored yet"):
        read_log(layout.log)


# --- repair ---------------------------------------------------------------------------------------


def grow(layout: Layout, size: int) -> None:
    with open_log(layout) as log:
        log.append(make_entries(0, size))


@pytest.mark.parametrize("size", [3, 256, 300, 512, 70_000])
@pytest.mark.parametrize("level", [0, 1])
def test_hash_tiles_that_are_lost_or_wrong_are_made_again(
    tmp_path: Path, size: int, level: int
) -> None:
    if size == 70_000 and level == 0:
        pytest.skip("the same as a shorter log, only slower")
    layout = Layout(root=tmp_path)
    grow(layout, size)
    good = {path: path.read_bytes() for path in layout.log.rglob("*") if path.is_file()}
    tiles = sorted((layout.log / "tile" / str(level)).glob("*"))
    if not tiles:
        return
    whole = tiles[-1].read_bytes()
    for damaged in (b"", whole[:-1], b"\xff" + whole[1:]):
        tiles[-1].write_bytes(damaged)
        with open_log(layout) as log:
            assert log.size == size
        assert {path: path.read_bytes() for path in good} == good


@pytest.mark.parametrize("size", [3, 256, 300])
def test_a_torn_entry_goes_to_quarantine(tmp_path: Path, size: int) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, size)
    torn = format_entry(make_entries(size, 1)[0])[:-5]
    path = layout.log / (format_tile_path("entries", size // 256) + ".open")
    with path.open("ab") as stream:
        stream.write(torn)
    with open_log(layout) as log:
        assert log.size == size
    (kept,) = layout.quarantine.iterdir()
    assert kept.read_bytes() == torn
    assert kept.name.startswith(f"log-entries-{size // 256:03d}.open.")
    with open_log(layout) as log:
        log.append(make_entries(size, 2))
    assert read_log(layout.log).size == size + 2
    assert len(list(layout.quarantine.iterdir())) == 1


def test_entries_beyond_the_checkpoint_are_caught_up(tmp_path: Path) -> None:
    for size in (1, 254, 255, 256, 511):
        layout = Layout(root=tmp_path / str(size))
        grow(layout, size)
        for entry in make_entries(size, 3):
            number = int(entry.split(b'"sequence":')[1].split(b",")[0]) // 256
            path = layout.log / (format_tile_path("entries", number) + ".open")
            with path.open("ab") as stream:
                stream.write(format_entry(entry))
        with open_log(layout) as log:
            assert log.size == size + 3
        hashes = [hash_leaf(entry) for entry in make_entries(0, size + 3)]
        assert read_log(layout.log).root == hash_tree(hashes)


@pytest.mark.parametrize("more", [bytes(100), b"\x00\x02{}", b"\x00"])
def test_bytes_beyond_the_checkpoint_that_are_no_leaf_are_torn(tmp_path: Path, more: bytes) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 2)
    with (layout.log / "tile/entries/000.open").open("ab") as stream:
        stream.write(more)
    with open_log(layout) as log:
        assert log.size == 2
    (kept,) = layout.quarantine.iterdir()
    assert kept.read_bytes() == more


def test_a_leaf_out_of_sequence_beyond_the_checkpoint_is_torn(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 2)
    with (layout.log / "tile/entries/000.open").open("ab") as stream:
        stream.write(format_entry(make_entries(7, 1)[0]))
    with open_log(layout) as log:
        assert log.size == 2


@pytest.mark.parametrize("size", [3, 256, 300])
def test_missing_entries_are_damage_and_nothing_is_repaired(tmp_path: Path, size: int) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, size)
    path = max((layout.log / "tile" / "entries").glob("*"))
    for data in (path.read_bytes()[:-1], b""):
        path.write_bytes(data)
        before = {one: one.read_bytes() for one in layout.log.rglob("*") if one.is_file()}
        with pytest.raises(DamageError):
            open_log(layout)
        assert {one: one.read_bytes() for one in before} == before
    path.unlink()
    with pytest.raises(DamageError):
        open_log(layout)


@pytest.mark.parametrize("name", ["checkpoint", "origin"])
def test_a_lost_checkpoint_or_origin_is_damage(tmp_path: Path, name: str) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 3)
    (layout.log / name).unlink()
    with pytest.raises(DamageError, match="missing"):
        open_log(layout)


def test_another_root_is_damage(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    grow(layout, 3)
    path = layout.log / "checkpoint"
    with open_log(Layout(root=tmp_path / "other")) as log:
        log.append(make_entries(1, 3))
    path.write_bytes((tmp_path / "other/metadata/log/checkpoint").read_bytes())
    with pytest.raises(DamageError, match="not those of its checkpoint"):
        open_log(layout)
