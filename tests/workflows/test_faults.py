"""Every operation that changes an archive, stopped at any change: what remains is put right.

A new operation joins by one line in `OPERATIONS`.  The disk is the recording shim of
`tests.support.faults`; the archive, its keys and its index are real.  In CI the states are taken
in turn; ``make torture`` (ARCHIVE_TESTS_TORTURE) looks at every one.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from archive.core.curation import parse_assertions
from archive.core.watch import WatchOrder
from archive.index.database import open_readonly
from archive.store.log import read_log
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.curate import assert_fields, retract
from archive.workflows.extract import extract_pending
from archive.workflows.keys import rotate_key
from archive.workflows.opening import Archive, World
from archive.workflows.watch_orders import add_watch, remove_watch
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    list_findings,
    make_archive,
    make_world,
    write_to,
)
from tests.support.faults import (
    POLICIES,
    Crash,
    CrashingDisk,
    PowerCut,
    QuickDisk,
    RecordingDisk,
)
from tests.support.raw_server import answer_page, serve_raw

TORTURE = "ARCHIVE_TESTS_TORTURE" in os.environ
PAGE = answer_page(b"<title>Ferry</title><p>The ferry leaves at nine.")
OTHER = answer_page(b"<title>Ferry</title><p>The ferry leaves at ten, and again at noon.")

# Does something, and tells which records are acknowledged.
Operation = Callable[[Archive, World, "Told"], None]


class Told:
    """Record ids that somebody was told are stored, and how many changes were made by then."""

    def __init__(self, disk: RecordingDisk) -> None:
        self.disk = disk
        self.ids: list[tuple[str, int]] = []

    def tell(self, record_id: str) -> None:
        self.ids.append((record_id, len(self.disk.changes)))

    def list_before(self, count: int) -> set[str]:
        """Those that were told before the change number ``count``."""
        return {record_id for record_id, made in self.ids if made <= count}


def capture(archive: Archive, world: World, told: Told) -> None:
    """Two pages, one after the other, and one of them again."""
    with serve_raw({"/b": OTHER, "/a": PAGE}) as server:
        for path in ("/b", "/a", "/b"):
            for result in capture_all(archive, [server.url(path)], world=world):
                told.tell(result.last.record_id)


def annotate(archive: Archive, world: World, told: Told) -> None:
    with write_to(archive, world) as writing:
        told.tell(annotate_capture(writing, find_capture(archive), "A note.").record_id)


def withdraw(archive: Archive, world: World, told: Told) -> None:
    with write_to(archive, world) as writing:
        plan = plan_withdrawal(writing, find_capture(archive))
        leaf = withdraw_capture(writing, plan, reason="a court's order")
        told.tell(leaf.records[-1].record_id)


def curate(archive: Archive, world: World, told: Told) -> None:
    """Three fields in one batch, one of them taken back."""
    typed = parse_assertions(["published=2024-03-06", "title=Ferries", "author=Ann"])
    with write_to(archive, world) as writing:
        name = find_capture(archive)
        for row in assert_fields(writing, name, typed, reason="The printed copy says so."):
            told.tell(row.record_id)
        for row in retract(writing, name, "title", reason="It was another copy."):
            told.tell(row.record_id)


def follow(archive: Archive, world: World, told: Told) -> None:
    """Read what waits, then capture the page again, which has changed, and read it behind."""
    extract_pending(archive, world)
    run = CaptureRun(batch=None, read=True, wait=True)
    address = read_address(archive)
    port = int(address.rpartition(":")[2].partition("/")[0])
    with serve_raw({"/a": OTHER}, port=port):
        for result in capture_all(archive, [address], world=world, run=run):
            told.tell(result.last.record_id)


def read_address(archive: Archive) -> str:
    """The address of the statement that every archive here begins with."""
    with closing(open_readonly(archive.layout.database)) as index:
        (row,) = index.execute("SELECT DISTINCT url FROM captures WHERE purpose = 'statement'")
    return str(row[0])


def rotate(archive: Archive, world: World, told: Told) -> None:
    with write_to(archive, world) as writing:
        rotate_key(writing, reason="every year")
    last = list(read_log(archive.layout.log).read_leaves())[-1]
    told.tell(last.records[-1].record_id)


def watch(archive: Archive, world: World, told: Told) -> None:
    """An order, another for the same address that replaces it, and that taken back."""
    with write_to(archive, world) as writing:
        for hours in (1, 6):
            order = WatchOrder(
                kind="feed", address="http://a.example/feed", every=timedelta(hours=hours)
            )
            told.tell(add_watch(writing, order, reason="It is watched.").record_id)
        told.tell(remove_watch(writing, "http://a.example/feed", reason=None).record_id)


OPERATIONS: tuple[Operation, ...] = (*(capture, follow, annotate, withdraw, curate, rotate, watch),)


def find_capture(archive: Archive) -> str:
    """The id of the statement that every archive here begins with; its robots.txt came before."""
    *_, last = (
        placed.record_id
        for leaf in read_log(archive.layout.log).read_leaves()
        for placed in leaf.records
        if placed.kind == "response"
    )
    return last


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of one capture, and with its keys."""
    folder = tmp_path_factory.mktemp("begun")
    archive = make_archive(folder / "archive")
    with serve_raw({"/a": PAGE}) as server:
        capture_all(archive, [server.url("/a")], world=make_own_world(folder, seed="begun"))
    return folder


@pytest.fixture
def begin(begun: Path, scratch: Path) -> Callable[[str], Path]:
    """Make a copy of it under a name, in place of an earlier one."""

    def copy(name: str) -> Path:
        folder = scratch / name
        return copy_machine(begun, folder)

    return copy


def make_own_world(folder: Path, *, seed: str, disk: QuickDisk | None = None) -> World:
    """The world of the machine whose whole disk is ``folder``: what it remembers is lost too."""
    return make_world(seed=seed, disk=disk, key_folder=folder / "home")


def copy_machine(folder: Path, target: Path) -> Path:
    """Copy that disk, in place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    name_place(target, folder)
    return target


def name_place(folder: Path, old: Path) -> None:
    """Make what the disk ``folder`` remembers of places on ``old`` be about its own."""
    for path in folder.glob("home/*/place"):
        path.write_text(path.read_text().replace(f"{old}/", f"{folder}/"))


def open_copy(folder: Path) -> Archive:
    return make_archive(folder / "archive")


def require_recovered(folder: Path, told: set[str], context: str) -> None:
    """After recovery all that was told is there, and everything holds."""
    archive = open_copy(folder)
    recover(folder, QuickDisk())
    stored = {
        placed.record_id
        for leaf in read_log(archive.layout.log).read_leaves()
        for placed in leaf.records
    }
    assert told <= stored, context
    findings = list_findings(archive, "full" if TORTURE else "stored")
    assert findings == [], f"{context}: {findings}"


def recover(folder: Path, disk: QuickDisk) -> None:
    """Open the archive for writing, which puts right what a crash left."""
    world = make_own_world(folder, seed=f"after {os.urandom(4).hex()}", disk=disk)
    with write_to(open_copy(folder), world):
        pass


def record(folder: Path, operation: Operation) -> tuple[RecordingDisk, Told]:
    disk = RecordingDisk()
    told = Told(disk)
    operation(open_copy(folder), make_own_world(folder, seed="operation", disk=disk), told)
    assert told.ids
    return disk, told


@pytest.fixture(params=OPERATIONS, ids=lambda one: one.__name__)
def operation(request: pytest.FixtureRequest) -> Operation:
    chosen: Operation = request.param
    return chosen


def test_a_power_cut_at_any_change(
    operation: Operation, begin: Callable[[str], Path], scratch: Path
) -> None:
    folder = begin("work")
    cut = PowerCut(folder)
    disk, told = record(folder, operation)
    after = scratch / "after"
    for number, change in enumerate(disk.changes):
        for keep in POLICIES if TORTURE else POLICIES[number % 2 :: 2]:
            shutil.rmtree(after, ignore_errors=True)
            cut.materialise(after, keep)
            name_place(after, folder)
            require_recovered(after, told.list_before(number), f"{keep}, before {change}")
        cut.apply(change)


def test_a_crash_at_any_change_and_another_while_recovering(
    operation: Operation, begin: Callable[[str], Path]
) -> None:
    disk, whole = record(begin("work"), operation)
    for last in range(1, len(disk.changes) + 1, 1 if TORTURE else 2):
        folder = begin("work")
        crashing = CrashingDisk(last)
        told = Told(whole.disk)
        with suppress(Crash):  # a batch more or less: the count differs between runs
            world = make_own_world(folder, seed="operation", disk=crashing)
            operation(open_copy(folder), world, told)
        known = {record_id for record_id, _ in told.ids}
        if not TORTURE and last % 5:
            require_recovered(folder, known, f"crash at {disk.changes[last - 1]}")
            continue
        for second in range(1, 1000, 1 if TORTURE else 4):
            trial = copy_machine(folder, folder.with_name("trial"))
            try:
                recover(trial, CrashingDisk(second))
            except Crash:
                finished = False
            else:
                finished = True
            require_recovered(trial, known, f"crashes at {disk.changes[last - 1]} and {second}")
            if finished:
                break


def test_the_states_are_not_all_alike(begin: Callable[[str], Path], scratch: Path) -> None:
    """The shim does lose, tear and reorder: else the tests above would show nothing."""
    folder = begin("work")
    cut = PowerCut(folder)
    disk, _ = record(folder, capture)
    seen: set[bytes] = set()
    for change in disk.changes:
        cut.apply(change)
        for keep in POLICIES:
            shutil.rmtree(scratch / "after", ignore_errors=True)
            cut.materialise(scratch / "after", keep)
            path = next((scratch / "after" / "archive" / "warcs").glob("*.open"), None)
            seen.add(b"" if path is None else path.read_bytes())
    assert len(seen) > 8
