"""Dates as a curator types them: EDTF (ISO 8601-2), checked and never guessed at.

What is taken: level 0 (year, month, day, date-time, interval); of level 1 the qualifiers ``?``,
``~`` and ``%`` at the end of a date, unspecified digits from the right (``202X``, ``2024-XX``,
``2024-03-XX``), seasons (``2024-21``) and open intervals (``../2024-03-06``, ``2024-03-06/``);
of level 2 sets: ``[2024-03-06,2024-03-13]`` one of them, ``{…}`` all of them.

Not for: dates as pages state them, in any spelling (`archive.core.edtf`).
"""

import re
from datetime import date, datetime

from archive.core.edtf import read_date
from archive.core.typed import parse_typed, shorten_typed
from archive.errors import InputError

_MOST = 500
_HOW = (
    "write YYYY, YYYY-MM or YYYY-MM-DD; a span as 2024-03-01/2024-03-09,"
    " one of several as [2024-03-06,2024-03-13], uncertain as 2024-03-06?"
)
_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?[?~%]?", re.ASCII
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_SEASONS = range(21, 25)  # ISO 8601-2 §4.8


def parse_edtf(text: str, what: str) -> str:
    """Return ``text`` if it is a date in EDTF; ``what`` names it where it is refused.

    Raises:
        InputError: it is not; the remedy gives the right spelling where there can be only one.
    """
    value = parse_typed(text, what, most=_MOST)
    try:
        _check(value)
    except ValueError as error:
        read = read_date(value)
        raise InputError(
            f"{what} is no date in EDTF: {shorten_typed(value)}{_explain(error)}",
            remedy=f"write {read[0]}, if that is the date you mean" if read else _HOW,
        ) from error
    return value


def _explain(error: ValueError) -> str:
    return f" ({error})" if str(error) else ""


def _check(value: str) -> None:
    """Raise a `ValueError` that says what is wrong, if anything is."""
    if value[0] in "[{":
        if value[-1] != {"[": "]", "{": "}"}[value[0]]:
            raise ValueError("the set is not closed")
        for element in value[1:-1].split(","):
            first, dots, last = element.partition("..")
            _check_span(first, last if dots else first, open_mark="")
    elif "/" in value:
        first, _, last = value.partition("/")
        _check_span(first, last, open_mark="..")
    else:
        _find_bounds(value)


def _check_span(first: str, last: str, *, open_mark: str) -> None:
    """Check both ends; an end that is empty, or ``open_mark``, is open."""
    ends = [None if end in ("", open_mark) else _find_bounds(end) for end in (first, last)]
    if ends == [None, None]:
        raise ValueError("neither end is a date")
    if ends[0] and ends[1] and ends[0][0] > ends[1][1]:
        raise ValueError("it ends before it begins")


def _find_bounds(value: str) -> tuple[str, str]:
    """Return the first and last day that one date can mean, as ``YYYY-MM-DD``, or raise."""
    if _MOMENT.fullmatch(value):
        return (_parse_moment(value),) * 2
    match = _DATE.fullmatch(value)
    if match is None:
        raise ValueError
    year, month, day = match["year"], match["month"] or "XX", match["day"] or "XX"
    if ("X" in year and month != "XX") or (month == "XX" and day != "XX"):
        raise ValueError("unspecified digits stand at the end only")
    if month != "XX" and int(month) in _SEASONS and match["day"] is None:
        return f"{year}-01-01", f"{year}-12-31"
    first = [part.replace("X", "0") for part in (year, month, day)]
    first[1:] = [
        "01" if part == "00" and "X" in was else part
        for part, was in zip(first[1:], (month, day), strict=True)
    ]
    if int(first[0]) < 1:
        raise ValueError("there is no such year")
    try:
        date(*map(int, first))
    except ValueError as error:
        raise ValueError(
            "there is no such day" if match["day"] else "there is no such month"
        ) from error
    last = (year.replace("X", "9"), "12" if month == "XX" else month, "31" if day == "XX" else day)
    return "-".join(first), "-".join(last)


def _parse_moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError("there is no such moment") from error
    return value[:10]
