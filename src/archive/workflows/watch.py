"""Watching: one pass over everything that is due, and passes for as long as nobody says stop.

Rules:

1. Lists come first, then statements, those overdue longest first.  All visits are automatic:
   robots.txt binds them, and hosts are treated gently.  A pause of the politeness delay lies before
   each of these steps, so that none comes too close to the one before, or to a run that was killed.
2. A statement that changed or went away is visited once more at the end of the pass, the whole
   page, a minute after the first look, so that a passing fault is not taken for a change.
3. The writer's lock is held while visits are made, and neither between passes nor while a second
   look is waited for.  Where another process then writes for long, that look is left out, and the
   change waits for its next visit to be confirmed.

Not for: what is due (`archive.workflows.watch_plan`), or giving orders
(`archive.workflows.watch_orders`).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from archive.capture.settings import TransportSettings
from archive.core.exchange import Errand
from archive.errors import BusyError
from archive.history.schedule import Seen, judge_visits
from archive.index.lookup import find_read, has_pending
from archive.index.watches import select_visits
from archive.workflows.capture import CaptureResult, CaptureRun, capture_addresses
from archive.workflows.extract import read_captures
from archive.workflows.opening import Archive, OpenArchive, World, open_for_writing, open_index
from archive.workflows.watch_lists import DEEPEST, Memory
from archive.workflows.watch_plan import Planned, list_seen, plan_lists, plan_statements

_COMPARED = 10  # visits among which the one before is found, failures aside
_RUN = CaptureRun(batch=None, automatic=True, conditional=True)

# What a visit showed.  `confirmed` and `passing` are words of the second look.
Standing = Literal["list", "new", "unchanged", "changed", "gone", "failed", "confirmed", "passing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchVisit:
    """One visit of a pass: what it left, and what it showed."""

    result: CaptureResult
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPass:
    """What a pass did: how many visits, and how many changes a second look confirmed.

    ``unread`` tells that pages wait for being read; ``finished`` is false where somebody said
    stop: what is left is due in the next pass.  ``left_out`` counts the changes that were not
    looked at again, because another process wrote.
    """

    visits: int = 0
    failed: int = 0
    changed: int = 0
    confirmed: int = 0
    left_out: int = 0
    unread: bool = False
    finished: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchMeans:
    """What a pass needs beside the archive.

    ``sleep`` waits, and tells whether somebody said stop meanwhile; ``confirm_seconds`` lie
    between a change and the second look, None leaves that out; ``lock_seconds`` are how long
    another process that writes is waited for; ``memory`` spares reading lists again that were read
    in an earlier pass.
    """

    transport: TransportSettings
    tell: Callable[[Sequence[WatchVisit]], None]
    sleep: Callable[[float], bool]
    memory: Memory
    confirm_seconds: float | None = 60.0
    lock_seconds: float = 60.0


def run_watch(archive: Archive, world: World, means: WatchMeans) -> WatchPass:
    """Visit everything that is due now, once.

    Raises:
        BusyError: another process is writing.
        StoreError: the disk refused; what was told before is safe.
    """
    if not _is_anything_due(archive, world.clock(), means.memory):
        return WatchPass()
    with _open(archive, world, means) as writing:
        made = _Pass(writing, means)
        made.run()
    if made.wait_for_second_look(world.clock):
        try:
            with _open(archive, world, means) as writing:
                made.look_again(writing)
        except BusyError:
            made.leave_out()
    return made.told


def _open(archive: Archive, world: World, means: WatchMeans) -> AbstractContextManager[OpenArchive]:
    return open_for_writing(archive, world, options="watch run", lock_seconds=means.lock_seconds)


def run_watches(
    archive: Archive,
    world: World,
    means: WatchMeans,
    *,
    pause_seconds: float,
    after: Callable[[WatchPass], None] = lambda _made: None,
) -> WatchPass:
    """Make passes until somebody says stop; return what all of them did.

    ``after`` is called after each pass that made visits.

    Raises:
        StoreError: the disk refused; what was told before is safe.
    """
    total = WatchPass()
    while True:
        try:
            made = run_watch(archive, world, means)
        except BusyError:
            made = WatchPass()  # someone else writes; what is due stays due
        total = WatchPass(
            visits=total.visits + made.visits,
            failed=total.failed + made.failed,
            changed=total.changed + made.changed,
            confirmed=total.confirmed + made.confirmed,
            left_out=total.left_out + made.left_out,
            unread=made.unread,
            finished=False,
        )
        if made.visits:
            after(made)
        if not made.finished or means.sleep(pause_seconds):
            return total


def _is_anything_due(archive: Archive, now: datetime, memory: Memory) -> bool:
    if not archive.layout.database.exists():
        return True  # opening for writing makes it again, as for every verb that writes
    with closing(open_index(archive)) as index:
        return any(
            plan(archive.layout, index, now, memory=memory)
            for plan in (plan_lists, plan_statements)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """An address that showed a change, or an absence, and when."""

    address: str
    moment: datetime


class _Pass:
    """One pass: what it did so far, and what it has still to look at again."""

    def __init__(self, archive: OpenArchive, means: WatchMeans) -> None:
        self._archive = archive
        self._means = means
        self.told = WatchPass()
        companions, requisites = archive.settings.companions, archive.settings.requisites
        self._run = replace(
            _RUN,
            companions=companions if companions.enabled else None,
            requisites=requisites if requisites.enabled else None,
        )
        self._errands: dict[str, Errand] = {}
        self._doubtful: list[CaptureResult] = []
        self._changed: list[_Change] = []

    def run(self) -> None:
        """Visit lists, then statements."""
        archive, memory = self._archive, self._means.memory
        finished = True
        for _ in range(DEEPEST + 1):  # an index brings further lists
            now = archive.world.clock()
            due = plan_lists(archive.layout, archive.index, now, memory=memory, done=self._errands)
            finished = finished and self._visit(due)
        now = archive.world.clock()
        if finished:
            due = plan_statements(archive.layout, archive.index, now, memory=memory)
            finished = self._visit(due)
        self._settle()
        self._end(finished=finished)

    def wait_for_second_look(self, clock: Callable[[], datetime]) -> bool:
        """Wait until what changed may be looked at again; False where nothing is to be."""
        if not self._changed or self._means.confirm_seconds is None or not self.told.finished:
            return False
        passed = (clock() - max(change.moment for change in self._changed)).total_seconds()
        wait = self._means.confirm_seconds - passed
        if wait > 0 and self._means.sleep(wait):
            self.told = replace(self.told, finished=False)
            return False
        return True

    def leave_out(self) -> None:
        """Note that what changed was not looked at again."""
        self.told = replace(self.told, left_out=len(self._changed))

    def _end(self, *, finished: bool) -> None:
        unread = self.told.unread or has_pending(self._archive.index)
        self.told = replace(self.told, finished=finished, unread=unread)

    def _visit(self, due: Sequence[Planned]) -> bool:
        """Make visits, and tell what they showed; False where somebody said stop."""
        errands = [planned.errand for planned in due]
        self._errands |= {errand.address: errand for errand in errands}
        return self._capture(errands, self._note)

    def _capture(
        self, errands: Sequence[Errand], note: Callable[[Sequence[CaptureResult]], None]
    ) -> bool:
        if not errands:
            return True
        if self._means.sleep(self._means.transport.politeness.delay_seconds):
            return False
        return capture_addresses(
            self._archive,
            errands,
            transport=self._means.transport,
            run=self._run,
            tell=lambda results: note([one for one in results if self._is_asked(one)]),
        )

    def _is_asked(self, result: CaptureResult) -> bool:
        """Tell whether it is a visit that was due, not one to what stands beside a page."""
        errand = self._errands.get(result.address)
        return errand is not None and errand.purpose == result.purpose

    def _note(self, results: Sequence[CaptureResult]) -> None:
        """Tell the visits that leave no doubt, and keep the others for `_settle`."""
        told: list[WatchVisit] = []
        for result in results:
            if result.purpose != "statement":
                standing: Standing = "failed" if result.last.status != 200 else "list"
                if result.last.unmodified_of is not None:
                    standing = "list"
                told.append(WatchVisit(result=result, standing=standing))
                continue
            seen = list_seen(self._archive.index, result.address, purpose="statement")
            if _needs_reading(seen) or is_turn(seen):
                self._doubtful.append(result)
            else:
                told.append(WatchVisit(result=result, standing=judge_standing(seen)))
        self._tell(told)

    def _settle(self) -> None:
        """Read the pages on which it depends whether they changed; tell, and note what did."""
        doubtful, self._doubtful = self._doubtful, []
        self._read(doubtful)
        told: list[WatchVisit] = []
        for result in doubtful:
            seen = list_seen(self._archive.index, result.address, purpose="statement")
            told.append(WatchVisit(result=result, standing=judge_standing(seen)))
            if is_turn(seen):
                self._changed.append(_Change(address=result.address, moment=seen[-1].moment))
        self.told = replace(self.told, changed=len(self._changed))
        self._tell(told)

    def look_again(self, archive: OpenArchive) -> None:
        """Visit once more what changed or went away, in the archive as it was opened again."""
        self._archive = archive
        first = {change.address: change.moment for change in self._changed}
        errands = [replace(self._errands[address], conditional=False) for address in first]
        again: list[CaptureResult] = []
        finished = self._capture(errands, again.extend)
        self._read(again)
        told: list[WatchVisit] = []
        for result in again:
            seen = list_seen(self._archive.index, result.address, purpose="statement")
            is_so = is_confirmed(seen, since=first[result.address])
            standing: Standing = "confirmed" if is_so else "passing"
            told.append(WatchVisit(result=result, standing=standing))
        confirmed = sum(visit.standing == "confirmed" for visit in told)
        self.told = replace(self.told, confirmed=confirmed)
        self._tell(told)
        self._end(finished=finished)

    def _read(self, results: Sequence[CaptureResult]) -> None:
        """Read now the pages that are compared, those of the visits before included."""
        index = self._archive.index
        wanted = {
            read.id: read
            for result in results
            for row in select_visits(index, result.address, purpose="statement", limit=_COMPARED)
            if row.is_pending and (read := find_read(index, row.id)) is not None
        }
        if wanted:
            read_captures(self._archive, tuple(wanted.values()))

    def _tell(self, visits: Sequence[WatchVisit]) -> None:
        for visit in visits:
            self.told = replace(
                self.told,
                visits=self.told.visits + 1,
                failed=self.told.failed + (visit.standing == "failed"),
                unread=self.told.unread or visit.result.is_unread,
            )
        if visits:
            self._means.tell(visits)


def judge_standing(seen: Sequence[Seen]) -> Standing:
    """Return what the last visit to a statement showed, beside those before."""
    judged = judge_visits(seen)
    last = judged[-1].outcome
    if last != "same":
        return last
    return "unchanged" if any(one.outcome == "same" for one in judged[:-1]) else "new"


def is_turn(seen: Sequence[Seen]) -> bool:
    """Tell whether the last visit showed a change, or that a page went away which was there."""
    judged = [one.outcome for one in judge_visits(seen)]
    before = [outcome for outcome in judged[:-1] if outcome != "failed"]
    if judged[-1] == "gone":
        return bool(before) and before[-1] != "gone"
    return judged[-1] == "changed"


def is_confirmed(seen: Sequence[Seen], *, since: datetime) -> bool:
    """Tell whether the last visit showed what the one at ``since`` had found changed, or gone.

    Other visits may lie between them, of a person say; their failures say nothing.
    """
    found = [one.outcome for one in judge_visits(seen) if one.moment >= since]
    if len(found) < 2:  # the clock was set back
        return False
    shown = [*(outcome for outcome in found[1:-1] if outcome != "failed"), found[-1]]
    wanted = {"changed": "same", "gone": "gone"}.get(found[0])
    return all(outcome == wanted for outcome in shown)


def _needs_reading(seen: Sequence[Seen]) -> bool:
    """Tell whether only the text can show if the last visit showed a change."""
    good = [one for one in seen if one.is_whole and one.status is not None and one.status < 300]
    if len(good) < 2 or good[-1] is not seen[-1]:
        return False
    before, last = good[-2:]
    return before.payload != last.payload and (before.is_pending or last.is_pending)
