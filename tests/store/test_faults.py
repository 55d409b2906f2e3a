"""Stop at any write: what remains still verifies, and nothing that was acknowledged is lost."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.leaf import Leaf
from archive.errors import StoreError
from archive.store.disk import Disk
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.withdraw import plan_overwriting
from tests.store.drafts import list_damage, list_findings, list_warcs, make_maker, open_writer
from tests.support.faults import (
    POLICIES,
    Crash,
    CrashingDisk,
    FailingDisk,
    PowerCut,
    QuickDisk,
    RecordingDisk,
)

Session = Callable[[Layout, Disk, list[Leaf]], None]


def store_several(layout: Layout, disk: Disk, acknowledged: list[Leaf]) -> None:
    """Two files, single groups and batches, and a withdrawal from a finished file."""
    maker = make_maker("session")
    with open_writer(layout, maker, disk=disk, rotate_bytes=2000) as writer:
        first = writer.append([maker.capture()])
        acknowledged += first
        acknowledged += writer.append([maker.capture(b"x" * 3000), maker.conversion()])
        acknowledged += writer.append([maker.failure(), maker.annotation()])
        acknowledged += writer.append([maker.withdrawal(plan_overwriting(first[0]))])
        acknowledged += writer.append([maker.conversion("last")])


def cross_tile(layout: Layout, disk: Disk, acknowledged: list[Leaf]) -> None:
    """Fill the first tile and bundle and begin the second, in one batch and by single groups."""
    maker = make_maker("tile")
    with open_writer(layout, maker, disk=disk) as writer:
        acknowledged += writer.append([maker.conversion(), maker.conversion(), maker.conversion()])
        acknowledged += writer.append([maker.conversion("next")])


def fill_tile(layout: Layout, disk: Disk, acknowledged: list[Leaf]) -> None:
    """Fill the first tile exactly, then go on."""
    maker = make_maker("tile")
    with open_writer(layout, maker, disk=disk) as writer:
        for _ in range(2):
            acknowledged += writer.append([maker.conversion()])
        acknowledged += writer.append([maker.conversion("next")])


@pytest.fixture(scope="session")
def nearly_full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose log has 254 leaves."""
    layout = Layout(root=tmp_path_factory.mktemp("nearly") / "archive")
    maker = make_maker("before")
    with open_writer(layout, maker) as writer:
        writer.append([maker.conversion(str(number)) for number in range(254)])
    return layout.root


@pytest.fixture(params=[store_several, cross_tile, fill_tile], ids=lambda one: one.__name__)
def session(request: pytest.FixtureRequest) -> Session:
    chosen: Session = request.param
    return chosen


@pytest.fixture
def begin(session: Session, nearly_full: Path) -> Callable[[Path], Layout]:
    """Make the archive that the session starts from."""

    def make(root: Path) -> Layout:
        if root.exists():
            shutil.rmtree(root)
        if session is not store_several:
            shutil.copytree(nearly_full, root)
        else:
            root.mkdir()
        return Layout(root=root)

    return make


def require_all(layout: Layout, acknowledged: list[Leaf], context: str) -> None:
    """After recovery: every acknowledged leaf is there, as it was, and the archive checks clean."""
    maker = make_maker("after")
    with open_writer(layout, maker, disk=QuickDisk()) as writer:
        assert not [path for path in list_warcs(layout) if path.suffix == ".open"], context
        size = writer.checkpoint.size
    kept = snapshot(layout)
    log = read_log(layout.log)
    assert log.size == size
    for leaf in acknowledged:
        assert log.read_leaf(leaf.sequence) == leaf, context
    assert list_findings(layout, "quick") == [], context
    with open_writer(layout, maker, disk=QuickDisk()) as writer:
        assert snapshot(layout) == kept, f"{context}: recovery is not idempotent"
        writer.append([maker.capture(b"afterwards"), maker.conversion()])
    # The long logs are there for their tiles; what becomes of WARC files, the short ones show.
    assert list_findings(layout, "full" if size < 100 else "quick") == [], context


def snapshot(layout: Layout) -> dict[str, bytes]:
    return {
        str(path.relative_to(layout.root)): path.read_bytes()
        for path in sorted(layout.root.rglob("*"))
        if path.is_file() and path != layout.lock
    }


def test_a_crash_at_any_change_loses_nothing_acknowledged(
    session: Session, begin: Callable[[Path], Layout], scratch: Path
) -> None:
    recording = RecordingDisk()
    session(begin(scratch / "whole"), recording, [])
    assert len(recording.changes) > 20
    for last in range(1, len(recording.changes) + 1):
        layout = begin(scratch / "archive")
        acknowledged: list[Leaf] = []
        with pytest.raises(Crash):
            session(layout, CrashingDisk(last), acknowledged)
        require_all(layout, acknowledged, f"crash at {recording.changes[last - 1]}")


def test_a_second_crash_during_recovery_loses_nothing(
    begin: Callable[[Path], Layout], session: Session, scratch: Path
) -> None:
    recording = RecordingDisk()
    session(begin(scratch / "whole"), recording, [])
    for last in range(3, len(recording.changes) + 1, 7 if session is store_several else 13):
        layout = begin(scratch / "broken")
        acknowledged: list[Leaf] = []
        with pytest.raises(Crash):
            session(layout, CrashingDisk(last), acknowledged)
        again = RecordingDisk()
        trial = scratch / "trial"
        shutil.copytree(layout.root, trial)
        with open_writer(Layout(root=trial), make_maker("r"), disk=again):
            pass
        shutil.rmtree(trial)
        for second in range(1, len(again.changes) + 1):
            shutil.copytree(layout.root, trial)
            crashing = CrashingDisk(second)
            with (
                pytest.raises(Crash),
                open_writer(Layout(root=trial), make_maker("r"), disk=crashing),
            ):
                pass
            require_all(
                Layout(root=trial), acknowledged, f"{last}, then {again.changes[second - 1]}"
            )
            shutil.rmtree(trial)


def test_a_power_cut_at_any_change_loses_nothing_acknowledged(
    session: Session, begin: Callable[[Path], Layout], scratch: Path
) -> None:
    class Noting(RecordingDisk):
        """Notes how many leaves were acknowledged before each change."""

        def __init__(self, acknowledged: list[Leaf]) -> None:
            super().__init__()
            self.counts: list[int] = []
            self.leaves = acknowledged

        def announce(self, change):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            super().announce(change)
            self.counts.append(len(self.leaves))

    layout = begin(scratch / "archive")
    cut = PowerCut(layout.root)
    leaves: list[Leaf] = []
    disk = Noting(leaves)
    session(layout, disk, leaves)
    target = scratch / "after"
    for number, change in enumerate(disk.changes):
        for keep in POLICIES if session is store_several else POLICIES[number % 3 :: 3]:
            if target.exists():
                shutil.rmtree(target)
            cut.materialise(target, keep)
            require_all(
                Layout(root=target), leaves[: disk.counts[number]], f"{keep}, before {change}"
            )
        cut.apply(change)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_an_error_at_any_change_is_clear_and_undone(
    session: Session, begin: Callable[[Path], Layout], scratch: Path, code: int
) -> None:
    recording = RecordingDisk()
    session(begin(scratch / "whole"), recording, [])
    for first in range(1, len(recording.changes) + 1):
        layout = begin(scratch / "archive")
        acknowledged: list[Leaf] = []
        disk = FailingDisk(first, code=code)
        with pytest.raises(StoreError) as caught:
            session(layout, disk, acknowledged)
        change = disk.failed[0]
        context = f"{code} at {change}"
        assert str(change.path) in str(caught.value), context
        assert caught.value.remedy
        if change.operation in ("sync", "sync_folder"):
            assert "fsync failed" in str(caught.value), context
        elif code == errno.ENOSPC:
            assert "disk full" in str(caught.value), context
        if acknowledged:  # the writer was open: what it left verifies even before recovery
            assert list_damage(layout) == [], context
        require_all(layout, acknowledged, context)


def test_after_a_full_disk_the_same_writer_goes_on(
    session: Session, begin: Callable[[Path], Layout], scratch: Path
) -> None:
    maker = make_maker("whole")
    recording = RecordingDisk()
    with open_writer(begin(scratch / "whole"), maker, disk=recording) as writer:
        opened = len(recording.changes)
        writer.append([maker.capture(), maker.conversion(), maker.conversion()])
        stored = len(recording.changes)
    writes = [
        number
        for number, change in enumerate(recording.changes[opened:stored], opened + 1)
        if change.operation not in ("sync", "sync_folder")
    ]
    assert len(writes) > 5
    for first in writes:
        layout = begin(scratch / "archive")
        maker = make_maker("whole")
        disk = FailingDisk(first)
        with open_writer(layout, maker, disk=disk) as writer:
            size = writer.checkpoint.size
            with pytest.raises(StoreError, match="disk full"):
                writer.append([maker.capture(), maker.conversion(), maker.conversion()])
            # Undone; or, where only a tile's last name was still to be given, stored.
            assert writer.checkpoint.size in (size, size + 3)
            assert list_damage(layout) == [], disk.failed
            (leaf,) = writer.append([maker.conversion("after")])
        assert list_findings(layout) == [], disk.failed
        require_all(layout, [leaf], str(disk.failed))


def test_after_a_failed_fsync_nothing_more_is_written(scratch: Path) -> None:
    maker = make_maker()
    layout = Layout(root=scratch / "archive")
    disk = FailingDisk(1, code=errno.EIO, only=("sync",), count=0)
    with open_writer(layout, maker, disk=disk) as writer:
        writer.append([maker.capture()])
        disk.first, disk.count = disk.seen + 1, 1
        with pytest.raises(StoreError, match="fsync failed"):
            writer.append([maker.capture()])
        before = snapshot(layout)
        with pytest.raises(StoreError):
            writer.append([maker.capture()])
    assert snapshot(layout) == before, "not even closing changes anything"
    assert len(disk.failed) == 1, "the fsync was not tried again"
    require_all(layout, [], "failed fsync")
