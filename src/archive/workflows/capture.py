"""Capturing: visits come in from the network, groups are stored, and then acknowledged.

Pages are read by worker processes behind the acknowledgement.  Not for: deciding what is fetched
when (`archive.capture.schedule`), or keeping network and disk busy side by side
(`archive.capture.recorded`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.capture.recorded import run_recorded
from archive.capture.settings import TransportSettings
from archive.core.exchange import FAILURES, Answer, Purpose, Visit
from archive.core.leaf import Leaf
from archive.index.lookup import Original, find_original, find_text_digest
from archive.index.rows import CaptureRow, Row, make_capture_row
from archive.workflows.opening import OpenArchive
from archive.workflows.readings import (
    Reading,
    Readings,
    digest_reading,
    make_reading_groups,
    make_reading_rows,
    make_target,
)
from archive.workflows.records import CaptureGroup, list_originals, make_visit_groups
from archive.workflows.workers import Workers

_GLANCE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureResult:
    """What one visit left, once it is durable: its captures in order; the last one counts.

    ``text`` is the digest of the main text, None unless it was waited for and there is one.
    """

    address: str
    purpose: str
    captures: tuple[CaptureRow, ...]
    text: str | None = None

    @property
    def last(self) -> CaptureRow:
        """The capture that the visit ended with."""
        return self.captures[-1]

    @property
    def has_failed(self) -> bool:
        """Whether the visit ended without an answer."""
        return self.last.outcome in FAILURES


Tell = Callable[[CaptureResult], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRun:
    """How to capture: the run's name, and whether to read pages, and to wait for that."""

    batch: str | None
    automatic: bool = False
    read: bool = False
    wait: bool = False


def capture_addresses(
    archive: OpenArchive,
    addresses: Iterable[str],
    *,
    transport: TransportSettings,
    run: CaptureRun,
    tell: Tell,
) -> bool:
    """Capture every address; call ``tell`` for each visit once it is durable.

    Returns False if the run was interrupted: then nothing new was started, and what was in
    flight is stored.

    Raises:
        StoreError: the disk refused; what was told before is safe.
    """
    with Workers(archive.settings.extraction) as workers:
        recorder = _Recorder(archive, Readings(workers, str(archive.layout.root)), run, tell)
        try:
            finished = run_recorded(
                addresses,
                settings=transport,
                clock=archive.world.clock,
                record=recorder.record,
                automatic=run.automatic,
            )
            recorder.finish(wait=finished and run.wait)
        except KeyboardInterrupt:
            recorder.finish(wait=False)
            return False
    return finished


class _Recorder:
    """Stores visits and readings, one batch at a time, always in one thread."""

    def __init__(
        self, archive: OpenArchive, readings: Readings, run: CaptureRun, tell: Tell
    ) -> None:
        self._archive = archive
        self._readings = readings
        self._run = run
        self._tell = tell
        self._held: dict[str, CaptureResult] = {}

    def record(self, visits: Sequence[Visit], readings: Sequence[Reading] | None = None) -> None:
        """Store visits, and readings that are finished, in one batch; then tell."""
        finished = self._readings.take_finished() if readings is None else readings
        groups = self._make_groups(visits)
        texts = make_reading_groups(finished, self._archive.world)
        if not groups and not texts:
            return
        captures: list[CaptureRow] = []

        def make_rows(leaves: Sequence[Leaf]) -> Iterator[Row]:
            for leaf, group in zip(leaves, groups, strict=False):
                captures.append(make_capture_row(leaf, group.metadata, group.head))
                yield captures[-1]
            yield from make_reading_rows(leaves[len(groups) :], texts, finished)

        drafts = [*(group.draft for group in groups), *(draft for draft, _ in texts)]
        try:
            self._archive.store(drafts, make_rows)
        finally:
            close_spools(visits)
        self._acknowledge(visits, captures)
        self._release(finished)

    def finish(self, *, wait: bool) -> None:
        """Tell what is still held back, with ``wait`` after its text is read."""
        while wait and len(self._readings):
            self.record([], self._readings.wait_some(_GLANCE_SECONDS))
        for result in self._held.values():
            self._tell(result)
        self._held.clear()

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

    def _acknowledge(self, visits: Sequence[Visit], captures: Sequence[CaptureRow]) -> None:
        rest = iter(captures)
        for visit in visits:
            result = CaptureResult(
                address=visit.address,
                purpose=visit.purpose,
                captures=tuple(next(rest) for _ in visit.exchanges),
            )
            if self._run.wait and result.last.outcome == "revisit":
                text = find_text_digest(self._archive.index, result.last.id)
                result = replace(result, text=text)
            if self._run.read:
                for capture in result.captures:
                    if capture.text_outcome == "pending":
                        self._readings.begin(make_target(capture))
            if self._run.wait and result.last.text_outcome == "pending":
                self._held[result.last.id] = result
            else:
                self._tell(result)

    def _release(self, readings: Sequence[Reading]) -> None:
        """Tell the results that waited for these readings."""
        for reading in readings:
            result = self._held.pop(reading.target.capture_id, None)
            if result is not None:
                self._tell(replace(result, text=digest_reading(reading)))


def close_spools(visits: Sequence[Visit]) -> None:
    """Give back the space of answers that were too large for memory."""
    for visit in visits:
        for exchange in visit.exchanges:
            outcome = exchange.outcome
            if isinstance(outcome, Answer) and not isinstance(outcome.block, bytes):
                outcome.block.close()
