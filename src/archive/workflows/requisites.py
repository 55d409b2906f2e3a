"""Page requisites: the style sheets, pictures and fonts that captured pages show.

Rules:

1. They are what a static page of the capture would load and this archive does not hold
   (`archive.replay.requisites`), read from the stored record: first the sheets of a page, then the
   sheets that these import, then all else that page and sheets name.
2. They are fetched after the pages, as what nobody asked for by itself: robots.txt is obeyed, no
   secret is sent, the guard judges each hop.  Other hosts may be asked: pages take much from there.
3. Each address is asked for once a run, and not where that was done within ``every_seconds``.  On
   account of a page that did not change, only what was never answered is asked for (a run that
   ended early left it out, or it failed), and what failed not before a day has passed.
4. Where a page has had its ``number``, ``page_bytes`` or ``page_seconds``, nothing more is asked
   for on its account; what is under way is finished and kept.
5. What fails is recorded and is no failure of the run.

Not for: what stands beside pages and speaks of them (`archive.workflows.companions`), or showing
(`archive.workflows.static_page`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.core.exchange import Answer, Errand, Visit
from archive.core.instant import format_instant
from archive.errors import ArchiveError
from archive.index.database import Index
from archive.index.lookup import Found, find_by_id, find_holder, find_visited
from archive.replay.requisites import Requisites
from archive.store.layout import Layout
from archive.workflows.companions import LASTING, find_answered
from archive.workflows.settings import RequisiteSettings
from archive.workflows.static_page import read_requisites

ROUNDS = 3  # sheets, sheets that they import, all else
_SHEETS = 50  # of one page that are looked into
_SHEET_BYTES = 4 << 20  # of them together, as they are stored
_OWN_SHARE = 4  # one part in that many is kept for what sheets name


class _Page:
    """What one page has had, and what it is still to have; ``named`` is what its sheets name."""

    __slots__ = (
        *("is_new", "length", "named", "number", "pictures", "seconds"),
        *("sheet_bytes", "sheets", "sheets_read"),
    )

    def __init__(self, shows: Requisites, *, is_new: bool) -> None:
        self.is_new = is_new
        self.number = 0
        self.length = 0  # bytes as they travelled
        self.seconds = 0.0
        self.sheets_read = 0
        self.sheet_bytes = 0
        self.sheets = dict.fromkeys(shows.sheets)
        self.pictures = dict.fromkeys(shows.others)
        self.named: dict[str, None] = {}


class PageRequisites:
    """What some pages of a run show, each address once; holds what is still to be fetched.

    `plan_round` and `note_held` are called by turns, never at once; `is_wanted` and `charge` while
    visits are made.
    """

    def __init__(
        self,
        settings: RequisiteSettings,
        *,
        layout: Layout,
        index: Index,
        now: datetime,
    ) -> None:
        self._settings = settings
        self._layout = layout
        self._index = index
        self._since = format_instant(now - timedelta(seconds=settings.every_seconds))
        self._failed_since = format_instant(now - LASTING)
        self._pages: list[_Page] = []
        self._asked: dict[str, _Page] = {}
        self._held: dict[str, str] = {}  # the capture that each visited address led to
        self._looked_into: set[str] = set()

    def open_pages(self, captures: Sequence[tuple[str, bool]]) -> None:
        """Take further pages, each with whether it is as good as new; those before are done."""
        self._pages.clear()
        self._asked.clear()  # the index knows them by now
        self._held.clear()
        self._pages.extend(
            _Page(self._read(capture_id), is_new=is_new) for capture_id, is_new in captures
        )

    def plan_round(self, number: int) -> tuple[Errand, ...]:
        """Return what is to be fetched in this round, of `ROUNDS`."""
        errands: list[Errand] = []
        for page in self._pages:
            if number:
                self._look_into_sheets(page)
            if number < ROUNDS - 1:
                addresses = [address for address in page.sheets if address not in self._held]
            else:
                addresses = self._share_out(page)
            errands.extend(self._make_errands(page, addresses))
        return tuple(errands)

    def note_held(self, address: str, capture_id: str) -> None:
        """Note the capture that the visit to an address led to."""
        self._held[address] = capture_id

    def charge(self, visit: Visit) -> None:
        """Charge what a visit took to its page."""
        page = self._asked.get(visit.address)
        if page is None:
            return
        for exchange in visit.exchanges:
            if isinstance(exchange.outcome, Answer):
                page.length += exchange.outcome.length
            page.seconds += max(0.0, (exchange.finished - exchange.started).total_seconds())

    def is_wanted(self, errand: Errand) -> bool:
        """Tell whether the page of this errand has not had all yet that it may have."""
        page = self._asked.get(errand.address)
        if page is None:
            return False
        settings = self._settings
        return page.length < settings.page_bytes and page.seconds < settings.page_seconds

    def _share_out(self, page: _Page) -> list[str]:
        """Return pictures of the page, then what sheets name, neither at the cost of all others."""
        left = max(0, self._settings.number - page.number)
        pictures = [address for address in page.pictures if address not in self._asked]
        named = [address for address in page.named if address not in self._asked]
        kept = min(len(named), left // _OWN_SHARE)
        return [*pictures[: left - kept], *named]

    def _make_errands(self, page: _Page, addresses: Sequence[str]) -> list[Errand]:
        errands: list[Errand] = []
        for address in addresses:
            if address in self._asked:
                continue
            if page.number >= self._settings.number:
                break
            visited = self._find_visited(page, address)
            if visited is not None:
                self._held[address] = visited.id
                continue
            page.number += 1
            self._asked[address] = page
            errands.append(
                Errand(address=address, purpose="requisite", typed=False, conditional=True)
            )
        return errands

    def _find_visited(self, page: _Page, address: str) -> Found | None:
        """Return the visit because of which an address is not asked for now, or None (rule 3)."""
        index, never = self._index, "9999"
        answered = (
            None
            if page.is_new
            else find_answered(index, address, "requisite", since="", until=never)
        )
        since = self._since if page.is_new else self._failed_since
        return answered or find_visited(
            index, address, "requisite", since=since, until=never, with_unmodified=True
        )

    def _look_into_sheets(self, page: _Page) -> None:
        """Note what those sheets of a page name that are held and were not looked into."""
        for address in tuple(page.sheets):
            capture_id = self._held.get(address)
            if capture_id is None or capture_id in self._looked_into:
                continue
            if page.sheets_read >= _SHEETS or page.sheet_bytes >= _SHEET_BYTES:
                return
            self._looked_into.add(capture_id)
            page.sheets_read += 1
            found = self._read(capture_id, page)
            page.sheets.update(dict.fromkeys(found.sheets))
            page.named.update(dict.fromkeys(found.others))

    def _read(self, capture_id: str, page: _Page | None = None) -> Requisites:
        """Return what a stored page or sheet shows; what cannot be read shows nothing."""
        found = find_by_id(self._index, capture_id)
        holder = find_holder(self._index, capture_id)
        if found is None or holder is None:
            return Requisites()
        if page is not None:
            page.sheet_bytes += holder.length
        try:
            return read_requisites(self._layout, found, holder)
        except ArchiveError:
            return Requisites()
