"""What a crash left: whole groups are adopted, torn tails kept apart, damage is told."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.digest import digest_bytes
from archive.core.leaf import Leaf
from archive.core.record import Draft
from archive.errors import DamageError
from archive.store.disk import Change
from archive.store.groups import GroupDraft, find_group_end, read_tie
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import read_group
from archive.store.withdraw import plan_overwriting
from tests.store.drafts import Maker, list_findings, list_warcs, make_maker, open_writer
from tests.support.faults import Crash, QuickDisk


class StopBeforeLog(QuickDisk):
    """Stops when the WARC file is durable, before the leaves are."""

    is_armed = False
    is_stopped = False

    def announce(self, change: Change) -> None:
        if self.is_armed and (self.is_stopped or change.path.match("tile/entries/*")):
            self.is_stopped = True
            raise Crash


def store_unlogged(
    layout: Layout,
    maker: Maker,
    make: Callable[[Maker], list[GroupDraft]],
    *,
    before: Callable[[Maker], list[GroupDraft]] | None = None,
) -> tuple[Leaf, ...]:
    """Store the groups ``before``, then those of ``make``, of which the log is not told."""
    disk = StopBeforeLog()
    leaves: tuple[Leaf, ...] = ()
    with pytest.raises(Crash), open_writer(layout, maker, disk=disk) as writer:  # noqa: PT012
        if before is not None:
            leaves = writer.append(before(maker))
        disk.is_armed = True
        writer.append(make(maker))
    return leaves


def recover(layout: Layout) -> list[Leaf]:
    with open_writer(layout, make_maker("later")):
        pass
    return list(read_log(layout.log).read_leaves())


def list_quarantined(layout: Layout) -> list[Path]:
    return sorted(layout.quarantine.iterdir())


def test_a_recovered_leaf_is_what_the_lost_one_would_have_been(layout: Layout) -> None:
    def make(maker: Maker) -> list[GroupDraft]:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        framed = maker.capture(b"5\r\nhello\r\n0\r\n\r\n", head=head, payload=b"hello")
        return [maker.capture(), framed, maker.conversion(), maker.failure(), maker.annotation()]

    whole = Layout(root=layout.root / "whole")
    maker = make_maker()
    with open_writer(whole, maker, disk=QuickDisk()) as writer:
        expected = writer.append(make(maker))
    crashed = Layout(root=layout.root / "crashed")
    store_unlogged(crashed, make_maker(), make)
    assert read_log(crashed.log).size == 0
    leaves = recover(crashed)
    assert [leaf.recovered for leaf in leaves] == [True] * 5
    for leaf, wanted in zip(leaves, expected, strict=True):
        assert (leaf.kind, leaf.address, leaf.warc) == (wanted.kind, wanted.address, wanted.warc)
        assert leaf.records == wanted.records
    assert list_findings(crashed) == []
    assert list_quarantined(crashed) == []


def test_logged_groups_before_stay_as_they_are(layout: Layout, maker: Maker) -> None:
    logged = store_unlogged(
        layout, maker, lambda maker: [maker.capture()], before=lambda maker: [maker.conversion()]
    )
    leaves = recover(layout)
    assert leaves[:1] == list(logged)
    assert [leaf.recovered for leaf in leaves] == [False, True]
    assert list_findings(layout) == []


def test_every_torn_tail_is_cut_after_the_last_whole_group(layout: Layout, scratch: Path) -> None:
    """Cut at any byte: what is whole is adopted, what is torn lies in quarantine."""
    there = Layout(root=scratch / "whole")
    store_unlogged(there, make_maker(), lambda maker: [maker.capture(), maker.conversion()])
    (path,) = list_warcs(there)
    data = path.read_bytes()
    trial = Layout(root=scratch / "trial")
    ends = []
    for size in range(len(data) + 1):
        shutil.copytree(there.root, trial.root)
        (trial.warcs / path.name).write_bytes(data[:size])
        leaves = recover(trial)
        end = max((one.offset + one.length for leaf in leaves for one in leaf.records), default=0)
        ends.append(end)
        assert end <= size
        assert list_findings(trial, "stored") == []
        kept = b"".join(one.read_bytes() for one in list_quarantined(trial))
        assert kept == data[end:size]
        stored = list_warcs(trial)
        assert [one.suffix for one in stored] == ([".gz"] if end else [])
        shutil.rmtree(trial.root)
    assert sorted(set(ends)) == [0, ends[-2], len(data)]
    assert ends.index(len(data)) == len(data)
    assert ends.index(ends[-2]) == ends[-2]


def test_junk_and_zeros_after_whole_groups_go_to_quarantine(layout: Layout) -> None:
    for number, junk in enumerate((bytes(4096), b"\x1f\x8b\x08\x00", b"WARC/1.1\r\n")):
        there = Layout(root=layout.root / str(number))
        store_unlogged(there, make_maker(), lambda maker: [maker.capture()])
        (path,) = list_warcs(there)
        size = path.stat().st_size
        with path.open("ab") as stream:
            stream.write(junk)
        (leaf,) = recover(there)
        assert leaf.recovered
        (kept,) = list_quarantined(there)
        assert kept.read_bytes() == junk
        assert kept.name.startswith(f"{leaf.warc}.{size}-")
        assert list_findings(there) == []


def test_a_group_with_a_wrong_digest_is_not_adopted(layout: Layout) -> None:
    store_unlogged(layout, make_maker(), lambda maker: [maker.capture()])
    (path,) = list_warcs(layout)
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(bytes(data))
    assert recover(layout) == []
    assert list_warcs(layout) == []
    assert [one.read_bytes() for one in list_quarantined(layout)] == [bytes(data)]


def test_a_withdrawal_that_was_not_logged_is_not_carried_out(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        (victim,) = writer.append([maker.capture()])
    store_unlogged(layout, maker, lambda maker: [maker.withdrawal(plan_overwriting(victim))])
    assert recover(layout) == [victim]
    assert len(list_quarantined(layout)) == 1
    assert read_group(layout, victim)[2].kind == "response"
    assert list_findings(layout) == []


@pytest.mark.parametrize("suffix", [".open", ""])
def test_a_log_ahead_of_the_file_is_damage(layout: Layout, maker: Maker, suffix: str) -> None:
    with open_writer(layout, maker) as writer:
        writer.append([maker.capture()])
    (path,) = list_warcs(layout)
    data = path.read_bytes()
    path.unlink()
    place = layout.warcs / (path.name + suffix)
    place.write_bytes(data[:-1])
    with pytest.raises(DamageError, match=rf"ends at {len(data) - 1}.*up to {len(data)}"):
        open_writer(layout, maker)
    assert place.read_bytes() == data[:-1]
    place.unlink()
    with pytest.raises(DamageError, match="is missing"):
        open_writer(layout, maker)
    place.write_bytes(data)
    open_writer(layout, maker).close()


def test_two_files_of_one_name_are_damage(layout: Layout, maker: Maker) -> None:
    with open_writer(layout, maker) as writer:
        writer.append([maker.capture()])
    (path,) = list_warcs(layout)
    shutil.copy(path, f"{path}.open")
    with pytest.raises(DamageError, match="both"):
        open_writer(layout, maker)


def test_an_open_file_that_an_older_leaf_names_is_finished(layout: Layout, maker: Maker) -> None:
    """As after a restored backup: the newest leaf names another file."""
    for _ in range(2):
        with open_writer(layout, maker) as writer:
            writer.append([maker.conversion()])
    first = list_warcs(layout)[0]
    first.rename(f"{first}.open")
    recover(layout)
    assert [path.suffix for path in list_warcs(layout)] == [".gz", ".gz"]
    assert list_findings(layout) == []


# --- the rule of groups ---------------------------------------------------------------------------


def tell(maker: Maker, *shape: tuple[str, str, tuple[str, ...]]) -> list[Draft]:
    """Drafts of (id, type, ids that it names)."""
    return [
        maker.draft(
            kind,
            b"",
            *(("WARC-Concurrent-To", f"<{name}>") for name in names),
            record_id=record_id,
        )
        for record_id, kind, names in shape
    ]


def test_which_records_are_a_group(maker: Maker) -> None:
    request, response = ("q", "request", ("r",)), ("r", "response", ())
    metadata = ("m", "metadata", ("r",))
    foreign = ("f", "metadata", ("r",))
    text = ("t", "conversion", ())
    info = ("w", "warcinfo", ())
    cases: list[tuple[tuple[tuple[str, str, tuple[str, ...]], ...], int | None]] = [
        ((), None),
        ((request,), None),
        ((request, response), None),
        ((request, response, metadata), 3),
        ((response, metadata, text), 2),
        ((text, request, response, metadata), 1),
        ((request, response, foreign, metadata), 4),
        ((request, response, metadata, ("n", "metadata", ())), 3),
        ((("n", "metadata", ()), request), 1),
        ((request, text, metadata), None),
        ((request, response, ("m", "metadata", ("elsewhere",))), None),
        ((request, response, info, metadata), None),
        ((("q", "request", ()), ("m", "metadata", ("q",))), 2),
        ((("q", "request", ()), ("m", "metadata", ())), None),
    ]
    for shape, end in cases:
        ties = [read_tie(draft) for draft in tell(maker, *shape)]
        assert find_group_end(ties, 0) == end, shape


def test_a_group_is_found_from_its_start_only(maker: Maker) -> None:
    groups = [maker.capture(), maker.conversion(), maker.capture(), maker.annotation()]
    ties = [read_tie(draft) for group in groups for draft in group.drafts]
    place = 0
    for group in groups:
        end = find_group_end(ties, place)
        assert end == place + len(group.drafts)
        place = end


def test_metadata_that_is_no_object_is_an_annotation(layout: Layout) -> None:
    def make(maker: Maker) -> list[GroupDraft]:
        return [
            GroupDraft(
                kind="annotation",
                drafts=(maker.draft("metadata", block, content_type="application/json"),),
            )
            for block in (b"[]", b"{", b"\xff", b"", json.dumps({"salt": 1}).encode())
        ]

    store_unlogged(layout, make_maker(), make)
    leaves = recover(layout)
    assert [leaf.kind for leaf in leaves] == ["annotation"] * 5
    assert leaves[0].records[-1].block == digest_bytes(b"[]")
