"""The days that a date may mean: arithmetic on the part of EDTF that we write.

Read here: what `archive.core.edtf` reads (level 0), intervals with open ends (``2024-03/..``,
``../2024-03-06``; level 1) and one of a set (``[2024-03-06,2024-03-13]``; level 2).  Not
for: dates as pages spell them, or what people type.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from archive.core.edtf import earliest, latest
from archive.errors import InputError

_OPEN = ("..", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """All days from ``first`` to ``last``, None where that end is open; or the days of a set.

    ``days`` holds the members of a set, and is empty for an interval.
    """

    first: date | None
    last: date | None
    days: tuple[date, ...] = ()

    @property
    def is_day(self) -> bool:
        """Tell whether it is one day."""
        return self.first is not None and self.first == self.last and not self.days

    def meets(self, other: "Span") -> bool:
        """Tell whether the two have a day in common."""
        if self.days:
            return any(other.holds(day) for day in self.days)
        if other.days:
            return any(self.holds(day) for day in other.days)
        starts = (self.first or date.min) <= (other.last or date.max)
        return starts and (other.first or date.min) <= (self.last or date.max)

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` is among its days."""
        if self.days:
            return day in self.days
        return (self.first or date.min) <= day <= (self.last or date.max)


def read_span(value: str) -> Span:
    """Return the days of an EDTF value, as they were stated, whatever its zone.

    Raises:
        InputError: it is not of the part named above.
    """
    if value.startswith("[") and value.endswith("]"):
        days = tuple(sorted(_read_ends(item)[0] for item in value[1:-1].split(",")))
        return Span(first=days[0], last=days[-1], days=days)
    if "/" in value:
        first, _, last = value.partition("/")
        return Span(
            first=None if first in _OPEN else _read_ends(first)[0],
            last=None if last in _OPEN else _read_ends(last)[1],
        )
    start, end = _read_ends(value)
    return Span(first=start, last=end)


def format_span(span: Span) -> str | None:
    """Return a span in EDTF: a day, a month, a year, an interval or a set; None if all is open."""
    if span.days:
        return "[" + ",".join(day.isoformat() for day in span.days) + "]"
    if span.first is None and span.last is None:
        return None
    if span.is_day and span.first:
        return span.first.isoformat()
    if span.first and span.last:
        for length in (4, 7):
            whole = span.first.isoformat()[:length]
            if read_span(whole) == span:
                return whole
    first = span.first.isoformat() if span.first else ".."
    return f"{first}/{span.last.isoformat() if span.last else '..'}"


def cut_span(span: Span, last: date) -> Span:
    """Return the days of a span up to ``last``; where none is left, the span as it is."""
    if span.days:
        days = tuple(day for day in span.days if day <= last)
        return Span(first=days[0], last=days[-1], days=days) if days else span
    if (span.first or date.min) > last or (span.last or date.max) <= last:
        return span
    return Span(first=span.first, last=last)


def list_weekdays(span: Span, weekday: int, *, most: int) -> tuple[date, ...]:
    """Return the days of a closed span that fall on ``weekday`` (1 is Monday), up to ``most``.

    Empty too where an end is open, or there are more.
    """
    if span.first is None or span.last is None:
        return ()
    day = span.first + timedelta(days=(weekday - span.first.isoweekday()) % 7)
    found: list[date] = []
    while day <= span.last:
        if len(found) == most:
            return ()
        found.append(day)
        day += timedelta(days=7)
    return tuple(found)


def _read_ends(value: str) -> tuple[date, date]:
    if not value.strip():
        raise InputError(f"not an EDTF date: {value!r}", remedy="write YYYY, YYYY-MM or YYYY-MM-DD")
    stated = value[:10]
    return earliest(stated).date(), latest(stated).date()
