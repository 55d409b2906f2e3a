"""Dates in EDTF: read into parts, and worded as styles want them.

Rules:

1. What the date leaves open is said in words and set in brackets: ``[c. March 2024]``,
   ``[March 2024?]``, ``[between 6 and 13 March 2024]``, ``[6 or 13 March 2024]``,
   ``[6 March 2024 or earlier]``, ``[2020s]``.
2. A date that the page does not state, but a curator supplies, stands in brackets too.
3. A moment is cited by its day, as it stood where it was stated.  No date is ``n.d.``
4. A date of which these rules know no words (before year 1, marks on single parts) is set as it
   is written, in brackets: that is not the same as none.

Not for: reading dates of pages (`archive.core.edtf`), or checking typed ones
(`archive.core.edtf_typed`).
"""

import re
from dataclasses import dataclass
from typing import Literal

NO_DATE = "n.d."

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_MLA = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split()
_SEASONS = {21: "Spring", 22: "Summer", 23: "Autumn", 24: "Winter"}
_DAY = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?"
    r"(?:T[\d:]+(?:Z|[+-][\d:]+)?)?(?P<mark>[?~%]?)",
    re.ASCII,
)
_MOST_NAMED = 6  # of a set; more are told by number and ends

Order = Literal["day first", "month first", "year first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a style words dates: the order of their parts, its months, and its word for circa."""

    order: Order = "day first"
    months: tuple[str, ...] = tuple(_MONTHS)
    circa: str = "c."


FULL = Wording()
AMERICAN = Wording(order="month first")
APA = Wording(order="year first", circa="ca.")
MLA = Wording(months=tuple(_MLA), circa="circa")
BLUEBOOK = Wording(order="month first", months=tuple(_MLA))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, month, season or year; ``year`` may have ``X`` for digits that are not known."""

    year: str
    month: int | None = None
    day: int | None = None
    mark: str = ""

    @property
    def first_year(self) -> str:
        """The first year that it can mean."""
        return self.year.replace("X", "0")

    @property
    def last_year(self) -> str:
        """The last year that it can mean."""
        return self.year.replace("X", "9")

    @property
    def is_certain(self) -> bool:
        """Whether nothing is left open."""
        return not self.mark and "X" not in self.year

    @property
    def is_season(self) -> bool:
        """Whether it is a season."""
        return self.month in _SEASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one date to another; None where an end is open."""

    first: Day | None
    last: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A set: one of its members, or all of them."""

    members: tuple[Day | Span, ...]
    is_one: bool


Dated = Day | Span | Choice


def parse_dated(value: str | None) -> Dated | None:
    """Return a date in EDTF in its parts; None where there is none, or it is no such date."""
    if not value:
        return None
    if value[0] in "[{":
        read = tuple(_parse_member(item) for item in value[1:-1].split(","))
        members = tuple(item for item in read if item is not None)
        return (
            Choice(members=members, is_one=value[0] == "[") if len(members) == len(read) else None
        )
    if "/" in value:
        first, _, last = value.partition("/")
        return _parse_span(first, last)
    return _parse_day(value)


def word_date(value: str | None, wording: Wording, *, is_supplied: bool = False) -> str:
    """Return a date in EDTF in words, ``n.d.`` if there is none."""
    dated = parse_dated(value)
    if dated is None:
        is_date = value is not None and any(letter.isdigit() for letter in value)
        return f"[{value}]" if is_date else NO_DATE
    words, is_open = _word(dated, wording)
    return f"[{words}]" if is_open or is_supplied else words


def word_day(dated: Day, wording: Wording) -> str:
    """Return a day, month, season or year in words, its mark left out."""
    if "X" in dated.year:
        return (
            f"{dated.first_year}s"
            if dated.year.count("X") == 1
            else f"between {dated.first_year} and {dated.last_year}"
        )
    if dated.month is None:
        return dated.year
    if dated.is_season:
        name = _SEASONS[dated.month]
        return f"{dated.year}, {name}" if wording.order == "year first" else f"{name} {dated.year}"
    name = wording.months[dated.month - 1]
    if wording.order == "year first":
        return f"{dated.year}, {name}" + (f" {dated.day}" if dated.day else "")
    if dated.day is None:
        return f"{name} {dated.year}"
    if wording.order == "month first":
        return f"{name} {dated.day}, {dated.year}"
    return f"{dated.day} {name} {dated.year}"


def find_ends(dated: Dated) -> tuple[Day | None, Day | None]:
    """Return the first and the last date that is named; both are one where it is no span."""
    if isinstance(dated, Day):
        return dated, dated
    if isinstance(dated, Span):
        return dated.first, dated.last
    ends = [find_ends(item) for item in dated.members]
    firsts = [first for first, _ in ends if first is not None]
    lasts = [last for _, last in ends if last is not None]
    return (
        min(firsts, key=_sort_day) if len(firsts) == len(ends) else None,
        max(lasts, key=_sort_day) if len(lasts) == len(ends) else None,
    )


def find_only_year(value: str | None) -> str | None:
    """Return the year of a date, where it can only be one."""
    dated = parse_dated(value)
    first, last = find_ends(dated) if dated is not None else (None, None)
    if first is None or last is None or first.first_year != last.last_year:
        return None
    return first.first_year


def is_circa(dated: Dated) -> bool:
    """Tell whether any part of the date is approximate, uncertain, or one of several."""
    if isinstance(dated, Day):
        return not dated.is_certain
    if isinstance(dated, Span):
        return any(not end.is_certain for end in (dated.first, dated.last) if end is not None)
    return dated.is_one or any(is_circa(item) for item in dated.members)


def format_day(dated: Day) -> str:
    """Return a date as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, its mark left out."""
    return "-".join(
        (dated.year, *(f"{part:02}" for part in (dated.month, dated.day) if part is not None))
    )


def _parse_member(text: str) -> Day | Span | None:
    first, dots, last = text.partition("..")
    return _parse_span(first, last) if dots else _parse_day(text)


def _parse_span(first: str, last: str) -> Span | None:
    start = _parse_day(first) if first not in ("", "..") else None
    end = _parse_day(last) if last not in ("", "..") else None
    return Span(first=start, last=end) if start is not None or end is not None else None


def _parse_day(text: str) -> Day | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    month, day = (
        int(part) if part and part != "XX" else None for part in (match["month"], match["day"])
    )
    if month is None:
        day = None  # the sixth of a month that is not known says no more than its year
    elif not (1 <= month <= 12 or month in _SEASONS):
        return None
    return Day(year=match["year"], month=month, day=day, mark=match["mark"])


def _word(dated: Dated, wording: Wording) -> tuple[str, bool]:
    """Return a date in words, and whether it leaves anything open."""
    if isinstance(dated, Day):
        words = word_day(dated, wording)
        circa = f"{wording.circa} " if dated.mark in ("~", "%") and dated.mark else ""
        asked = "?" if dated.mark in ("?", "%") and dated.mark else ""
        return f"{circa}{words}{asked}", not dated.is_certain
    spoken = wording if wording.order != "year first" else _in_sentence(wording)
    if isinstance(dated, Span):
        return _word_span(dated, spoken), True
    members = dated.members
    if len(members) == 1:
        words, is_open = _word(members[0], wording)
        return words, is_open or dated.is_one
    if len(members) > _MOST_NAMED or any(isinstance(item, Span) for item in members):
        first, last = find_ends(dated)
        told = _word_span(Span(first=first, last=last), spoken) if first or last else "date unknown"
        return told, True
    days = [item for item in members if isinstance(item, Day)]
    return _word_days(days, "or" if dated.is_one else "and", spoken), dated.is_one or any(
        not item.is_certain for item in days
    )


def _in_sentence(wording: Wording) -> Wording:
    return Wording(order="month first", months=wording.months, circa=wording.circa)


def _word_span(span: Span, wording: Wording) -> str:
    if span.first is None or span.last is None:
        only = span.first or span.last
        words = _word(only, wording)[0] if only is not None else ""
        comma = "," if only is not None and only.day and wording.order == "month first" else ""
        return f"{words}{comma} or {'earlier' if span.first is None else 'later'}"
    if format_day(span.first) == format_day(span.last):
        return _word(span.first, wording)[0]
    return "between " + _word_days([span.first, span.last], "and", wording)


def _word_days(days: list[Day], word: str, wording: Wording) -> str:
    """Return several dates in words; what all of them share is said once."""
    first = days[0]
    plain = all(item.is_certain and item.day and not item.is_season for item in days)
    if plain and all((item.year, item.month) == (first.year, first.month) for item in days):
        numbers = _join([str(item.day) for item in days], word)
        name = wording.months[(first.month or 1) - 1]
        if wording.order == "month first":
            return f"{name} {numbers}, {first.year}"
        return f"{numbers} {name} {first.year}"
    if plain and all(item.year == first.year for item in days):
        listed = []
        for item in days:
            name = wording.months[(item.month or 1) - 1]
            is_american = wording.order == "month first"
            listed.append(f"{name} {item.day}" if is_american else f"{item.day} {name}")
        comma = ", " if wording.order == "month first" else " "
        return f"{_join(listed, word)}{comma}{first.year}"
    return _join([_word(item, wording)[0] for item in days], word)


def _join(words: list[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def _sort_day(dated: Day) -> tuple[str, int, int]:
    return dated.first_year, dated.month or 0, dated.day or 0
