"""From the log and the WARC files to the index: rebuilding it, or catching up.

Rows depend on records, log and rule versions alone: main texts come from conversion records,
claims are read again from the responses.  Not for: checking (`archive.workflows.verify`).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice

from archive.core.extraction import Extraction
from archive.core.leaf import Leaf, Placed
from archive.core.record import Record
from archive.errors import DamageError
from archive.index.database import Index, refresh_statements, write_rows
from archive.index.lookup import Found, find_record
from archive.index.rows import (
    HEAD_BYTES,
    CaptureRow,
    Row,
    make_annotation_row,
    make_text_row,
    make_withdrawn_row,
    read_capture_row,
)
from archive.provenance import choose_assertions
from archive.store.layout import Layout
from archive.store.log import CaptureLog
from archive.store.read import read_record
from archive.workflows.settings import ExtractionSettings
from archive.workflows.workers import ReadingTask, Workers

_BATCH = 256
_PATIENCE = 10.0  # a page that was read in time once must not fail on a slower day

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What replaying gave: leaves indexed, and captures whose claims could not be read again."""

    leaves: int
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A conversion that waits for the claims of its capture."""

    leaf: Leaf
    record: Record
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

    Raises:
        DamageError: a record is missing or is not what the log says.
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
            write_rows(index, rows, leaves=done, origin=log.origin, refresh=not whole)
            progress(done, log.size)
    if whole:
        refresh_statements(index)
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
    for leaf in batch:
        if leaf.kind != "conversion":
            rows = tuple(_make_plain_rows(layout, log, leaf, gone))
            captures |= {row.record_id: row for row in rows if isinstance(row, CaptureRow)}
            plan.extend(rows)
        elif leaf.records[-1].record_id not in gone:
            record = _read_placed(layout, leaf, leaf.records[-1])
            target = (record.find("WARC-Refers-To") or "").strip("<>")
            capture = captures.get(target) or find_record(index, target)
            if capture is None:
                raise DamageError(f"leaf {leaf.sequence}: {target} is read, but not in the log")
            plan.append(_plan_reading(layout, workers, leaf, record, capture))
    for item in plan:
        if not isinstance(item, _Reading):
            yield item
            continue
        extraction = item.claims.result() if item.claims else None
        if extraction is not None and extraction.outcome not in ("text", "none"):
            unread.append(f"{item.record.find('WARC-Refers-To')}: {extraction.detail}")
        claims = extraction.claims if extraction else ()
        yield make_text_row(item.leaf, item.record, claims, choose_assertions(claims))


def _plan_reading(
    layout: Layout, workers: Workers, leaf: Leaf, record: Record, capture: CaptureRow | Found
) -> _Reading:
    """Begin to read the claims of ``capture`` again, unless reading it had failed."""
    if record.find("Archive-Extraction") not in ("text", "none") or capture.outcome == "withdrawn":
        return _Reading(leaf=leaf, record=record, claims=None)
    task = ReadingTask(
        root=str(layout.root),
        warc=capture.warc,
        offset=capture.offset,
        length=capture.length,
        url=capture.url,
        claims_only=True,
    )
    return _Reading(leaf=leaf, record=record, claims=workers.submit(task))


def _make_plain_rows(layout: Layout, log: CaptureLog, leaf: Leaf, gone: set[str]) -> Iterator[Row]:
    if leaf.kind == "capture":
        yield _make_capture_row(layout, leaf, gone)
        return
    if leaf.records[-1].record_id not in gone:
        yield make_annotation_row(leaf, _read_placed(layout, leaf, leaf.records[-1]))
    for sequence in sorted({item.leaf for item in leaf.overwrites}):
        target = log.read_leaf(sequence)
        if target.kind == "capture":
            yield make_withdrawn_row(target)


def _make_capture_row(layout: Layout, leaf: Leaf, gone: set[str]) -> Row:
    if leaf.records[-1].record_id in gone:
        return make_withdrawn_row(leaf)
    records = tuple(
        _read_placed(layout, leaf, placed, limit=limit)
        for placed in leaf.records
        for limit in [None if placed.kind == "metadata" else HEAD_BYTES]
        if placed.kind in ("response", "revisit", "metadata")
    )
    return read_capture_row(leaf, records)


def _read_placed(layout: Layout, leaf: Leaf, placed: Placed, *, limit: int | None = None) -> Record:
    return read_record(layout, leaf.warc, placed.offset, placed.length, limit=limit)
