"""Checking an archive: do log and files say the same, to the last byte?

Levels, each with all of the one before:

- ``quick``: every entry, hash tile and the checkpoint agree; the files that the log names are
  there with the right size, their records lie one after the other, and no other file is there.
- ``stored``: every stored member has the logged digest.
- ``full``: every record inflates, with CRC, size and end mark, and header, block and payload
  are what the leaf and the header's own digests say.

Read-only, and safe beside a writer: it goes by the checkpoint found at the start.  Not for:
signatures, time stamps, or the index.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from archive.core.finding import Finding
from archive.core.leaf import Leaf, Overwritten
from archive.errors import DamageError
from archive.store.check_log import LOG, CheckedLog, check_log
from archive.store.check_records import Listed, Span, check_span
from archive.store.layout import OPEN, Layout
from archive.store.log import read_checkpoint

Level = Literal["quick", "stored", "full"]
Progress = Callable[[int, int], object]
_SPAN = 8 << 20
_SPAN_RECORDS = 1000
_RESTORE = "restore the file from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Withdrawn:
    """What overwrites a record, and the leaf that says so."""

    item: Overwritten
    by: int


def check_archive(
    layout: Layout, *, level: Level, progress: Progress | None = None, threads: int = 2
) -> Iterator[Finding]:
    """Give what is wrong, or worth knowing.

    ``progress`` is told how many bytes of WARC files are done, and of how many.
    """
    # Files first: one that is made later cannot be in the log that is read now.
    present = {path.name for path in layout.warcs.glob("*.warc.gz*")}
    findings: list[Finding] = []
    log = check_log(layout.log, findings)
    yield from findings
    ends: dict[str, int] = {}
    overwritten: dict[str, _Withdrawn] = {}
    yield from _check_leaves(log, ends, overwritten)
    yield from _check_files(layout, log, ends, present)
    if level == "quick":
        return
    done, total = 0, sum(ends.values())
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[Span, Future[tuple[Finding, ...]]]] = deque()
        spans = _divide(log, overwritten)
        while True:
            while len(waiting) < 4 * threads and (span := next(spans, None)) is not None:
                waiting.append((span, pool.submit(check_span, layout.root, span, level)))
            if not waiting:
                break
            span, future = waiting.popleft()
            yield from future.result()
            done += span.length
            if progress is not None:
                progress(done, total)


def _check_leaves(
    log: CheckedLog, ends: dict[str, int], overwritten: dict[str, _Withdrawn]
) -> Iterator[Finding]:
    """Check that the leaves place their records one after the other; note where files end."""
    is_known = True
    for sequence, leaf in enumerate(log.read_leaves()):
        if leaf is None:
            is_known = False  # what the unreadable leaf placed is not known
            continue
        for item in leaf.overwrites:
            overwritten[item.record_id] = _Withdrawn(item=item, by=sequence)
        for placed in leaf.records:
            end = ends.get(leaf.warc, 0)
            if placed.offset != end and is_known:
                yield _damage(
                    f"entry {sequence} places a record at {placed.offset}, not at {end}",
                    f"warcs/{leaf.warc}",
                    min(placed.offset, end),
                    "this is no state that a writer leaves; compare with a copy of the archive",
                )
            ends[leaf.warc] = placed.offset + placed.length
            is_known = True


def _check_files(
    layout: Layout, log: CheckedLog, ends: dict[str, int], present: set[str]
) -> Iterator[Finding]:
    for name, end in ends.items():
        yield from _check_file(layout, log, name, end)
    for name in sorted(present):
        if name.removesuffix(OPEN) in ends:
            continue
        if name.endswith(OPEN):
            yield _note("an open file of which nothing is logged yet", f"warcs/{name}", 0)
        elif name.endswith(".warc.gz") and log.broken:
            yield _note("no readable entry of the log names this file", f"warcs/{name}", 0)
        elif name.endswith(".warc.gz"):
            yield _damage(
                "the log does not name this file",
                f"warcs/{name}",
                None,
                "move it away, or find out who put it there",
            )


def _check_file(layout: Layout, log: CheckedLog, name: str, end: int) -> Iterator[Finding]:
    """Check that a file that the log names ends where its last record does."""
    try:
        path = layout.find_warc(name)
    except DamageError as error:
        yield _damage(str(error), LOG, None, error.remedy)
        return
    if path is None:
        yield _damage("the file is missing", f"warcs/{name}", None, _RESTORE)
        return
    size = path.stat().st_size
    file = f"warcs/{path.name}"
    if size < end:
        what = f"the file ends at {size}, but the log names bytes up to {end}"
        yield _damage(what, file, size, _RESTORE)
    elif size == end:
        return
    elif path.suffix == OPEN or _has_grown(log):
        yield _note("bytes that are not logged yet", file, end)
    elif log.broken:
        yield _note("bytes that no readable entry of the log names", file, end)
    else:
        yield _damage(
            f"the file has {size} bytes, but the log names only {end}",
            file,
            end,
            "compare with a copy of the archive: bytes were added, or the log was cut",
        )


def _has_grown(log: CheckedLog) -> bool:
    """Tell whether somebody appended to the log since it was read."""
    try:
        checkpoint = read_checkpoint(log.folder)
    except DamageError:
        return False
    return checkpoint is not None and checkpoint.size > log.size


def _divide(log: CheckedLog, overwritten: dict[str, _Withdrawn]) -> Iterator[Span]:
    """Give the records of all readable leaves in spans of a few megabytes."""
    held: list[Listed] = []
    size = 0
    warc = ""
    for leaf in log.read_leaves():
        if leaf is None:
            continue
        if held and (leaf.warc != warc or size >= _SPAN or len(held) >= _SPAN_RECORDS):
            yield Span(warc=warc, records=tuple(held))
            held.clear()
            size = 0
        warc = leaf.warc
        held += _list_records(log, leaf, overwritten)
        size += sum(placed.length for placed in leaf.records)
    if held:
        yield Span(warc=warc, records=tuple(held))


def _list_records(
    log: CheckedLog, leaf: Leaf, overwritten: dict[str, _Withdrawn]
) -> Iterator[Listed]:
    for placed in leaf.records:
        over = overwritten.get(placed.record_id)
        if over is None or over.item.leaf != leaf.sequence:
            yield Listed(placed=placed, leaf=leaf.sequence)
        else:
            yield Listed(
                placed=placed,
                leaf=leaf.sequence,
                filler=over.item.member,
                is_pending=over.by == log.size - 1,
            )


def _note(what: str, file: str, offset: int) -> Finding:
    return Finding(
        severity="note",
        what=what,
        file=file,
        offset=offset,
        holds="everything that is logged",
        remedy="none is needed: a writer is at work, or the next one puts it right",
    )


def _damage(what: str, file: str, offset: int | None, remedy: str) -> Finding:
    return Finding(
        severity="damage",
        what=what,
        file=file,
        offset=offset,
        holds="the files and records that are not named",
        remedy=remedy,
    )
