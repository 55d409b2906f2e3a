"""Whether the index reflects the whole log: beside a writer, or after a crash, it may not.

Not for: bringing it up to the log (`archive.workflows.opening`), or checking what it holds
(`archive.workflows.verify`).
"""

from collections.abc import Callable

from archive.errors import ArchiveError
from archive.store.layout import Layout
from archive.store.log import read_log


def describe_lag(layout: Layout, read_indexed: Callable[[], int]) -> str | None:
    """Return a line about leaves that the index lacks, or None where it lacks none.

    The log is read first: a writer appends to it before it writes to the index, so that one at
    work is not taken for a lag.
    """
    try:
        size = read_log(layout.log).size
    except ArchiveError as error:
        return f"the index cannot be compared with the capture log: {error}"
    indexed = read_indexed()
    return format_lag(indexed, size) if indexed < size else None


def format_lag(indexed: int, size: int) -> str:
    """Return the line about an index that is behind."""
    return f"the index reflects {indexed} of {size} leaves; run `archive rebuild`"
