"""Companions of captured pages: which of them a run fetches.

Rules:

1. The REST record is fetched with every page that came new, and with one that did not change unless
   it was answered within `CompanionSettings.every_seconds`; so is a feed or a sitemap with any.
   Each address is fetched once a run.
2. What was answered with a refusal that lasts (robots.txt, 401, 404 and the like) is left alone for
   `LASTING`.  What failed (no answer, 408, 425, 429, 5xx) was not answered.
3. They are fetched after the pages, as what nobody asked for by itself: robots.txt is obeyed, no
   secret is sent, little is taken.  What fails is recorded and is no failure of the run.

Not for: finding the links (`archive.extract.companion_links`), or reading companions
(`archive.workflows.companion_tasks`).
"""

from datetime import datetime, timedelta
from functools import partial

from archive.core.exchange import Answer, Errand, Exchange, Visit
from archive.core.http import decode_body, parse_head
from archive.core.instant import format_instant
from archive.extract.companion_links import (
    LOOKED_AT,
    CompanionLink,
    find_companion_links,
    find_sitemap_link,
)
from archive.index.database import Index
from archive.index.lookup import Found, find_by_id, select_visits_of
from archive.index.rows import HEAD_BYTES, CaptureRow
from archive.store.layout import Layout
from archive.store.read import read_record
from archive.workflows.reading_tasks import find_held, find_shown
from archive.workflows.settings import CompanionSettings

LASTING = timedelta(days=1)
_PASSING = frozenset({408, 425, 429})  # and what is 500 or more
_VISITS = 20  # to one address that are looked through for an answer
_GOOD = 200
_SERVER_ERROR = 500
BLOCK = 1 << 20  # bytes of a stored block that links are looked for in
_MOST = 50_000  # companions of one run; further pages do without
RULES = 512 << 10  # of a robots.txt


class Companions:
    """What the visits of one run name, each address once; holds what is still to be fetched."""

    def __init__(
        self, settings: CompanionSettings, index: Index, layout: Layout, now: datetime
    ) -> None:
        self._index = index
        self._layout = layout
        recent = timedelta(seconds=settings.every_seconds)
        self._since = format_instant(now - recent)
        self._refused_since = format_instant(now - max(recent, LASTING))
        self._sitemaps: dict[str, CompanionLink] = {}
        self._errands: dict[str, Errand] = {}
        self._fetched: set[str] = set()

    def note_visit(self, visit: Visit, last: CaptureRow) -> bool:
        """Note what the answer of a visit names; tell whether the page waits for a companion.

        ``last`` is its last capture.  The bytes of large answers are still in their spool files.
        """
        exchange = visit.exchanges[-1]
        if visit.purpose == "robots":
            sitemap = find_sitemap_link(_read_answer(exchange, RULES)[0], exchange.address)
            if sitemap is not None and exchange.url is not None:
                self._sitemaps[exchange.url.origin] = sitemap
            return False
        if visit.purpose != "statement" or exchange.url is None:
            return False
        start, fields = (
            _read_answer(exchange, LOOKED_AT)
            if last.unmodified_of is None
            else read_page_start(self._index, self._layout, last)
        )
        if not start:
            return False
        links = find_companion_links(start, fields, exchange.address)
        sitemap = self._sitemaps.get(exchange.url.origin)
        for link in (*links, sitemap) if sitemap else links:
            self._note_link(link, is_new=last.outcome == "response" and not last.unmodified_of)
        return any(link.address in self._errands for link in links) or (
            sitemap is not None and sitemap.address in self._errands
        )

    def _note_link(self, link: CompanionLink, *, is_new: bool) -> None:
        address = link.address
        if address in self._errands or address in self._fetched or len(self._errands) >= _MOST:
            return
        if not (link.purpose == "rest" and is_new) and self._is_answered(link):
            return
        self._errands[address] = Errand(address=address, purpose=link.purpose, typed=False)

    def _is_answered(self, link: CompanionLink) -> bool:
        """Tell whether there is an answer that need not be had again yet (rules 1 and 2)."""
        found = find_answered(
            self._index, link.address, link.purpose, since=self._refused_since, until="9999"
        )
        return found is not None and (found.status != _GOOD or found.captured_at >= self._since)

    def take_errands(self) -> tuple[Errand, ...]:
        """Return what is to be fetched, once."""
        errands = tuple(self._errands.values())
        self._fetched.update(self._errands)
        self._errands.clear()
        return errands


def _read_answer(exchange: Exchange, limit: int) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the start of the content of a good answer, and its header fields."""
    answer = exchange.outcome
    if not isinstance(answer, Answer):
        return b"", ()
    block = answer.block
    if not isinstance(block, bytes):
        start = block.read(BLOCK)
        block.seek(0)
        block = start
    return read_start(block[:BLOCK], limit)


def find_answered(
    index: Index, address: str, purpose: str, *, since: str, until: str
) -> Found | None:
    """Return where the newest visit ended that was answered: not one that failed (rule 2).

    Of those begun in that time, and at most `_VISITS` of them.
    """
    visits = select_visits_of(index, address, purpose, since=since, until=until, limit=_VISITS)
    return next((found for found in visits if not _has_failed(found)), None)


def _has_failed(found: Found) -> bool:
    if found.status is None:
        return found.outcome != "blocked"
    return found.status in _PASSING or found.status >= _SERVER_ERROR


def read_page_start(
    index: Index, layout: Layout, capture: CaptureRow | Found
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the start of a page's content and its header fields, as `read_start`; also a repeat's.

    Raises:
        DamageError: a record is missing or broken.
    """
    find = partial(find_by_id, index)
    shown, held = find_shown(capture, find), find_held(capture, find)
    if shown is None or held is None:
        return b"", ()
    record = read_record(layout, held.warc, held.offset, held.length, limit=BLOCK)
    if shown.id == held.id:
        return read_start(record.block, LOOKED_AT)
    told = read_record(layout, shown.warc, shown.offset, shown.length, limit=HEAD_BYTES)
    head, fields = parse_head(record.block), parse_head(told.block).fields
    if shown.status != _GOOD:
        return b"", ()
    return decode_body(head, record.block[head.length :], LOOKED_AT) or b"", fields


def read_start(block: bytes, limit: int) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the start of the content of an answer 200 as stored, and its header fields."""
    head = parse_head(block)
    if head.status != _GOOD:
        return b"", ()
    return decode_body(head, block[head.length :], limit) or b"", head.fields
