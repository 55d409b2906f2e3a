"""Giving watch orders and taking them back; each is an annotation, with who, when and why.

Not for: carrying them out (`archive.workflows.watch`).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from archive.core.annotation import Annotation
from archive.core.edtf import latest
from archive.core.typed import shorten_typed
from archive.core.uri import parse_url
from archive.core.watch import WatchOrder, derive_watch_id, format_watch_urn
from archive.errors import InputError
from archive.index.database import Index
from archive.index.rows import AnnotationRow
from archive.index.watches import (
    FoundWatch,
    find_order,
    find_span,
    find_watch,
    select_watches,
)
from archive.workflows.annotate import make_annotation, parse_reason, store_named
from archive.workflows.opening import OpenArchive
from archive.workflows.watch_plan import find_next_visit, list_watched


def add_watch(
    archive: OpenArchive, order: WatchOrder, *, reason: str | None, by: str | None = None
) -> AnnotationRow:
    """Store an order; one for the same thing is replaced by it.

    Raises:
        InputError: the address is none, the end has passed, or just this is in force already.
        StoreError: the disk refuses.
    """
    wanted = replace(order, address=str(parse_url(order.address)))
    if wanted.until is not None and wanted.until <= archive.world.clock():
        raise InputError("the end of the order has passed", remedy="give a later --until")
    known = find_order(archive.index, wanted.kind, wanted.address)
    if known is not None and known.order == wanted:
        raise InputError(
            f"{wanted.address} is watched in this way already ({known.id})",
            remedy="see: archive watch list",
        )
    return _store(archive, wanted, known, reason=reason, by=by)


def remove_watch(
    archive: OpenArchive, name: str, *, reason: str | None, by: str | None = None
) -> AnnotationRow:
    """Take back the order that ``name`` means; what was captured under it stays.

    Raises:
        InputError: no order in force goes by that name, or several do.
        StoreError: the disk refuses.
    """
    known = require_watch(archive.index, name)
    return _store(archive, replace(known.order, active=False), known, reason=reason, by=by)


def require_watch(index: Index, name: str) -> FoundWatch:
    """Return the one order in force that goes by an address or id.

    Raises:
        InputError: none, or more than one, does.
    """
    found = find_watch(index, name)
    if found is None and "://" in name:
        found = find_watch(index, str(parse_url(name)))
    if found is None:
        raise InputError(
            f"nothing is watched that goes by {shorten_typed(name)}",
            remedy="`archive watch list` shows what is",
        )
    return found


def parse_until(text: str) -> datetime:
    """Return the end of an order as a person types it: the last moment that the date can mean.

    Raises:
        InputError: it is no year, month, day or date-time.
    """
    try:
        return latest(text.strip())
    except InputError as error:
        raise InputError(
            f"--until is no date: {shorten_typed(text)}", remedy="as in 2027-03-31"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """An order in force, and how it stands: last and next visit to its own address.

    ``next_visit`` is None where the order has ended; ``statements`` counts what is watched.
    """

    watch: FoundWatch
    last_visit: datetime | None
    next_visit: datetime | None
    statements: int


def list_states(index: Index) -> tuple[WatchState, ...]:
    """Return every order in force and how it stands, the first given first."""
    return tuple(_make_state(index, watch) for watch in select_watches(index))


def _make_state(index: Index, watch: FoundWatch) -> WatchState:
    order = watch.order
    purpose = "statement" if order.kind == "url" else order.kind
    span = find_span(index, order.address, purpose=purpose)
    return WatchState(
        watch=watch,
        last_visit=None if span is None else span[1],
        next_visit=find_next_visit(index, watch, order.address, purpose=purpose),
        statements=len(list_watched(index, watch)),
    )


def _store(
    archive: OpenArchive,
    order: WatchOrder,
    known: FoundWatch | None,
    *,
    reason: str | None,
    by: str | None,
) -> AnnotationRow:
    record_id = archive.world.identity.new_id()
    key = derive_watch_id(record_id) if known is None else known.id
    said: Annotation = make_annotation(
        archive,
        "watch",
        target=format_watch_urn(key),
        body=order,
        by=by,
        reason=None if reason is None else parse_reason(reason),
        supersedes=None if known is None else known.annotation,
    )
    return store_named(archive, [(record_id, said)])[0]
