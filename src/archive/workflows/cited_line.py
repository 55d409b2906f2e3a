"""What came before and after a cited capture: versions, later texts, the address's state.

The one place where citing learns of versions.  It counts them by text and title alone, as the
index has them; what the table of versions says of them belongs here.  Not for: what became of a
passage (`archive.cite.passages`).
"""

from dataclasses import dataclass

from archive.core.citation import CitedVersion, UrlStatus
from archive.index.citing import LineCapture, find_text_of, find_title_of, select_line
from archive.index.database import Index
from archive.index.lookup import Found

_GONE = (404, 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The captures of a statement, the oldest first, and the place of the cited one among them."""

    captures: tuple[LineCapture, ...]
    place: int

    @property
    def cited(self) -> LineCapture:
        """The cited capture."""
        return self.captures[self.place]

    @property
    def latest(self) -> LineCapture:
        """The newest capture."""
        return self.captures[-1]


def read_line(index: Index, found: Found) -> Line | None:
    """Return the line of a capture's statement; None where it is of none."""
    captures = select_line(index, found.statement_id) if found.statement_id is not None else ()
    place = next((place for place, item in enumerate(captures) if item.id == found.id), None)
    return None if place is None else Line(captures=captures, place=place)


def find_version(line: Line) -> CitedVersion | None:
    """Return which version the cited capture shows, None where its text was not read."""
    number, count, before = None, 0, None
    for place, item in enumerate(line.captures):
        if not item.is_usable:
            continue
        count += item.text_id != before
        before = item.text_id
        if place == line.place:
            number = count
    return None if number is None else CitedVersion(number=number, count=count)


def find_status(line: Line) -> UrlStatus:
    """Return what became of the original address, as the newest capture shows it."""
    latest = line.latest
    if latest.status in _GONE or latest.outcome == "dns":
        return "dead"
    if not latest.is_usable:
        return "unknown"
    return "live" if latest.text_id == line.cited.text_id else "deviated"


def list_later(line: Line) -> tuple[LineCapture, ...]:
    """Return the later captures that show something else than the one before: text, or none."""
    found, before = [], line.cited.text_id
    for item in line.captures[line.place + 1 :]:
        shown = item.text_id if item.is_usable else None
        if shown != before:
            found.append(item)
        before = shown
    return tuple(found)


def read_text(index: Index, capture: LineCapture) -> str | None:
    """Return the main text of a capture, None where it has none."""
    return None if capture.text_id is None else find_text_of(index, capture.text_id)


def read_title(index: Index, capture: LineCapture) -> str:
    """Return the title that a capture's text was read with, empty if there was none."""
    return "" if capture.text_id is None else find_title_of(index, capture.text_id)


def list_texts(line: Line) -> tuple[LineCapture, ...]:
    """Return the first capture of every text of the statement, the oldest first."""
    firsts = {item.text_id: item for item in reversed(line.captures) if item.is_usable}
    return tuple(sorted(firsts.values(), key=lambda item: item.captured_at))
