"""What is due: from watch orders and captures alone, so that a run that was killed goes on.

Rules:

1. What a list brought in goes by the schedule of statements; ``every`` is said of the list.
2. An address that several orders watch is due when the first of them says so.
3. A port that is not 80 or 443 is open only where a person typed it: in the order's own address.

Not for: the schedule (`archive.history.schedule`), or visiting (`archive.workflows.watch`).
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from archive.core.edtf import latest
from archive.core.exchange import Errand, Purpose
from archive.core.uri import parse_url
from archive.core.watch import WatchOrder
from archive.errors import InputError
from archive.history.schedule import ENOUGH, WHOLE_EVERY, Seen, choose_next_visit, judge_visits
from archive.index.database import Index
from archive.index.watches import (
    FoundWatch,
    VisitRow,
    find_published,
    find_sent,
    find_span,
    select_visits,
    select_watched,
    select_watches,
)
from archive.store.layout import Layout
from archive.workflows.watch_lists import Memory, list_lists, list_new

_WHOLE = ("response", "revisit")
_OTHER = ("block page", "challenge page", "consent wall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A visit that is due since ``due``."""

    errand: Errand
    due: datetime


def plan_lists(
    layout: Layout, index: Index, now: datetime, *, memory: Memory, done: Collection[str] = ()
) -> list[Planned]:
    """Return the feeds and sitemaps that are due, except those in ``done``."""
    found: dict[str, Planned] = {}
    for watch in _list_active(index, now):
        for address in list_lists(layout, index, watch, memory):
            moment = find_next_visit(index, watch, address, purpose=watch.order.kind)
            if address not in done and moment is not None and moment <= now:
                _keep_first(found, _plan(index, watch, address, now, due=moment, is_list=True))
    return sorted(found.values(), key=lambda planned: planned.due)


def plan_statements(
    layout: Layout, index: Index, now: datetime, *, memory: Memory
) -> list[Planned]:
    """Return the statements that are due, those overdue longest first; each address once."""
    found: dict[str, Planned] = {}
    watches = _list_active(index, now)
    watched = {watch.id: list_watched(index, watch) for watch in watches}
    taken = {address for addresses in watched.values() for address in addresses}
    for watch in watches:
        for address in watched[watch.id]:
            moment = find_next_visit(index, watch, address, purpose="statement")
            if moment is not None and moment <= now:
                _keep_first(found, _plan(index, watch, address, now, due=moment))
        for address in list_new(layout, index, watch, taken, memory):
            taken.add(address)
            _keep_first(found, _plan(index, watch, address, now, due=now))
    return sorted(found.values(), key=lambda planned: planned.due)


def list_watched(index: Index, watch: FoundWatch) -> tuple[str, ...]:
    """Return the addresses of the statements that are watched under an order."""
    if watch.order.kind == "url":
        return (watch.order.address,)
    return select_watched(index, watch.urn)


def find_next_visit(
    index: Index, watch: FoundWatch, address: str, *, purpose: str
) -> datetime | None:
    """Return when an address is due under an order; None: never again."""
    order = watch.order
    if purpose == "statement" and order.kind != "url":
        order = WatchOrder(kind="url", address=address, until=order.until)
    span = find_span(index, address, purpose=purpose)
    if span is None:
        return choose_next_visit(order, since=watch.since, visits=())
    return choose_next_visit(
        order,
        since=watch.since,
        visits=judge_visits(list_seen(index, address, purpose=purpose)),
        first=span[0],
        published=_find_published(index, address) if purpose == "statement" else None,
    )


def list_seen(index: Index, address: str, *, purpose: str) -> tuple[Seen, ...]:
    """Return what the last visits to an address brought, the earliest first."""
    return tuple(map(_make_seen, select_visits(index, address, purpose=purpose, limit=ENOUGH)))


def _make_seen(row: VisitRow) -> Seen:
    return Seen(
        moment=row.captured_at,
        status=row.status,
        is_whole=row.outcome in _WHOLE,
        payload=row.payload,
        version=row.version,
        is_other=row.quality in _OTHER,
        is_missing=row.is_missing,
        is_pending=row.is_pending,
    )


def _list_active(index: Index, now: datetime) -> list[FoundWatch]:
    return [
        watch
        for watch in select_watches(index)
        if watch.order.until is None or watch.order.until > now
    ]


def _plan(
    index: Index,
    watch: FoundWatch,
    address: str,
    now: datetime,
    *,
    due: datetime,
    is_list: bool = False,
) -> Planned:
    named, url = parse_url(watch.order.address), parse_url(address)
    kind = watch.order.kind
    purpose: Purpose = kind if is_list and kind != "url" else "statement"
    sent = find_sent(index, address, purpose=purpose)
    errand = Errand(
        address=address,
        purpose=purpose,
        typed=(url.host, url.port) == (named.host, named.port),
        conditional=sent is not None and now - sent < WHOLE_EVERY,
        batch=watch.urn,
    )
    return Planned(errand=errand, due=due)


def _keep_first(found: dict[str, Planned], planned: Planned) -> None:
    known = found.get(planned.errand.address)
    if known is None or planned.due < known.due:
        found[planned.errand.address] = planned


def _find_published(index: Index, address: str) -> datetime | None:
    value = find_published(index, address)
    with suppress(InputError):
        return None if value is None else latest(value)
    return None
