"""What happened to the statements of an archive, and the feed of it.

Not for: delivering it (`archive.workflows.deliveries`), or the history of one statement
(`archive.workflows.history`).
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

from archive.core.change import Change
from archive.core.instant import format_instant, parse_instant
from archive.core.typed import shorten_typed
from archive.core.watch import parse_duration
from archive.errors import InputError
from archive.index.changes import ChangeFilter, select_changes
from archive.index.lookup import find_statement_of
from archive.index.search import open_reader
from archive.interchange.atom import FeedFacts, format_atom
from archive.store.log import read_origin
from archive.workflows.opening import Archive, open_index
from archive.workflows.settings import SOFTWARE


def read_changes(
    archive: Archive, wanted: ChangeFilter, *, name: str | None = None, limit: int
) -> tuple[Change, ...]:
    """Return the changes that are wanted, the latest first: of the statement that is named, or all.

    Raises:
        InputError: nothing goes by that name, or there is no such kind of change.
    """
    if name is not None:
        with closing(open_index(archive)) as index:
            statement = find_statement_of(index, name)
        if statement is None:
            raise InputError(f"{name!r} belongs to no statement", remedy="see: archive list")
        wanted = replace(wanted, statement=statement)
    with open_reader(archive.layout.database) as reader:
        return tuple(select_changes(reader, wanted, limit=limit))


def format_changes(
    archive: Archive, changes: Sequence[Change], *, now: datetime, address: str | None = None
) -> bytes:
    """Return the changes as an Atom feed; ``address`` is where it will be found."""
    origin = read_origin(archive.layout.log) or "unnamed"
    keeper = archive.settings.organisation or archive.settings.operator
    facts = FeedFacts(
        id=f"urn:archive:edits:{origin}",
        title=f"Edits and disappearances{f' – {keeper}' if keeper else ''}",
        author=keeper,
        software=SOFTWARE,
        updated=format_instant(now),
        address=address,
    )
    return format_atom(facts, changes)


def parse_since(text: str, *, now: datetime) -> str:
    """Return the moment that a day, a moment or a length of time before ``now`` means.

    Raises:
        InputError: it is none of these.
    """
    try:
        return format_instant(now - parse_duration(text))
    except (InputError, OverflowError):
        pass
    try:
        day = date.fromisoformat(text)
        return format_instant(datetime(day.year, day.month, day.day, tzinfo=UTC))
    except ValueError:
        pass
    try:
        return format_instant(parse_instant(text))
    except InputError as error:
        raise InputError(
            f"no day, moment or length of time: {shorten_typed(text)}",
            remedy="as in 2026-11-22, 2026-11-22T09:30:00Z, 12h or 7d",
        ) from error
