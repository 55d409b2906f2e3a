"""From the log and the WARC files to the index: rebuilding it, or catching up.

Rows depend on records, log and rule versions alone: main texts come from conversion records,
claims are read again from the responses.  Not for: checking (`archive.workflows.verify`).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import islice

from archive.core.event import EVENT_KINDS
from archive.core.extraction import Extraction
from archive.core.leaf import Leaf, Placed
from archive.core.record import Record
from archive.errors import StoreError
from archive.index.database import Index, refresh_statements, write_rows
from archive.index.events import make_event_row
from archive.index.lookup import Found, find_by_id, find_record
from archive.index.rows import (
    BARE,
    HEAD_BYTES,
    CaptureRow,
    Row,
    UnreadRow,
    list_companion_records,
    make_annotation_row,
    make_damaged_row,
    make_withdrawn_row,
    read_capture_row,
)
from archive.store.layout import Layout
from archive.store.log import CaptureLog
from archive.store.read import read_record
from archive.workflows.companion_tasks import make_companion_task
from archive.workflows.history_rules import HISTORY
from archive.workflows.reading_rows import make_reading_row
from archive.workflows.reading_tasks import FindCapture, find_held, make_reading_task
from archive.workflows.settings import ExtractionSettings
from archive.workflows.workers import CompanionTask, Workers

_BATCH = 256
_LONGEST = 64 << 20  # of a record of ours; what inflates to more is none, and reads as cut short
_PATIENCE = 10.0  # a page that was read in time once must not fail on a slower day

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What replaying gave: leaves indexed, and what could not be read, a line each."""

    leaves: int
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A conversion that waits for the claims of its capture."""

    leaf: Leaf
    record: Record
    capture: CaptureRow | Found
    claims: Future[Extraction] | None


def replay_leaves(
    layout: Layout,
    log: CaptureLog,
    index: Index,
    settings: ExtractionSettings,
    *,
    start: int,
    progress: Progress = lambda _done, _total: None,
) -> Replay:
    """Index the leaves from ``start`` on.

    What cannot be read is noted, and the rest is indexed.

    Raises:
        StoreError: the log cannot be read, or the index not be written.
    """
    if start >= log.size:
        return Replay(leaves=0, unread=())
    gone = {
        item.record_id
        for leaf in log.read_leaves(start)
        if leaf.kind == "withdrawal"
        for item in leaf.overwrites
    }
    whole = start == 0
    unread: list[str] = []
    leaves = log.read_leaves(start)
    done = start
    with Workers(settings, patience=_PATIENCE) as workers:
        while batch := tuple(islice(leaves, _BATCH)):
            rows = _make_rows(layout, log, index, workers, batch, gone, unread)
            done += len(batch)
            write_rows(
                index,
                rows,
                leaves=done,
                origin=log.origin,
                history=HISTORY,
                refresh=not whole,
            )
            progress(done, log.size)
    if whole:
        refresh_statements(index, HISTORY)
    return Replay(leaves=done - start, unread=tuple(unread))


def _make_rows(
    layout: Layout,
    log: CaptureLog,
    index: Index,
    workers: Workers,
    batch: tuple[Leaf, ...],
    gone: set[str],
    unread: list[str],
) -> Iterator[Row]:
    """Yield the rows of a batch in the order of the log, reading pages ahead in workers."""
    plan: list[Row | _Reading] = []
    captures: dict[str, CaptureRow] = {}
    find = partial(_find_capture, index, captures)
    for leaf in batch:
        if leaf.kind != "conversion":
            rows = tuple(_make_plain_rows(layout, log, leaf, gone, unread))
            made = [row for row in rows if isinstance(row, CaptureRow)]
            captures |= {name: row for row in made for name in (row.record_id, row.id)}
            plan.extend(rows)
        elif leaf.records[-1].record_id not in gone:
            record = _find_last(layout, leaf, unread)
            target = (record.find("WARC-Refers-To") or "").strip("<>") if record else ""
            capture = find(target)
            if record is not None and capture is not None:
                beside = _list_companions(record, find, gone)
                if beside is None:
                    plan.append(UnreadRow(capture_id=capture.id))
                    continue
                claims = _begin_claims(layout, workers, record, capture, find, beside)
                plan.append(_Reading(leaf=leaf, record=record, capture=capture, claims=claims))
            elif record is not None:
                unread.append(f"leaf {leaf.sequence}: it refers to {target}, which is not there")
    for item in plan:
        if not isinstance(item, _Reading):
            yield item
            continue
        extraction = item.claims.result() if item.claims else None
        if extraction is not None and extraction.outcome not in ("text", "none"):
            unread.append(f"{item.record.find('WARC-Refers-To')}: {extraction.detail}")
        yield make_reading_row(
            item.leaf,
            item.record,
            extraction,
            url=item.capture.url,
            captured_at=item.capture.captured_at,
        )


def _find_capture(
    index: Index, captures: dict[str, CaptureRow], name: str
) -> CaptureRow | Found | None:
    """Return the capture of this record id or id: from those of this batch, or the index."""
    if name in captures:
        return captures[name]
    return find_record(index, name) if ":" in name else find_by_id(index, name)


def _list_companions(
    record: Record, find: FindCapture, gone: set[str]
) -> tuple[CompanionTask, ...] | None:
    """Return the companions that a conversion names, None where one of them is withdrawn."""
    tasks: list[CompanionTask] = []
    for name in list_companion_records(record):
        visited = find(name)
        if visited is None:
            continue
        holder = visited if visited.revisit_of is None else find(visited.revisit_of)
        for item in (visited, holder):
            if item is not None and (item.outcome == "withdrawn" or item.record_id in gone):
                return None
        task = make_companion_task(visited, holder)
        if task is not None:
            tasks.append(task)
    return tuple(tasks)


def _begin_claims(
    layout: Layout,
    workers: Workers,
    record: Record,
    capture: CaptureRow | Found,
    find: FindCapture,
    companions: tuple[CompanionTask, ...],
) -> Future[Extraction] | None:
    """Begin to read the claims of ``capture`` again; None where there is nothing to read."""
    held = find_held(capture, find)
    if record.find("Archive-Extraction") not in ("text", "none"):
        return None
    if held is None or held.outcome in BARE:
        return None
    task = make_reading_task(layout, capture, find, companions=companions, claims_only=True)
    return workers.submit(task)


def _make_plain_rows(
    layout: Layout, log: CaptureLog, leaf: Leaf, gone: set[str], unread: list[str]
) -> Iterator[Row]:
    if leaf.kind == "capture":
        yield _make_capture_row(layout, leaf, gone, unread)
        return
    if leaf.records[-1].record_id not in gone:
        record = _find_last(layout, leaf, unread)
        is_filler = leaf.rederived and record is not None and not record.block
        if record is not None and not is_filler:
            try:
                make = make_event_row if leaf.kind in EVENT_KINDS else make_annotation_row
                yield make(leaf, record)
            except StoreError as error:
                unread.append(f"leaf {leaf.sequence}: {error}")
    for sequence in sorted({item.leaf for item in leaf.overwrites}):
        target = log.read_leaf(sequence)
        if target.kind == "capture":
            yield make_withdrawn_row(target)


def _make_capture_row(layout: Layout, leaf: Leaf, gone: set[str], unread: list[str]) -> Row:
    if leaf.records[-1].record_id in gone:
        return make_withdrawn_row(leaf)
    try:
        return read_capture_row(
            leaf,
            tuple(
                _read_placed(
                    layout,
                    leaf,
                    placed,
                    limit=_LONGEST if placed.kind == "metadata" else HEAD_BYTES,
                )
                for placed in leaf.records
                if placed.kind in ("response", "revisit", "metadata")
            ),
        )
    except StoreError as error:
        # One damaged record must not cost the index of all others.
        unread.append(f"leaf {leaf.sequence}: {error}")
        return make_damaged_row(leaf, str(error))


def _find_last(layout: Layout, leaf: Leaf, unread: list[str]) -> Record | None:
    """Return the leaf's last record; where it cannot be read, note that and return None."""
    try:
        return _read_placed(layout, leaf, leaf.records[-1])
    except StoreError as error:
        unread.append(f"leaf {leaf.sequence}: {error}")
        return None


def _read_placed(layout: Layout, leaf: Leaf, placed: Placed, *, limit: int = _LONGEST) -> Record:
    return read_record(layout, leaf.warc, placed.offset, placed.length, limit=limit)
