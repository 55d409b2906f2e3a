"""Capturing: visits come in from the network, groups are stored, and then acknowledged.

The network, the disk and the readers go on side by side: visits that end while a batch is
being made durable join the next batch, and pages are read by worker processes behind the
acknowledgement.  Not for: deciding what is fetched when (`archive.capture.schedule`).
"""

import asyncio
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from archive.capture.fetch import Transport
from archive.capture.schedule import run_visits
from archive.capture.settings import TransportSettings
from archive.core.exchange import Answer, Visit
from archive.core.leaf import Leaf
from archive.index.lookup import Original, find_original
from archive.index.rows import CaptureRow, Row, make_capture_row
from archive.workflows.opening import OpenArchive
from archive.workflows.readings import (
    Reading,
    Readings,
    Target,
    digest_reading,
    make_reading_groups,
    make_reading_row,
)
from archive.workflows.records import CaptureGroup, list_originals, make_visit_groups
from archive.workflows.workers import Workers

_BATCH_VISITS = 64
_WAITING_VISITS = 128
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


FAILURES = frozenset({"blocked", "dns", "connect", "tls", "timeout", "disconnect"})
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
        return asyncio.run(_capture(archive, addresses, transport, run, recorder))


async def _capture(
    archive: OpenArchive,
    addresses: Iterable[str],
    settings: TransportSettings,
    run: CaptureRun,
    recorder: "_Recorder",
) -> bool:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    with suppress(RuntimeError, ValueError):  # not in the main thread: then no signals
        loop.add_signal_handler(signal.SIGINT, _stop_once, loop, stop)
        loop.add_signal_handler(signal.SIGTERM, _stop_once, loop, stop)
    queue: asyncio.Queue[Visit | None] = asyncio.Queue(_WAITING_VISITS)

    async def fetch_all() -> None:
        try:
            async with Transport(settings, clock=archive.world.clock) as transport:
                async for visit in run_visits(
                    transport,
                    addresses,
                    politeness=settings.politeness,
                    automatic=run.automatic,
                    stop=stop,
                ):
                    await queue.put(visit)
        finally:
            await queue.put(None)

    fetching = asyncio.create_task(fetch_all())
    with ThreadPoolExecutor(1, thread_name_prefix="recorder") as thread:
        try:
            while visits := await _take_visits(queue, recorder):
                await loop.run_in_executor(thread, recorder.record, [v for v in visits if v])
                if visits[-1] is None:
                    break
            await fetching
            await loop.run_in_executor(thread, recorder.finish, stop)
        finally:
            fetching.cancel()
            with suppress(asyncio.CancelledError):
                await fetching
    return not stop.is_set()


async def _take_visits(
    queue: "asyncio.Queue[Visit | None]", recorder: "_Recorder"
) -> list[Visit | None]:
    """Return what has come in, at least one visit or the end, or a reading to be stored."""
    visits: list[Visit | None] = []
    while not visits:
        try:
            visits.append(await asyncio.wait_for(queue.get(), _GLANCE_SECONDS))
        except TimeoutError:
            if recorder.has_readings:
                await asyncio.get_running_loop().run_in_executor(None, recorder.record, [])
    while visits[-1] is not None and len(visits) < _BATCH_VISITS and not queue.empty():
        visits.append(queue.get_nowait())
    return visits


def _stop_once(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Finish what is in flight; the next signal ends the process at once."""
    stop.set()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)


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

    @property
    def has_readings(self) -> bool:
        return len(self._readings) > 0

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
                captures.append(make_capture_row(leaf, group.records))
                yield captures[-1]
            for leaf, (_, record), reading in zip(
                leaves[len(groups) :], texts, finished, strict=True
            ):
                yield make_reading_row(leaf, record, reading)

        drafts = [*(group.draft for group in groups), *(draft for draft, _ in texts)]
        try:
            self._archive.store(drafts, make_rows)
        finally:
            _close_spools(visits)
        self._acknowledge(visits, captures)
        self._release(finished)

    def finish(self, stop: asyncio.Event) -> None:
        """Wait for the readings under way, if that was asked for."""
        while self._run.wait and self.has_readings and not stop.is_set():
            self.record([], self._readings.wait_some(_GLANCE_SECONDS))
        for result in self._held.values():
            self._tell(result)

    def _make_groups(self, visits: Sequence[Visit]) -> list[CaptureGroup]:
        """Return the groups of all visits; equal payloads within the batch are found too."""
        fresh: dict[str, Original] = {}

        def find(payload: str) -> Original | None:
            return fresh.get(payload) or find_original(self._archive.index, payload)

        groups: list[CaptureGroup] = []
        for visit in visits:
            made = make_visit_groups(
                visit,
                batch=self._run.batch,
                identity=self._archive.world.identity,
                find_original=find,
            )
            groups.extend(made)
            fresh.update(list_originals(made))
        return groups

    def _acknowledge(self, visits: Sequence[Visit], captures: Sequence[CaptureRow]) -> None:
        rest = iter(captures)
        for visit in visits:
            result = CaptureResult(
                address=visit.address,
                purpose=visit.purpose,
                captures=tuple(next(rest) for _ in visit.exchanges),
            )
            if self._run.read:
                for capture in result.captures:
                    self._begin_reading(capture)
            if self._run.wait and result.last.text_outcome == "pending":
                self._held[result.last.id] = result
            else:
                self._tell(result)

    def _begin_reading(self, capture: CaptureRow) -> None:
        if capture.text_outcome == "pending":
            self._readings.begin(
                Target(
                    capture_id=capture.id,
                    record_id=capture.record_id,
                    url=capture.url,
                    warc=capture.warc,
                    offset=capture.offset,
                    length=capture.length,
                )
            )

    def _release(self, readings: Sequence[Reading]) -> None:
        """Tell the results that waited for these readings."""
        for reading in readings:
            result = self._held.pop(reading.target.capture_id, None)
            if result is not None:
                self._tell(replace(result, text=digest_reading(reading)))


def _close_spools(visits: Sequence[Visit]) -> None:
    """Give back the space of answers that were too large for memory."""
    for visit in visits:
        for exchange in visit.exchanges:
            outcome = exchange.outcome
            if isinstance(outcome, Answer) and not isinstance(outcome.block, bytes):
                outcome.block.close()
