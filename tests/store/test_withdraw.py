"""Withdrawn records are gone, and everything else stays as it was."""

import gzip

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.core.digest import digest_bytes
from archive.core.leaf import Leaf
from archive.errors import DamageError, InputError
from archive.store.disk import Change, Disk
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import read_group
from archive.store.withdraw import (
    format_filler,
    overwrite_members,
    plan_overwriting,
    repeat_withdrawals,
)
from tests.store.drafts import Maker, list_damage, list_findings, list_warcs, open_writer
from tests.support.clock import START
from tests.support.faults import Crash, QuickDisk

RECORD = "urn:uuid:6d58047f-0cf5-4c9f-a2d4-5d7a0f8a6a5b"


@pytest.mark.parametrize("length", [186, 187, 300, 65536, 3_000_000])
def test_a_filler_is_a_member_of_just_that_length(length: int) -> None:
    filler = format_filler(RECORD, START, length)
    assert len(filler) == length
    assert filler == format_filler(RECORD, START, length)
    text = gzip.decompress(filler).decode()
    assert text == (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <{RECORD}>\r\n"
        "WARC-Date: 2024-02-29T12:00:00.000000Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )


def test_a_length_that_is_too_short_is_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        format_filler(RECORD, START, 184)


def store_three(layout: Layout, maker: Maker) -> tuple[Leaf, ...]:
    with open_writer(layout, maker) as writer:
        return writer.append(
            [maker.capture(b"keep"), maker.capture(b"secret" * 50_000), maker.conversion("keep")]
        )


@pytest.mark.parametrize("at_once", [True, False], ids=["open file", "finished file"])
def test_a_withdrawn_group_is_overwritten(layout: Layout, maker: Maker, *, at_once: bool) -> None:
    if at_once:
        with open_writer(layout, maker) as writer:
            leaves = writer.append([maker.capture(b"keep"), maker.capture(b"secret")])
            leaves += writer.append([maker.conversion("keep")])
            (withdrawal,) = writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
    else:
        leaves = store_three(layout, maker)
        with open_writer(layout, maker) as writer:
            (withdrawal,) = writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
    path = layout.warcs / leaves[1].warc
    assert path.stat().st_mode & 0o777 == 0o444
    for record, placed in zip(read_group(layout, leaves[1]), leaves[1].records, strict=True):
        assert (record.kind, record.block) == ("metadata", b"")
        assert record.record_id == placed.record_id
        assert "ministry" not in str(record.fields)
    assert b"secret" not in b"".join(gzip.decompress(path.read_bytes()).split())
    assert read_group(layout, leaves[0])[2].block.endswith(b"keep")
    assert read_group(layout, leaves[2])[0].block == b"keep"
    log = read_log(layout.log)
    assert [leaf.sequence for leaf in log.read_leaves()] == [0, 1, 2, 3]
    assert log.read_leaf(1) == leaves[1], "the leaf stays"
    assert withdrawal.kind == "withdrawal"
    assert [item.record_id for item in withdrawal.overwrites] == [
        placed.record_id for placed in leaves[1].records
    ]
    assert list_findings(layout) == []
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
    assert kinds.count("metadata") >= 4


def test_a_warcinfo_record_is_never_overwritten(layout: Layout, maker: Maker) -> None:
    leaves = store_three(layout, maker)
    assert leaves[0].records[0].kind == "warcinfo"
    planned = plan_overwriting(leaves[0])
    assert [item.record_id for item in planned] == [
        placed.record_id for placed in leaves[0].records[1:]
    ]


def test_overwriting_again_changes_nothing(layout: Layout, maker: Maker) -> None:
    leaves = store_three(layout, maker)
    with open_writer(layout, maker) as writer:
        (withdrawal,) = writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
    before = [path.read_bytes() for path in list_warcs(layout)]
    overwrite_members(layout, Disk(), read_log(layout.log), withdrawal)
    assert [path.read_bytes() for path in list_warcs(layout)] == before


def test_a_record_that_should_be_gone_is_found(layout: Layout, maker: Maker) -> None:
    leaves = store_three(layout, maker)
    path = layout.warcs / leaves[1].warc
    original = path.read_bytes()
    with open_writer(layout, maker) as writer:
        writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
        writer.append([maker.conversion("later")])
    path.chmod(0o644)
    path.write_bytes(original)
    findings = list_damage(layout, "stored")
    assert len(findings) == 3
    assert all("not overwritten" in finding.what for finding in findings)


def test_what_an_old_copy_brought_back_is_withdrawn_again(layout: Layout, maker: Maker) -> None:
    leaves = store_three(layout, maker)
    path = layout.warcs / leaves[1].warc
    original = path.read_bytes()
    with open_writer(layout, maker) as writer:
        writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
        writer.append([maker.conversion("later")])
    withdrawn = path.read_bytes()
    log = read_log(layout.log)
    assert repeat_withdrawals(layout, Disk(), log) == 0
    path.chmod(0o644)
    path.write_bytes(original)
    assert all("archive withdraw ID" in one.remedy for one in list_damage(layout, "stored"))
    assert repeat_withdrawals(layout, Disk(), log) == 3
    assert path.read_bytes() == withdrawn
    assert path.stat().st_mode & 0o777 == 0o444
    assert repeat_withdrawals(layout, Disk(), log) == 0
    assert list_findings(layout) == []


def test_a_half_overwritten_record_is_finished_by_the_next_writer(
    layout: Layout, maker: Maker
) -> None:
    class StopAtOverwriting(QuickDisk):
        def announce(self, change: Change) -> None:
            if change.operation == "write" and change.path.suffix == ".gz":
                with change.path.open("r+b") as stream:
                    stream.seek(change.offset)
                    stream.write(change.data[: len(change.data) // 2])
                raise Crash

    leaves = store_three(layout, maker)
    with pytest.raises(Crash), open_writer(layout, maker, disk=StopAtOverwriting()) as writer:
        writer.append([maker.withdrawal(plan_overwriting(leaves[1]))])
    (layout.warcs / leaves[1].warc).chmod(0o644)
    assert {finding.severity for finding in list_findings(layout)} == {"note"}
    with open_writer(layout, maker):
        pass
    assert list_findings(layout) == []
    assert all(record.block == b"" for record in read_group(layout, leaves[1]))


def test_a_withdrawal_that_does_not_fit_the_log_touches_nothing(
    layout: Layout, maker: Maker
) -> None:
    leaves = store_three(layout, maker)
    before = [path.read_bytes() for path in list_warcs(layout)]
    (first, *_) = plan_overwriting(leaves[1])
    for item in (
        type(first)(record_id=RECORD, leaf=1, member=first.member),
        type(first)(record_id=first.record_id, leaf=0, member=first.member),
        type(first)(record_id=first.record_id, leaf=1, member=digest_bytes(b"")),
    ):
        forged = Leaf(
            sequence=3,
            kind="withdrawal",
            time=START,
            warc=leaves[0].warc,
            records=leaves[2].records,
            overwrites=(item,),
        )
        with pytest.raises(DamageError, match="does not fit"):
            overwrite_members(layout, Disk(), read_log(layout.log), forged)
    assert [path.read_bytes() for path in list_warcs(layout)] == before
