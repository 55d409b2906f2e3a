"""From which earlier capture the validators of a conditional request come.

Not for: their grammar, or when a request may be conditional at all (`archive.core.condition`).
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from archive.capture.fetch import FindCondition
from archive.core.capture import parse_capture_metadata
from archive.core.condition import Condition, choose_condition, strip_condition
from archive.core.exchange import Purpose
from archive.core.http import parse_head
from archive.core.record import Record
from archive.core.uri import Url
from archive.errors import ArchiveError
from archive.index.database import Index, open_readonly
from archive.index.lookup import Found, find_whole
from archive.index.rows import HEAD_BYTES
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import read_record

_LONGEST = 1 << 20  # of a request, or a metadata record


@contextmanager
def open_conditions(layout: Layout) -> Iterator[FindCondition]:
    """Give the function that finds a condition, with a connection to the index of its own.

    Raises:
        StoreError: the index cannot be read.
    """
    with closing(open_readonly(layout.database)) as index:

        def find(url: Url, purpose: Purpose, request: bytes) -> Condition | None:
            return find_condition(layout, index, url, purpose, request)

        yield find


def find_condition(
    layout: Layout, index: Index, url: Url, purpose: Purpose, request: bytes
) -> Condition | None:
    """Return the condition under which ``request`` may be made; None: the whole page is wanted.

    What cannot be read is no reason to trust its validators.
    """
    try:
        found = find_whole(index, str(url), purpose=purpose)
        if found is None:
            return None
        records = _read_beside(layout, found)
        answer = read_record(layout, found.warc, found.offset, found.length, limit=HEAD_BYTES)
        asked = next((record for record in records if record.kind == "request"), None)
        if asked is None or strip_condition(asked.block) != request:
            return None
        if parse_capture_metadata(records[-1].block).left_out:
            return None
        return choose_condition(parse_head(answer.block), record=found.record_id)
    except ArchiveError:
        return None


def _read_beside(layout: Layout, found: Found) -> tuple[Record, ...]:
    """Return the records of a capture beside its answer."""
    leaf = read_log(layout.log).read_leaf(found.leaf)
    return tuple(
        read_record(layout, leaf.warc, placed.offset, placed.length, limit=_LONGEST)
        for placed in leaf.records
        if placed.kind in ("request", "metadata")
    )
