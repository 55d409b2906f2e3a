"""The writer's main path: what is appended can be read back, by us and by the next writer."""

import gzip
import hashlib
import io
import os
import re
import resource
import threading
from pathlib import Path

import pytest

from archive.core.digest import Digest, digest_bytes
from archive.core.leaf import Leaf
from archive.errors import BusyError, InputError, StoreError
from archive.store.disk import Disk, OpenFile
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import read_group, read_record
from archive.store.withdraw import plan_overwriting
from archive.store.write import ArchiveWriter
from tests.store.drafts import (
    INFO,
    ORIGIN,
    Maker,
    format_unsigned,
    list_findings,
    list_warcs,
    make_maker,
    open_writer,
    store_small,
)


def test_what_is_appended_can_be_read_back(layout: Layout, maker: Maker) -> None:
    group = maker.capture(b"<p>We have decided.")
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([group])
        assert writer.checkpoint.size == 1
    assert leaf.kind == "capture"
    assert leaf.address == group.address
    assert not leaf.recovered
    warcinfo, *records = read_group(layout, leaf)
    assert [record.kind for record in records] == ["request", "response", "metadata"]
    for record, draft in zip(records, group.drafts, strict=True):
        assert record.record_id == draft.record_id
        assert record.block == draft.block
        assert record.find("WARC-Block-Digest") == str(draft.block_digest)
        assert record.find("Content-Type") == draft.content_type
        assert record.find("WARC-Warcinfo-ID") == warcinfo.find("WARC-Record-ID")
        for name, value in draft.fields:
            assert record.find(name) == value
    log = read_log(layout.log)
    assert (log.size, log.origin) == (1, ORIGIN)
    assert log.read_leaf(0) == leaf


def test_a_file_begins_with_what_made_it(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        leaves = writer.append([maker.capture(), maker.conversion()])
    (path,) = list_warcs(layout)
    record = read_group(layout, leaves[0])[0]
    assert record.kind == "warcinfo"
    assert record.find("WARC-Filename") == path.name == leaves[0].warc
    assert record.find("WARC-Warcinfo-ID") is None
    assert record.find("Content-Type") == "application/warc-fields"
    assert record.block.decode() == "".join(f"{name}: {value}\r\n" for name, value in INFO)
    assert [placed.kind for placed in leaves[1].records] == ["conversion"]
    assert re.fullmatch(r"202402291200000\d{5}-a1b2c3d4-00001\.warc\.gz", path.name)


def test_header_fields_stand_in_order(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([maker.capture()])
    placed = leaf.records[2]
    data = (layout.warcs / leaf.warc).read_bytes()[placed.offset :][: placed.length]
    record = gzip.decompress(data)
    head, _, rest = record.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n")]
    assert names == [
        "WARC/1.1",
        "WARC-Type",
        "WARC-Record-ID",
        "WARC-Date",
        "WARC-Target-URI",
        "WARC-IP-Address",
        "WARC-Payload-Digest",
        "WARC-Warcinfo-ID",
        "WARC-Block-Digest",
        "Content-Type",
        "Content-Length",
    ]
    assert rest.endswith(b"\r\n\r\n")
    assert data[4:8] == bytes(4), "no time in the gzip header"
    assert placed.member == digest_bytes(data)
    assert placed.record == digest_bytes(record)
    assert placed.block == digest_bytes(rest[:-4])


def test_a_finished_file_is_read_only_and_never_appended_to(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        writer.append([maker.conversion()])
    (first,) = list_warcs(layout)
    assert first.stat().st_mode & 0o777 == 0o444
    content = first.read_bytes()
    with open_writer(layout, maker) as writer:
        writer.append([maker.conversion()])
    assert len(list_warcs(layout)) == 2
    assert first.read_bytes() == content


def test_a_writer_that_wrote_nothing_leaves_no_file(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        assert writer.append([]) == ()
    assert list_warcs(layout) == []
    assert read_log(layout.log).size == 0


def test_groups_of_a_batch_share_a_file_and_follow_each_other(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        leaves = writer.append([maker.capture(b"x" * size) for size in range(0, 5000, 50)])
    assert [leaf.sequence for leaf in leaves] == list(range(100))
    end = 0
    for leaf in leaves:
        for placed in leaf.records:
            assert placed.offset == end
            end += placed.length
    assert end == list_warcs(layout)[0].stat().st_size
    assert list_findings(layout) == []


def test_files_rotate(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker, rotate_bytes=3000) as writer:
        for _ in range(12):
            writer.append([maker.capture(os.urandom(700))])
            assert len([path for path in list_warcs(layout) if path.suffix == ".open"]) == 1
    sizes = [path.stat().st_size for path in list_warcs(layout)]
    assert len(sizes) > 3
    assert all(size < 6000 for size in sizes)
    assert len({leaf.warc for leaf in read_log(layout.log).read_leaves()}) == len(sizes)
    assert list_findings(layout) == []


def test_names_never_collide_although_the_clock_stands_still(layout: Layout) -> None:
    maker = make_maker()
    now = maker.clock()
    still = Maker(new_id=maker.new_id, clock=lambda: now)
    for _ in range(3):
        with open_writer(layout, still, rotate_bytes=1) as writer:
            writer.append([still.conversion()])
            writer.append([still.conversion()])
    assert len(list_warcs(layout)) == 6
    assert list_findings(layout) == []


def test_a_large_spooled_block_is_streamed(layout: Layout, maker: Maker) -> None:
    """50 MB pass through without being held, whether they can be compressed or not."""
    layout.root.mkdir()
    piece = os.urandom(1 << 20)
    size = 50 * len(piece)
    hasher = hashlib.sha256()
    with (layout.root / "spool").open("w+b") as spool:
        for _ in range(50):
            spool.write(piece)
            hasher.update(piece)
        block = Digest(algorithm="sha256", value=hasher.hexdigest())
        with open_writer(layout, maker) as writer:
            writer.append([maker.conversion()])
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            leaves: tuple[Leaf, ...] = ()
            for compressed in (True, False):
                draft = maker.draft(
                    "conversion", spool, length=size, block_digest=block, compressed=compressed
                )
                leaves = writer.append([GroupDraft(kind="conversion", drafts=(draft,))])
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20_000, f"{grown} kB more"
    (placed,) = leaves[0].records
    part = read_record(layout, leaves[0].warc, placed.offset, placed.length, limit=99)
    assert part.block == piece[:99]
    assert list_findings(layout) == []


def test_a_spooled_block_makes_the_same_record(layout: Layout) -> None:
    leaves: list[Leaf] = []
    for name, spooled in (("memory", False), ("spool", True)):
        there = Layout(root=layout.root / name)
        maker = make_maker()
        with open_writer(there, maker) as writer:
            leaves += writer.append([maker.capture(b"y" * 3_000_000, spooled=spooled)])
    assert [one.record for one in leaves[0].records] == [one.record for one in leaves[1].records]


# --- refusals -------------------------------------------------------------------------------------


def refuse(layout: Layout, maker: Maker, group: GroupDraft, match: str) -> None:
    with open_writer(layout, maker) as writer:
        (kept,) = writer.append([maker.conversion()])
        with pytest.raises(InputError, match=match):
            writer.append([group])
        with pytest.raises(InputError, match=match):
            writer.append([maker.conversion(), group, maker.conversion()])
        assert writer.append([maker.conversion()])[0].sequence == kept.sequence + 1
    assert list_findings(layout) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WARC-Target-URI", "http://a.example/\r\nWARC-Date: 2001-01-01T00:00:00Z"),
        ("WARC-Target-URI", "http://a.example/\nX: y"),
        ("WARC-Target-URI", "a\x00b"),
        ("WARC-Target-URI", "a\x85b"),
        ("WARC-Target-URI", "a\u2028b"),
        ("WARC-Target-URI", " a"),
        ("WARC-Target-URI", "\ud800"),
        ("Bad Name", "a"),
        ("", "a"),
        ("Bad:Name", "a"),
        ("Name\r\nOther", "a"),
        ("X-Long", "a" * 70_000),
        ("Content-Length", "3"),
        ("content-type", "text/html"),
        ("WARC-Date", "2001-01-01T00:00:00Z"),
        ("WARC-Warcinfo-ID", "<urn:uuid:1>"),
    ],
)
def test_a_field_that_would_break_the_header_is_refused(
    layout: Layout, maker: Maker, name: str, value: str
) -> None:
    draft = maker.draft("conversion", b"text", (name, value))
    refuse(layout, maker, GroupDraft(kind="conversion", drafts=(draft,)), "header|writer|field")


def test_a_block_that_is_not_what_the_draft_says_is_refused(layout: Layout, maker: Maker) -> None:
    for draft in (
        maker.draft("conversion", b"text", block_digest=digest_bytes(b"other")),
        maker.draft("conversion", b"text", length=3, block_digest=digest_bytes(b"text")),
        maker.draft(
            "conversion", io.BytesIO(b"text"), length=9, block_digest=digest_bytes(b"text")
        ),
    ):
        group = GroupDraft(kind="conversion", drafts=(draft,))
        refuse(layout, maker, group, "not what its draft says")


def test_a_group_that_a_crash_would_leave_unrecognisable_is_refused(
    layout: Layout, maker: Maker
) -> None:
    request, response, metadata = maker.capture().drafts
    for drafts in (
        (),
        (request,),
        (request, response),
        (metadata,),
        (metadata, request, response),
        (request, response, metadata, request),
        (request, response, *maker.annotation().drafts),
        (*maker.conversion().drafts, *maker.conversion().drafts),
    ):
        refuse(layout, maker, GroupDraft(kind="capture", drafts=drafts), "a group must be")


def test_a_withdrawal_must_be_one(layout: Layout, maker: Maker) -> None:
    leaves = store_small(layout)
    planned = plan_overwriting(leaves[0])
    note, withdrawal = maker.annotation(), maker.withdrawal(planned)
    for group, match in (
        (GroupDraft(kind="withdrawal", drafts=withdrawal.drafts), "names what it overwrites"),
        (GroupDraft(kind="annotation", drafts=note.drafts, overwrites=planned), "names what it"),
        (GroupDraft(kind="withdrawal", drafts=note.drafts, overwrites=planned), "stored alone"),
    ):
        refuse(layout, maker, group, match)
    with open_writer(layout, maker) as writer, pytest.raises(InputError, match="stored alone"):
        writer.append([maker.withdrawal(planned), maker.conversion()])
    assert list_findings(layout) == []


def test_warcinfo_fields_cannot_be_forged(layout: Layout, maker: Maker) -> None:
    for info in ((("software", "a\r\nx: b"),), (("a:b", "c"),)):
        with pytest.raises(InputError, match="warcinfo"):
            ArchiveWriter(
                layout,
                disk=Disk(),
                clock=maker.clock,
                new_id=maker.new_id,
                origin=ORIGIN,
                sign=format_unsigned,
                info=info,
            )


def test_the_origin_never_changes(layout: Layout, maker: Maker) -> None:
    store_small(layout)
    with pytest.raises(InputError, match="is named"):
        ArchiveWriter(
            layout,
            disk=Disk(),
            clock=maker.clock,
            new_id=maker.new_id,
            origin="other.example/1",
            sign=format_unsigned,
            info=INFO,
        )


def test_a_closed_writer_refuses(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        pass
    writer.close()
    with pytest.raises(StoreError, match="closed"):
        writer.append([maker.conversion()])


# --- beside others --------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_is_at_work(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker):
        with pytest.raises(BusyError, match=rf"process {os.getpid()} \(archive test\)"):
            open_writer(layout, maker)
        with pytest.raises(BusyError):
            open_writer(layout, maker, lock_seconds=0.1)
    open_writer(layout, maker).close()


def test_a_second_writer_waits_for_the_first(layout: Layout, maker: Maker) -> None:
    first = open_writer(layout, maker)
    timer = threading.Timer(0.2, first.close)
    timer.start()
    with open_writer(layout, maker, lock_seconds=30) as writer:
        writer.append([maker.conversion()])
    timer.join()


def test_readers_beside_a_writer_see_whole_leaves(layout: Layout, maker: Maker) -> None:
    """Also while bundles, tiles and files get their final names."""
    with open_writer(layout, maker):
        pass
    stop = threading.Event()
    seen: list[int] = []
    failures: list[BaseException] = []

    def read() -> None:
        last = 0
        try:
            while not stop.is_set():
                log = read_log(layout.log)
                for leaf in log.read_leaves(max(0, last - 3)):
                    read_group(layout, leaf)
                assert log.size >= last
                last = log.size
                seen.append(last)
        except BaseException as error:  # noqa: BLE001  # told by the main thread
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        with open_writer(layout, maker, rotate_bytes=8000) as writer:
            for number in range(40):
                writer.append([maker.conversion(str(number)) for _ in range(15)])
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert len(set(seen)) > 3
    assert list_findings(layout) == []


def test_a_checker_beside_a_writer_finds_nothing_wrong(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker):
        pass
    stop = threading.Event()
    wrong: list[object] = []
    rounds: list[int] = []

    def check() -> None:
        while not stop.is_set():
            wrong.extend(one for one in list_findings(layout) if one.severity != "note")
            rounds.append(1)

    thread = threading.Thread(target=check)
    thread.start()
    try:
        with open_writer(layout, maker, rotate_bytes=8000) as writer:
            for number in range(40):
                writer.append([maker.conversion(str(number)) for _ in range(15)])
    finally:
        stop.set()
        thread.join()
    assert wrong == []
    assert rounds


def test_the_folder_of_a_clone_is_no_obstacle(layout: Layout, maker: Maker) -> None:
    for folder in (layout.warcs, layout.metadata):
        folder.mkdir(parents=True)
        (folder / "README.md").write_text("What lies here.")
    store_small(layout, maker)
    assert list_findings(layout) == []


def test_a_path_with_words_of_ours_in_it(tmp_path: Path, maker: Maker) -> None:
    layout = Layout(root=tmp_path / "entries" / "tile.open" / "0")
    store_small(layout, maker)
    assert list_findings(layout) == []


def test_what_is_read_back_otherwise_is_not_kept(layout: Layout, maker: Maker) -> None:
    class Forgetful(Disk):
        """Gives back another byte once."""

        is_armed = False

        def read(self, file: OpenFile, offset: int, length: int) -> bytes:
            data = super().read(file, offset, length)
            if self.is_armed:
                self.is_armed = False
                return data[:-1] + bytes([data[-1] ^ 1])
            return data

    disk = Forgetful()
    with open_writer(layout, maker, disk=disk) as writer:
        (first,) = writer.append([maker.capture()])
        disk.is_armed = True
        with pytest.raises(StoreError, match="read back"):
            writer.append([maker.capture()])
        (second,) = writer.append([maker.capture()])
    assert list(read_log(layout.log).read_leaves()) == [first, second]
    assert list_findings(layout) == []
