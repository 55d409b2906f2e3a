"""Capturing: visits come in from the network, groups are stored, and then acknowledged.

Pages are read by worker processes behind the acknowledgement.  Not for: deciding what is fetched
when (`archive.capture.schedule`), or keeping network and disk busy side by side
(`archive.capture.recorded`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from archive.capture.recorded import run_recorded
from archive.capture.robots import Robots
from archive.capture.schedule import Ration
from archive.capture.settings import TransportSettings
from archive.core.exchange import FAILURES, Answer, Errand, Purpose, Visit
from archive.core.leaf import Leaf
from archive.index.lookup import Found, Original, find_by_id, find_original, find_text_digest
from archive.index.rows import CaptureRow, Row, make_capture_row
from archive.index.sightings import Unread, select_unread
from archive.workflows.companions import Companions
from archive.workflows.conditions import open_conditions
from archive.workflows.opening import OpenArchive
from archive.workflows.records import CaptureGroup, list_originals, make_visit_groups
from archive.workflows.settings import CompanionSettings, RequisiteSettings

if TYPE_CHECKING:
    # Loaded only where pages are read: it brings worker processes and the rules about dates.
    from archive.workflows.readings import Reading, Readings

    # Loaded only where pages show something: it brings what reads HTML and CSS.
    from archive.workflows.requisites import PageRequisites

_GLANCE_SECONDS = 0.2
_MOST_DEFERRED = 50_000  # pages that wait for companions; further ones are read at once
_MOST_SHOWN = 50_000  # pages of one run whose requisites are fetched; further ones do without
_PAGES_AT_ONCE = 50  # of them: what these name is held in memory
_BESIDE_SECONDS = 60.0  # for one exchange with what nobody asked for by itself
_BESIDE_REDIRECTS = 3
_SHOWING = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureResult:
    """What one visit left, once it is durable: its captures in order; the last one counts.

    ``text`` is the digest of the main text, None unless it was waited for and there is one.
    With ``is_unread`` there is something to read: a page, or what stands beside one.
    """

    address: str
    purpose: str
    captures: tuple[CaptureRow, ...]
    text: str | None = None
    is_unread: bool = False

    @property
    def last(self) -> CaptureRow:
        """The capture that the visit ended with."""
        return self.captures[-1]

    @property
    def has_failed(self) -> bool:
        """Whether the visit ended without an answer."""
        return self.last.outcome in FAILURES


Tell = Callable[[Sequence[CaptureResult]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRun:
    """How to capture: the run's name, and whether to read pages, and to wait for that.

    ``companions`` says how what stands beside pages is fetched, ``requisites`` how what they show
    is, None that it is not; with ``complete`` all that unchanged pages show is fetched again, else
    what was never had of it.
    ``conditional`` lets errands that allow it ask only for what is not as it was.
    """

    batch: str | None
    automatic: bool = False
    conditional: bool = False
    read: bool = False
    wait: bool = False
    companions: CompanionSettings | None = None
    requisites: RequisiteSettings | None = None
    complete: bool = False


def capture_addresses(
    archive: OpenArchive,
    addresses: Iterable[str | Errand],
    *,
    transport: TransportSettings,
    run: CaptureRun,
    tell: Tell,
) -> bool:
    """Capture every address; call ``tell`` with the visits of a batch once they are durable.

    An errand says more of how it is visited; a mere address is one that a person gave.

    Returns False if the run was interrupted: then nothing new was started, and what was in
    flight is stored.

    Raises:
        StoreError: the disk refused; what was told before is safe.
    """
    with ExitStack() as stack:
        readings = None
        if run.read:
            opening = import_module("archive.workflows.readings").open_readings(archive)
            readings = stack.enter_context(opening)
        find_condition = None
        if run.conditional:
            find_condition = stack.enter_context(open_conditions(archive.layout))
        recorder = _Recorder(archive, readings, run, tell)
        try:
            finished = run_recorded(
                addresses,
                settings=transport,
                clock=archive.world.clock,
                record=recorder.record,
                automatic=run.automatic,
                find_condition=find_condition,
            )
            robots = Robots(user_agent=transport.user_agent)
            has_all = (
                finished
                and _capture_companions(archive, recorder, transport, run, robots)
                and _capture_requisites(archive, recorder, transport, run, robots)
            )
            recorder.finish(wait=has_all and run.wait)
        except KeyboardInterrupt:
            recorder.finish(wait=False)
            return False
    return finished


def _capture_companions(
    archive: OpenArchive,
    recorder: "_Recorder",
    transport: TransportSettings,
    run: CaptureRun,
    robots: Robots,
) -> bool:
    """Fetch what stands beside the pages of a run, and have these read; False if interrupted."""
    errands = recorder.companions.take_errands() if recorder.companions else ()
    is_done = (
        not errands
        or run.companions is None
        or run_recorded(
            errands,
            settings=_narrow(transport, run.companions.wire_bytes),
            clock=archive.world.clock,
            record=recorder.record,
            automatic=True,
            robots=robots,
        )
    )
    recorder.read_deferred()
    return is_done


def _capture_requisites(
    archive: OpenArchive,
    recorder: "_Recorder",
    transport: TransportSettings,
    run: CaptureRun,
    robots: Robots,
) -> bool:
    """Fetch what the pages of a run show; False if interrupted."""
    settings, pages = run.requisites, recorder.take_pages()
    if settings is None or not pages:
        return True
    module = import_module("archive.workflows.requisites")
    requisites: PageRequisites = module.PageRequisites(
        settings, layout=archive.layout, index=archive.index, now=archive.world.clock()
    )
    recorder.requisites = requisites
    ration = Ration(is_wanted=requisites.is_wanted, charge=requisites.charge)
    with open_conditions(archive.layout) as find_condition:
        for start in range(0, len(pages), _PAGES_AT_ONCE):
            requisites.open_pages(pages[start : start + _PAGES_AT_ONCE])
            for number in range(module.ROUNDS):
                errands = requisites.plan_round(number)
                if errands and not run_recorded(
                    errands,
                    settings=_narrow(transport, settings.wire_bytes),
                    clock=archive.world.clock,
                    record=recorder.record,
                    automatic=True,
                    find_condition=find_condition,
                    robots=robots,
                    ration=ration,
                ):
                    return False
    return True


def _narrow(transport: TransportSettings, wire_bytes: int) -> TransportSettings:
    """Return how to fetch what nobody asked for by itself: little, and once."""
    limits = transport.limits
    return replace(
        transport,
        limits=replace(
            limits,
            wire_bytes=min(limits.wire_bytes, wire_bytes),
            content_bytes=min(limits.content_bytes, wire_bytes),
            total_seconds=min(limits.total_seconds, _BESIDE_SECONDS),
            redirects=min(limits.redirects, _BESIDE_REDIRECTS),
            attempts=1,
        ),
    )


class _Recorder:
    """Stores visits and readings, one batch at a time, always in one thread."""

    def __init__(
        self, archive: OpenArchive, readings: "Readings | None", run: CaptureRun, tell: Tell
    ) -> None:
        self._archive = archive
        self._readings = readings
        self._run = run
        self._tell = tell
        self._held: dict[str, CaptureResult] = {}
        self._asked: set[Unread] = set()  # what was read again once
        self._deferred: list[CaptureRow | Found] = []
        # Captures of pages whose requisites are to be fetched: all of these, or what is missing.
        self._pages: list[tuple[str, bool]] = []
        self.requisites: PageRequisites | None = None
        self.companions = (
            Companions(run.companions, archive.index, archive.layout, archive.world.clock())
            if run.companions is not None
            else None
        )

    def record(self, visits: Sequence[Visit]) -> None:
        """Store visits, and readings that are finished, in one batch; then tell."""
        self._store(visits, () if self._readings is None else self._readings.take_finished())

    def read_deferred(self) -> None:
        """Have those pages read that waited for companions."""
        for capture in self._deferred:
            self._begin(capture)
        self._deferred.clear()

    def take_pages(self) -> tuple[tuple[str, bool], ...]:
        """Return the captures of the pages whose requisites are to be fetched, once.

        Each with whether all that it shows is to be had, or only what never was.
        """
        pages = tuple(self._pages)
        self._pages.clear()
        return pages

    def finish(self, *, wait: bool) -> None:
        """Tell what is still held back, with ``wait`` after its text is read."""
        while wait and self._readings:
            self._store((), self._readings.wait_some(_GLANCE_SECONDS))
        self._tell(tuple(self._held.values()))
        self._held.clear()

    def _store(self, visits: Sequence[Visit], finished: "Sequence[Reading]") -> None:
        groups = self._make_groups(visits)
        texts = [reading.make_group(self._archive.world) for reading in finished]
        if not groups and not texts:
            return
        captures: list[CaptureRow] = []

        def make_rows(leaves: Sequence[Leaf]) -> Iterator[Row]:
            for leaf, group in zip(leaves, groups, strict=False):
                captures.append(make_capture_row(leaf, group.metadata, group.head))
                yield captures[-1]
            rest = zip(leaves[len(groups) :], texts, finished, strict=True)
            for leaf, (_, record), reading in rest:
                yield reading.make_row(leaf, record)

        drafts = [*(group.draft for group in groups), *(draft for draft, _ in texts)]
        try:
            self._archive.store(drafts, make_rows)
            captures[:] = [self._place(capture) for capture in captures]
            waiting = self._note_beside(visits, captures)
        finally:
            close_spools(visits)
        self._acknowledge(visits, captures, waiting)
        self._release(finished)
        self._read_again([*(row.id for row in captures), *(item.capture_id for item in finished)])

    def _place(self, capture: CaptureRow) -> CaptureRow:
        """Return the row of a capture; a repeat waits for a reading only if it shares none."""
        if capture.revisit_of is None and capture.unmodified_of is None:
            return capture
        found = find_by_id(self._archive.index, capture.id)
        is_waiting = found is not None and found.text_outcome == "pending"
        return replace(capture, text_outcome="pending" if is_waiting else None)

    def _make_groups(self, visits: Sequence[Visit]) -> list[CaptureGroup]:
        """Return the groups of all visits; equal payloads within the batch are found too."""
        all_fresh: dict[Purpose, dict[str, Original]] = {}

        def find(payload: str, purpose: Purpose) -> Original | None:
            known = all_fresh.get(purpose, {}).get(payload)
            return known or find_original(self._archive.index, payload, purpose=purpose)

        groups: list[CaptureGroup] = []
        for visit in visits:
            made = make_visit_groups(
                visit,
                batch=self._run.batch,
                identity=self._archive.world.identity,
                find_original=find,
            )
            groups.extend(made)
            all_fresh.setdefault(visit.purpose, {}).update(list_originals(made))
        return groups

    def _note_beside(self, visits: Sequence[Visit], captures: Sequence[CaptureRow]) -> list[bool]:
        """Note what stands beside pages; tell which visits' pages wait for that."""
        rest = iter(captures)
        lasts = [[next(rest) for _ in visit.exchanges][-1] for visit in visits]
        for visit, last in zip(visits, lasts, strict=True):
            if visit.purpose == "requisite" and self.requisites is not None:
                self.requisites.note_held(visit.address, last.id)
            elif visit.purpose == "statement" and self._is_shown(last):
                is_new = last.unmodified_of is None and last.outcome != "revisit"
                self._pages.append((last.id, is_new or self._run.complete))
        return [
            self.companions is not None
            and (last.outcome in ("response", "revisit") or visit.purpose == "robots")
            and self.companions.note_visit(visit, last)
            for visit, last in zip(visits, lasts, strict=True)
        ]

    def _is_shown(self, last: CaptureRow) -> bool:
        """Tell whether what this page shows is to be fetched."""
        if self._run.requisites is None or len(self._pages) >= _MOST_SHOWN:
            return False
        is_answer = last.outcome in ("response", "revisit", "truncated", "malformed")
        is_whole = last.unmodified_of is not None or last.status == 200
        is_page = last.media_type is None or last.media_type in _SHOWING
        return is_page and is_whole and is_answer

    def _begin(self, capture: CaptureRow | Found) -> None:
        """Have a page read, with what stands beside it."""
        if self._readings is not None:
            self._readings.begin(capture, self._archive.index)

    def _acknowledge(
        self, visits: Sequence[Visit], captures: Sequence[CaptureRow], waiting: Sequence[bool]
    ) -> None:
        rest = iter(captures)
        results: list[CaptureResult] = []
        for visit, waits in zip(visits, waiting, strict=True):
            result = CaptureResult(
                address=visit.address,
                purpose=visit.purpose,
                captures=tuple(next(rest) for _ in visit.exchanges),
            )
            pending = any(capture.text_outcome == "pending" for capture in result.captures)
            result = replace(result, is_unread=pending or waits)
            if self._run.wait and result.last.outcome == "revisit":
                text = find_text_digest(self._archive.index, result.last.id)
                result = replace(result, text=text)
            if self._readings is not None:
                for capture in self._list_readable(result):
                    if waits and len(self._deferred) < _MOST_DEFERRED:
                        self._deferred.append(capture)
                    else:
                        self._begin(capture)
            if self._run.wait and result.last.text_outcome == "pending":
                self._held[result.last.id] = result
            else:
                results.append(result)
        self._tell(results)

    def _list_readable(self, result: CaptureResult) -> list[CaptureRow | Found]:
        """Return the captures of a visit that are to be read, and a repeat that may have to be."""
        pending: list[CaptureRow | Found] = [
            capture for capture in result.captures if capture.text_outcome == "pending"
        ]
        last = result.last
        if last in pending or (last.revisit_of is None and last.unmodified_of is None):
            return pending
        found = find_by_id(self._archive.index, last.id)
        is_sharing = found is not None and found.reading_of is not None
        return [*pending, found] if found is not None and is_sharing else pending

    def _read_again(self, captures: Sequence[str]) -> None:
        """Begin to read what must be, so that neighbours of these can be compared."""
        if self._readings is None:
            return
        for unread in select_unread(self._archive.index, captures):
            found = find_by_id(self._archive.index, unread.capture_id)
            if found is not None and unread not in self._asked:
                self._asked.add(unread)
                self._begin(found)

    def _release(self, readings: "Sequence[Reading]") -> None:
        """Tell the results that waited for these readings."""
        self._tell(
            [
                replace(
                    self._held.pop(reading.capture_id), text=reading.text_digest, is_unread=False
                )
                for reading in readings
                if reading.capture_id in self._held
            ]
        )


def close_spools(visits: Sequence[Visit]) -> None:
    """Give back the space of answers that were too large for memory."""
    for visit in visits:
        for exchange in visit.exchanges:
            outcome = exchange.outcome
            if isinstance(outcome, Answer) and not isinstance(outcome.block, bytes):
                outcome.block.close()
