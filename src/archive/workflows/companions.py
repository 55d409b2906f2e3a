"""Companions of captured pages: which of them a run fetches.

Rules:

1. The REST record is fetched with every page that came new; a feed or a sitemap unless it was
   fetched within `CompanionSettings.every_seconds`.  Each address is fetched once a run.
2. They are fetched after the pages, as what nobody asked for by itself: robots.txt is obeyed, no
   secret is sent, little is taken.  What fails is recorded and is no failure of the run.

Not for: finding the links (`archive.extract.companion_links`), or reading companions
(`archive.workflows.companion_tasks`).
"""

from datetime import datetime, timedelta

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
from archive.index.lookup import find_visited
from archive.workflows.settings import CompanionSettings

BLOCK = 1 << 20  # bytes of a stored block that links are looked for in
_MOST = 50_000  # companions of one run; further pages do without
RULES = 512 << 10  # of a robots.txt


class Companions:
    """What the visits of one run name, each address once; holds what is still to be fetched."""

    def __init__(self, settings: CompanionSettings, index: Index, now: datetime) -> None:
        self._settings = settings
        self._index = index
        self._since = format_instant(now - timedelta(seconds=settings.every_seconds))
        self._sitemaps: dict[str, CompanionLink] = {}
        self._errands: dict[str, Errand] = {}
        self._fetched: set[str] = set()

    def note_visit(self, visit: Visit) -> bool:
        """Note what the answer of a visit names; tell whether the page waits for a companion.

        The bytes of large answers are still in their spool files.
        """
        exchange = visit.exchanges[-1]
        if visit.purpose == "robots":
            sitemap = find_sitemap_link(_read_answer(exchange, RULES)[0], exchange.address)
            if sitemap is not None and exchange.url is not None:
                self._sitemaps[exchange.url.origin] = sitemap
            return False
        if visit.purpose != "statement" or exchange.url is None:
            return False
        start, fields = _read_answer(exchange, LOOKED_AT)
        if not start:
            return False
        links = find_companion_links(start, fields, exchange.address)
        sitemap = self._sitemaps.get(exchange.url.origin)
        for link in (*links, sitemap) if sitemap else links:
            self._note_link(link)
        return any(link.address in self._errands for link in links) or (
            sitemap is not None and sitemap.address in self._errands
        )

    def _note_link(self, link: CompanionLink) -> None:
        address = link.address
        if address in self._errands or address in self._fetched or len(self._errands) >= _MOST:
            return
        if link.purpose != "rest" and find_visited(
            self._index, address, link.purpose, since=self._since, until="9999"
        ):
            self._fetched.add(address)
            return
        self._errands[address] = Errand(address=address, purpose=link.purpose, typed=False)

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


def read_start(block: bytes, limit: int) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the start of the content of an answer 200 as stored, and its header fields."""
    head = parse_head(block)
    if head.status != 200:
        return b"", ()
    return decode_body(head, block[head.length :], limit) or b"", head.fields
