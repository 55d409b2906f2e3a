"""A lost log is made again from the WARC files, and says so."""

import shutil

import pytest

from archive.core.leaf import Leaf
from archive.errors import InputError
from archive.store.disk import Disk
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.rederive import rederive_log
from archive.store.withdraw import plan_overwriting
from tests.store.drafts import (
    Maker,
    format_unsigned,
    list_damage,
    list_warcs,
    open_writer,
    store_small,
)
from tests.support.faults import Crash, CrashingDisk, QuickDisk

ORIGIN = "archive.example/again"


def rederive(layout: Layout, maker: Maker, disk: Disk | None = None) -> tuple[Leaf, ...]:
    rederive_log(
        layout,
        disk=disk or QuickDisk(),
        clock=maker.clock,
        origin=ORIGIN,
        sign=format_unsigned,
    )
    return tuple(read_log(layout.log).read_leaves())


def test_every_group_is_found_again(layout: Layout, maker: Maker) -> None:
    before = store_small(layout)
    shutil.rmtree(layout.log)
    after = rederive(layout, maker)
    assert [(leaf.kind, leaf.warc, leaf.address) for leaf in after] == [
        (leaf.kind, leaf.warc, leaf.address) for leaf in before
    ]
    assert [leaf.records for leaf in after] == [leaf.records for leaf in before]
    assert all(leaf.rederived and not leaf.recovered for leaf in after)
    assert list_damage(layout) == []
    assert read_log(layout.log).origin == ORIGIN
    assert not (layout.metadata / "rederived").exists()


def test_an_archive_goes_on_with_the_new_log(layout: Layout, maker: Maker) -> None:
    store_small(layout)
    shutil.rmtree(layout.log)
    size = len(rederive(layout, maker))
    with pytest.raises(InputError, match="is named"):
        open_writer(layout, maker)
    assert read_log(layout.log).size == size


def test_withdrawn_records_are_covered_too(layout: Layout, maker: Maker) -> None:
    store_small(layout, maker)
    with open_writer(layout, maker) as writer:
        (leaf,) = writer.append([maker.capture(b"<p>To be withdrawn.")])
        writer.append([maker.withdrawal(plan_overwriting(leaf))])
    shutil.rmtree(layout.log)
    after = rederive(layout, maker)
    assert after[-1].kind == "withdrawal"
    assert after[-1].overwrites == ()
    assert list_damage(layout) == []


def test_damage_in_a_file_is_left_out_and_named(layout: Layout, maker: Maker) -> None:
    before = store_small(layout)
    path = list_warcs(layout)[0]
    hit = before[1].records[0]
    data = bytearray(path.read_bytes())
    data[hit.offset + hit.length // 2] ^= 16
    path.chmod(0o644)
    path.write_bytes(data)
    shutil.rmtree(layout.log)
    after = rederive(layout, maker)
    assert {record.record_id for leaf in after for record in leaf.records} == {
        record.record_id for leaf in before if leaf.sequence != 1 for record in leaf.records
    }
    assert [finding.file for finding in list_damage(layout)] == [f"warcs/{path.name}"]


def test_a_log_that_is_there_is_left_alone(layout: Layout, maker: Maker) -> None:
    store_small(layout)
    with pytest.raises(InputError, match="there is a capture log"):
        rederive(layout, maker)


def test_nothing_is_made_from_nothing(layout: Layout, maker: Maker) -> None:
    with pytest.raises(InputError, match="no WARC files"):
        rederive(layout, maker)


def test_it_can_be_stopped_anywhere_and_done_again(layout: Layout, maker: Maker) -> None:
    before = store_small(layout)
    shutil.rmtree(layout.log)
    for last in range(1, 1000):
        root = layout.root.with_name(f"copy-{last}")
        copy = Layout(root=root)
        shutil.copytree(layout.root, root)
        try:
            rederive(copy, maker, CrashingDisk(last))
        except Crash:
            pass
        else:
            break
        if not copy.log.joinpath("checkpoint").exists():
            rederive(copy, maker)
        assert len(tuple(read_log(copy.log).read_leaves())) == len(before)
        assert list_damage(copy) == []
    assert last > 10
