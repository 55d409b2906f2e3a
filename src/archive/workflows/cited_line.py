"""What came before and after a cited capture: versions, absences, the address's state.

The one place where citing learns of versions; they are those of the tables ``versions`` and
``absences``, by the same rules (`archive.history.trace`).  Rules:

1. Only captures that show the statement are of a version.  A block page, a consent wall, a soft
   404 or a failure is none, whatever its status and text.
2. The address is `live` while the statement is there and its newest version has the cited own
   words, also if others came between; `deviated` while it is there with other words; `dead` where
   it is gone or has moved.  A title or date that alone was changed leaves it `live`.
3. What tells nothing (a failure, a block page) leaves the address as the capture before it did.

Not for: what became of a passage (`archive.cite.passages`).
"""

from dataclasses import dataclass
from typing import Any

from archive.core.citation import CitedVersion, UrlStatus
from archive.core.version import Judgement, Lacking, Shown, Sighting, Silent
from archive.history.trace import find_common_label, judge_sighting, trace_captures
from archive.index.citing import find_text_of, find_title_of
from archive.index.database import Index
from archive.index.lookup import Found
from archive.index.search import find_statement, read_leisurely
from archive.index.sightings import Row, select_captured, select_some
from archive.index.timeline import find_number, select_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCapture:
    """A capture in the line of its statement, and what it shows.

    ``version`` is the number of the version that it shows, or None; ``lacking`` tells that it
    shows the statement not to be there; ``silent`` why it says nothing of versions.
    """

    sighting: Sighting
    text_id: int | None
    version: int | None
    lacking: Lacking | None
    silent: Silent | None

    @property
    def id(self) -> str:
        """The id of the capture."""
        return self.sighting.capture

    @property
    def captured_at(self) -> str:
        """When it was made."""
        return self.sighting.moment

    @property
    def is_usable(self) -> bool:
        """Whether it holds a text of the statement that can be cited; a 304 (RFC 9110) does not."""
        status = self.sighting.status
        return self.has_text and status is not None and 200 <= status < 300

    @property
    def has_text(self) -> bool:
        """Whether it shows a version whose text is known."""
        return self.version is not None and self.text_id is not None

    @property
    def says(self) -> str | None:
        """What it says instead of a version, in words."""
        if self.lacking is not None:
            return self.lacking.reason
        return None if self.silent is None else self.silent.reason


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
        """The newest capture that tells of the statement, else the newest one."""
        told = (item for item in reversed(self.captures) if item.silent is None)
        return next(told, self.captures[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a cited capture stands: what it shows, of how many versions, and its address's state.

    ``version`` is None where it shows none.
    """

    cited: LineCapture
    version: CitedVersion | None
    status: UrlStatus


def read_standing(index: Index, found: Found) -> Standing | None:
    """Return where a capture stands, by the rows of its statement alone; None where it is of none.

    That costs the same however many captures the statement has.
    """
    reader = read_leisurely(index)
    statement = find_statement(reader, found.statement_id) if found.statement_id else None
    if statement is None:
        return None
    ((sighting, detail),) = select_some(index, [found.id])
    judgement = judge_sighting(sighting)
    is_shown = judgement == Shown(has_words=True)
    number = find_number(reader, statement["id"], found.id) if is_shown else None
    count = statement["versions"]
    return Standing(
        cited=_make_line_capture(sighting, detail, judgement, number),
        version=None if number is None else CitedVersion(number=number, count=count),
        status=_find_status(index, statement, sighting, number),
    )


def read_line(index: Index, found: Found) -> Line | None:
    """Return the line of a capture's statement; None where it is of none.

    Redirects that lead on are left out.
    """
    captured = select_captured(index, found.statement_id) if found.statement_id is not None else []
    trace = trace_captures([sighting for sighting, _ in captured])
    captures = tuple(
        _make_line_capture(sighting, detail, judgement, number)
        for (sighting, detail), judgement, number in zip(
            captured, trace.judgements, trace.numbers, strict=True
        )
        if not (isinstance(judgement, Silent) and judgement.reason == "redirect")
        or sighting.capture == found.id
    )
    place = next((place for place, item in enumerate(captures) if item.id == found.id), None)
    return None if place is None else Line(captures=captures, place=place)


def _make_line_capture(
    sighting: Sighting, detail: Row, judgement: Judgement, number: int | None
) -> LineCapture:
    return LineCapture(
        sighting=sighting,
        text_id=detail[-1],
        version=number,
        lacking=judgement if isinstance(judgement, Lacking) else None,
        silent=judgement if isinstance(judgement, Silent) else None,
    )


def _find_status(
    index: Index, statement: dict[str, Any], cited: Sighting, number: int | None
) -> UrlStatus:
    """Return what became of the original address, as the captures tell together."""
    if statement["state"] in ("gone", "moved"):
        return "dead"
    if statement["state"] != "present" or number is None:
        return "unknown"
    if number == statement["versions"]:
        return "live"
    last = select_versions(read_leisurely(index), statement["id"], first=statement["versions"])
    ((newest, _),) = select_some(index, [last[-1]["capture_id"]])
    return "live" if _has_same_words(cited, newest) else "deviated"


def _has_same_words(cited: Sighting, newest: Sighting) -> bool:
    """Tell whether the cited capture has the own words of another, as far as can be compared."""
    label = find_common_label(cited, newest)
    if label is None:
        return False
    return _find_words(cited, label) == _find_words(newest, label)


def _find_words(sighting: Sighting, label: str) -> str:
    return next(wording.words for wording in sighting.wordings if wording.label == label)


def list_later(line: Line) -> tuple[LineCapture, ...]:
    """Return the later captures that tell something new of the statement, the oldest first.

    They are the first captures of every later version, of every absence and return, and of what
    waits to be read.
    """
    found: list[LineCapture] = []
    before: object = line.cited.version
    for item in line.captures[line.place + 1 :]:
        if item.silent is not None:
            if item.silent.is_waiting and not (found and found[-1].silent):
                found.append(item)
            continue
        told = item.version if item.lacking is None else item.lacking.kind
        if told is not None and told != before:
            found.append(item)
            before = told
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
