"""What watched lists name, read from their stored captures.

Rules:

1. A list is read from its last whole capture, not from the answer of this pass: what a killed run
   did not visit is visited by the next.
2. An entry is new where no order watches its address yet.  It is taken in if it is dated after the
   order, or undated and not in the first listing that the order brought; with ``backfill`` always.
3. Of one order at most `MOST_NEW` new entries are taken in at a time, those listed first.  Of an
   index of sitemaps at most `MOST_LISTS` are followed, the latest first, `DEEPEST` steps down.

Not for: parsing (`archive.extract.feeds`, `archive.extract.sitemaps`), or what is due
(`archive.workflows.watch_plan`).
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from archive.core.edtf import latest
from archive.core.http import decode_body, parse_head
from archive.core.uri import parse_url
from archive.core.watch import WatchKind
from archive.errors import ArchiveError, InputError
from archive.extract.feeds import parse_feed
from archive.extract.sitemaps import parse_sitemap
from archive.index.database import Index
from archive.index.lookup import Found, find_holder
from archive.index.watches import FoundWatch, VisitRow, find_first_listing, find_listing
from archive.store.layout import Layout
from archive.store.read import read_record

MOST_NEW = 100
MOST_LISTS = 50
DEEPEST = 2
_LIST_BYTES = 16 << 20

# What was found in a list before, by the capture that holds it: under its address the further
# lists; under an order's id that it holds nothing new.  Losing it costs reading the list again.
Memory = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """An address that a list names; ``moment`` is the last that its date can mean."""

    address: str
    moment: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A stored list: the address that it was served at, and the capture that holds it."""

    url: str
    holder: Found


def list_lists(layout: Layout, index: Index, watch: FoundWatch, memory: Memory) -> tuple[str, ...]:
    """Return the addresses of the lists that an order means: its own, and those an index names."""
    if watch.order.kind == "url":
        return ()
    found = {watch.order.address: None}
    level = tuple(found)
    for _ in range(DEEPEST if watch.order.kind == "sitemap" else 0):
        named = [
            address
            for parent in level
            for address in _list_further(layout, index, parent, memory)
            if address not in found
        ]
        level = tuple(dict.fromkeys(named))[: MOST_LISTS + 1 - len(found)]
        found |= dict.fromkeys(level)
    return tuple(found)


def list_new(
    layout: Layout,
    index: Index,
    watch: FoundWatch,
    taken: Collection[str],
    memory: Memory,
) -> Iterator[str]:
    """Yield the addresses that an order takes in, which are not ``taken`` yet."""
    left = MOST_NEW
    for address in list_lists(layout, index, watch, memory):
        listing = _find_held(index, find_listing(index, address, purpose=watch.order.kind))
        if listing is None or (listing.holder.id, watch.id) in memory:
            continue
        entries = [
            entry
            for entry in _read_entries(layout, listing, watch.order.kind)
            if entry.address not in taken and entry.address != address
        ]
        new = _choose_new(layout, index, watch, address, entries)
        if not new:
            memory[listing.holder.id, watch.id] = ()
        yield from new[:left]
        left -= len(new[:left])


def parse_entries(content: bytes, kind: WatchKind, url: str) -> tuple[ListEntry, ...]:
    """Return the entries of a list that was served at ``url``, in its order; each address once."""
    if kind == "feed":
        listed = [
            (entry.url, entry.published or entry.updated) for entry in parse_feed(content, url)
        ]
    else:
        pages = parse_sitemap(content, url).pages
        listed = [(page.url, page.published or page.modified) for page in pages]
    found: dict[str, ListEntry] = {}
    for named, stated in listed:
        address = None if named is None else _normalise(named)
        if address is not None and address not in found:
            moment = _find_latest(None if stated is None else stated.value)
            found[address] = ListEntry(address=address, moment=moment)
    return tuple(found.values())


def _choose_new(
    layout: Layout, index: Index, watch: FoundWatch, address: str, entries: list[ListEntry]
) -> list[str]:
    """Return the addresses of those entries of a list that its order takes in (rule 2)."""
    if watch.order.backfill:
        return [entry.address for entry in entries]
    old = {entry.address for entry in entries if entry.moment and entry.moment <= watch.since}
    if any(entry.moment is None for entry in entries):
        row = find_first_listing(index, address, purpose=watch.order.kind, batch=watch.urn)
        first = _find_held(index, row)
        listed = () if first is None else _read_entries(layout, first, watch.order.kind)
        old |= {entry.address for entry in listed if entry.moment is None}
    return [entry.address for entry in entries if entry.address not in old]


def _list_further(layout: Layout, index: Index, parent: str, memory: Memory) -> tuple[str, ...]:
    """Return the further sitemaps that one names, those changed last first."""
    listing = _find_held(index, find_listing(index, parent, purpose="sitemap"))
    if listing is None:
        return ()
    key = (listing.holder.id, listing.url)
    if key not in memory:
        listed = sorted(
            parse_sitemap(_read_content(layout, listing), listing.url).further,
            key=lambda one: (one.modified and one.modified.value) or "",
            reverse=True,
        )
        named = (_normalise(one.url) for one in listed)
        found = dict.fromkeys(address for address in named if address is not None)
        memory[key] = tuple(islice(found, MOST_LISTS + 1))  # it may name itself
    return memory[key]


def _find_held(index: Index, row: VisitRow | None) -> _Listing | None:
    holder = None if row is None else find_holder(index, row.id)
    return None if row is None or holder is None else _Listing(url=row.url, holder=holder)


def _read_entries(layout: Layout, listing: _Listing, kind: WatchKind) -> tuple[ListEntry, ...]:
    return parse_entries(_read_content(layout, listing), kind, listing.url)


def _read_content(layout: Layout, listing: _Listing) -> bytes:
    """Return the content of a stored list; nothing where it cannot be had."""
    held = listing.holder
    try:
        record = read_record(layout, held.warc, held.offset, held.length, limit=_LIST_BYTES)
    except ArchiveError:
        return b""
    head = parse_head(record.block)
    return decode_body(head, record.block[head.length :], _LIST_BYTES) or b""


def _normalise(text: str) -> str | None:
    try:
        return str(parse_url(text))
    except InputError:
        return None


def _find_latest(value: str | None) -> datetime | None:
    with suppress(InputError):
        return None if value is None else latest(value)
    return None
