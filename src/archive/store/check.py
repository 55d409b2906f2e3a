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

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.core.finding import Finding
from archive.core.leaf import Leaf
from archive.errors import DamageError, StoreError
from archive.store.check_log import LOG, Withdrawn, check_log, find_overwritten
from archive.store.check_records import Listed, Span, check_span
from archive.store.layout import OPEN, Layout
from archive.store.log import read_checkpoint

Level = Literal["quick", "stored", "full"]
Progress = Callable[[int, int], object]
_SPAN = 8 << 20
_SPAN_RECORDS = 1000
_RESTORE = "restore the file from a copy of the archive"


class _Walk:
    """Goes through the log once, and remembers what the files are compared with at the end."""

    def __init__(self, layout: Layout) -> None:
        self.folder = layout.log
        self.findings: list[Finding] = []
        self.ends: dict[str, int] = {}
        self.size = 0
        self.has_broken = False

    def read_leaves(self) -> Iterator[Leaf]:
        """Give the leaves that can be relied on; check that records follow each other."""
        is_known = True
        for leaf in check_log(self.folder, self.findings):
            self.size += 1
            if leaf is None:
                self.has_broken, is_known = True, False  # what it placed is not known
                continue
            end = self.ends.get(leaf.warc, 0)
            for placed in leaf.records:
                if placed.offset != end and is_known:
                    self._report_gap(leaf, placed.offset, end)
                end = placed.offset + placed.length
                is_known = True
            self.ends[leaf.warc] = end
            yield leaf

    def drain(self) -> tuple[Finding, ...]:
        """Hand over what was found since the last call."""
        found = tuple(self.findings)
        self.findings.clear()
        return found

    def has_grown(self) -> bool:
        """Tell whether somebody appended to the log since it was read."""
        try:
            checkpoint = read_checkpoint(self.folder)
        except StoreError:
            return False
        return checkpoint is not None and checkpoint.size > self.size

    def _report_gap(self, leaf: Leaf, offset: int, end: int) -> None:
        self.findings.append(
            _damage(
                f"entry {leaf.sequence} places a record at {offset}, not at {end}",
                f"warcs/{leaf.warc}",
                min(offset, end),
                "this is no state that a writer leaves; compare with a copy of the archive",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which leaves' records are read, where not all are; the log is always checked whole.

    ``wants`` is asked for each leaf in order; ``tell`` is told the leaves of which all records
    were read, and those of them about which there is a finding.
    """

    wants: Callable[[int], bool] = lambda _leaf: True
    tell: Callable[[frozenset[int], frozenset[int]], object] = lambda _read, _found: None


def check_archive(
    layout: Layout,
    *,
    level: Level,
    progress: Progress | None = None,
    threads: int = 2,
    choice: Choice | None = None,
) -> Iterator[Finding]:
    """Give what is wrong, or worth knowing.

    ``progress`` is told how many bytes of WARC files are done, and of how many.
    """
    choice = choice or Choice()
    # Files first: one that is made later cannot be in the log that is read now.
    present = {path.name: path for path in layout.warcs.glob("*.warc.gz*")}
    walk = _Walk(layout)
    if level == "quick":
        for _ in walk.read_leaves():
            yield from walk.drain()
    else:
        total = sum(_measure(path) for path in present.values())
        done = 0
        overwritten = find_overwritten(layout.log)
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[tuple[Span, Future[tuple[Finding, ...]]]] = deque()
            spans = _divide(walk, overwritten, choice.wants)
            while True:
                while len(waiting) < 4 * threads and (span := next(spans, None)) is not None:
                    waiting.append((span, pool.submit(check_span, layout.root, span, level)))
                yield from walk.drain()
                if not waiting:
                    break
                span, future = waiting.popleft()
                found = future.result()
                yield from found
                choice.tell(*_list_leaves(span, found))
                done += span.length
                if progress is not None:
                    progress(done, max(done, total))
    yield from walk.drain()
    yield from _check_files(layout, walk, present)


def _measure(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a writer has renamed it, or `_check_file` tells
        return 0


def _check_files(layout: Layout, walk: _Walk, present: Iterable[str]) -> Iterator[Finding]:
    for name, end in walk.ends.items():
        yield from _check_file(layout, walk, name, end)
    for name in sorted(present):
        if name.removesuffix(OPEN) in walk.ends:
            continue
        if name.endswith(OPEN):
            yield _note("an open file of which nothing is logged yet", f"warcs/{name}", 0)
        elif name.endswith(".warc.gz") and walk.has_broken:
            yield _note("no readable entry of the log names this file", f"warcs/{name}", 0)
        elif name.endswith(".warc.gz"):
            yield _damage(
                "the log does not name this file",
                f"warcs/{name}",
                None,
                "move it out of warcs/, and find out who put it there",
            )


def _check_file(layout: Layout, walk: _Walk, name: str, end: int) -> Iterator[Finding]:
    """Check that a file that the log names ends where its last record does."""
    try:
        stream = layout.open_warc(name)
    except DamageError as error:
        yield _damage(str(error), LOG, None, error.remedy)
        return
    except StoreError as error:
        yield _unread(str(error), f"warcs/{name}", error.remedy)
        return
    if stream is None:
        yield _damage("the file is missing", f"warcs/{name}", None, _RESTORE)
        return
    with stream:
        size = stream.seek(0, os.SEEK_END)
        path = Path(stream.name)
    file = f"warcs/{path.name}"
    if size < end:
        what = f"the file ends at {size}, but the log names bytes up to {end}"
        yield _damage(what, file, size, _RESTORE)
    elif size == end:
        return
    elif path.suffix == OPEN or walk.has_grown():
        yield _note("bytes that are not logged yet", file, end)
    elif walk.has_broken:
        yield _note("bytes that no readable entry of the log names", file, end)
    else:
        yield _damage(
            f"the file has {size} bytes, but the log names only {end}",
            file,
            end,
            "compare with a copy of the archive: bytes were added, or the log was cut",
        )


def _list_leaves(
    span: Span, findings: tuple[Finding, ...]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the leaves of a span, and those about which there is more than a note."""
    named = {finding.record_id for finding in findings if finding.severity != "note"}
    leaves = frozenset(listed.leaf for listed in span.records)
    return leaves, frozenset(
        listed.leaf for listed in span.records if listed.placed.record_id in named
    )


def _divide(
    walk: _Walk, overwritten: dict[str, Withdrawn], wants: Callable[[int], bool]
) -> Iterator[Span]:
    """Give the records of the wanted leaves, of the readable ones, in spans of a few megabytes."""
    held: list[Listed] = []
    size = end = 0
    warc = ""
    for leaf in walk.read_leaves():
        if not wants(leaf.sequence):
            continue
        # What a leaf that cannot be relied on placed leaves a gap.
        is_next = leaf.warc == warc and leaf.records[0].offset == end
        if held and (not is_next or size >= _SPAN or len(held) >= _SPAN_RECORDS):
            yield Span(warc=warc, records=tuple(held))
            held.clear()
            size = 0
        warc, end = leaf.warc, walk.ends[leaf.warc]
        held += _list_records(leaf, overwritten)
        size += sum(placed.length for placed in leaf.records)
    if held:
        yield Span(warc=warc, records=tuple(held))


def _list_records(leaf: Leaf, overwritten: dict[str, Withdrawn]) -> Iterator[Listed]:
    for placed in leaf.records:
        over = overwritten.get(placed.record_id)
        if over is None or over.item.leaf != leaf.sequence:
            yield Listed(placed=placed, leaf=leaf.sequence)
        else:
            yield Listed(
                placed=placed,
                leaf=leaf.sequence,
                filler=over.item.member,
                is_pending=over.is_newest,
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


def _unread(what: str, file: str, remedy: str) -> Finding:
    return Finding(
        severity="undecidable",
        what=what,
        file=file,
        offset=None,
        holds="what is not in this file",
        remedy=remedy,
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
