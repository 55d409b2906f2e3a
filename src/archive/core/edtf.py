"""Dates as pages state them, read into EDTF (ISO 8601-2, level 0): as exact as stated, no more.

Rules:

1. A month stays a month and a year a year; nothing is completed, and a date that two
   readings fit (``03/04/2024``) is not read at all.
2. A date-time keeps its own offset.  Where none is stated, none is added, and the note says
   so; a zone given by name is an assumption, which the note names.
3. EDTF writes times to the second: fractions are left off, and a time stated to the minute
   is given ``:00``.
4. Impossible dates, and years before 1900 or after 2100, are not read.

Spellings: ISO 8601 (extended, basic, week and ordinal dates), RFC 5322, the three forms of
RFC 9110 §5.6.7, ``YYYY/MM/DD``, ``DD.MM.YYYY``, English month names.  Not for: moments that
records carry (`archive.core.instant`), or judging whether a date is true.
"""

import calendar
import re
from datetime import UTC, date, datetime, timedelta

from archive.errors import InputError

FIRST_YEAR = 1900
LAST_YEAR = 2100
NO_ZONE = "none stated"
_LONGEST = 80  # characters; no date that people write is longer
_FLAGS = re.IGNORECASE | re.ASCII

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
        "|september sept sep|october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
# RFC 5322 §4.3 fixes these offsets; other names mean different things in different places.
_ZONES = {
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_UNIVERSAL = ("Z", "UTC", "GMT", "UT")

_WEEKDAY = re.compile(
    r"\A(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|mo|di|mi|do|fr|sa|so)"
    r"\.?,?\s+",
    _FLAGS,
)
_MONTH_NAME = "(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_NUMBER = r"(?P<month>\d{1,2})"
_END = r"(?![\dA-Za-z-]|\.\d)|(?=T\d)|(?=(?:Z|[+-]\d\d:\d\d)$)"
# In this order; the first that fits the start decides.
_DATES = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"{_YEAR}-?W(?P<week>\d\d)-?(?P<weekday>[1-7])(?:{_END})",
        rf"{_YEAR}-(?P<ordinal>\d{{3}})(?:{_END})",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:{_END}|(?=\d{{6}}(?!\d)))",
        rf"{_YEAR}(?P<mark>[-/.]){_NUMBER}(?P=mark)(?P<day>\d{{1,2}})(?:{_END})",
        rf"{_YEAR}[-/]{_NUMBER}(?:{_END})",
        rf"(?P<day>\d{{1,2}})\.\s?{_NUMBER}\.\s?{_YEAR}(?:{_END})",
        rf"(?P<one>\d{{1,2}})(?P<mark>[-/])(?P<two>\d{{1,2}})(?P=mark){_YEAR}(?:{_END})",
        rf"{_DAY}[\s-](?:of )?{_MONTH_NAME},?[\s-]{_YEAR}(?:{_END})",
        rf"(?P<day>\d\d)-{_MONTH_NAME}-(?P<short>\d\d)(?= \d)",
        rf"{_MONTH_NAME}\s{_DAY},?\s{_YEAR}(?:{_END})",
        rf"{_MONTH_NAME},?\s{_YEAR}(?:{_END})",
        rf"{_YEAR}(?:{_END})",
    )
)  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
_PACKED = r"(?P<packed>\d{4}|\d{6})(?:[.,]\d{1,9})?"
_TIME = re.compile(
    rf"(?:(?:T|,?\s+(?:at\s+|-\s+|\|\s+)?){_CLOCK}|T?{_PACKED})"
    r"(?:\s?(?P<half>[ap])\.?m\.?(?![a-z])|\s?Uhr)?"
    r"(?:\s?(?:(?:GMT|UTC)(?=[+-]))?(?P<offset>[+-]\d\d(?::?\d\d)?)(?:\s(?:GMT|UTC))?"
    r"|\s?(?P<zone>[A-Z]{1,5}))?"
    r"(?:\s?(?:\([^()]*\)|\[[^\[\]]*\]))?",
    _FLAGS,
)
# The date forms of C and Java, where the year comes last: `Sun Nov  6 08:49:37 GMT 1994`.
_YEAR_LAST = re.compile(
    rf"{_MONTH_NAME} (?P<day>\d{{1,2}}) (?P<time>\d\d:\d\d:\d\d)(?P<zone> [A-Z]{{1,5}})? {_YEAR}",
    _FLAGS,
)
_DAY_ZONE = re.compile(r"Z|[+-]\d\d:\d\d")  # XML Schema allows a zone on a day
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?", _FLAGS)
_EDTF = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d:\d\d)(Z|[+-]\d\d(?::\d\d)?)?)?)?)?", _FLAGS
)


def read_date(raw: str) -> tuple[str, str | None] | None:
    """Return the date that ``raw`` states, in EDTF, and a note on its zone; None if unreadable.

    The note is None where no assumption was needed.
    """
    text = " ".join(raw.split())
    if not text or len(text) > _LONGEST:
        return None
    text = _WEEKDAY.sub("", text, count=1) if text[0].isalpha() else text
    if match := _YEAR_LAST.fullmatch(text):
        text = (
            f"{match['day']} {match['name']} {match['year']} {match['time']}{match['zone'] or ''}"
        )
    for pattern in _DATES:
        if match := pattern.match(text):
            day = _read_calendar(match.groupdict())
            return _read_time(day, text[match.end() :]) if day else None
    return None


def read_epoch(raw: str) -> tuple[str, str | None] | None:
    """Return the moment of a count of seconds or milliseconds since 1970, in EDTF.

    Ten or thirteen digits, so September 2001 to 2286; only for sources known to count so.
    """
    match = _EPOCH.fullmatch(raw.strip())
    if match is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match.group(1)))
    return (moment.strftime("%Y-%m-%dT%H:%M:%SZ"), None) if moment.year <= LAST_YEAR else None


def format_day(value: str) -> str | None:
    """Return the calendar day of an EDTF date, as it stood where it was stated.

    None where the date is less exact than a day.
    """
    earliest(value)
    return value[:10] if len(value) >= len("YYYY-MM-DD") else None


def earliest(value: str) -> datetime:
    """Return the first moment that an EDTF date can mean; where no zone is stated, in UTC.

    Raises:
        InputError: ``value`` is no EDTF date of level 0 (year, month, day or date-time).
    """
    return _bounds(value)[0]


def latest(value: str) -> datetime:
    """Return the last microsecond that an EDTF date can mean; where no zone is stated, in UTC.

    Raises:
        InputError: ``value`` is no EDTF date of level 0 (year, month, day or date-time).
    """
    return _bounds(value)[1]


def _bounds(value: str) -> tuple[datetime, datetime]:
    match = _EDTF.fullmatch(value)
    try:
        if match is None:
            raise ValueError("spelling")
        year, month, day, clock, zone = match.groups()
        first = date(int(year), int(month or 1), int(day or 1))
        if clock:
            spelled = f"{value}+00:00" if zone is None else value
            start = datetime.fromisoformat(spelled).astimezone(UTC)
            return start, start + timedelta(seconds=1, microseconds=-1)
        if day:
            days = 1
        elif month:
            days = calendar.monthrange(first.year, first.month)[1]
        else:
            days = 366 if calendar.isleap(first.year) else 365
        start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        return start, start + timedelta(days=days - 1) + timedelta(days=1, microseconds=-1)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"not an EDTF date: {value!r}", remedy="write YYYY, YYYY-MM or YYYY-MM-DD"
        ) from error


def _read_calendar(parts: dict[str, str | None]) -> str | None:
    """Return year, month or day in EDTF, or None where there is no such day."""
    part = {name: int(text) for name, text in parts.items() if text and text.isdecimal()}
    if "short" in part:  # RFC 850's two digits, by the rule of RFC 5322 §4.3
        part["year"] = part["short"] + (2000 if part["short"] < 50 else 1900)
    if name := parts.get("name"):
        part["month"] = _MONTHS[name.lower()]
    if "one" in part:
        one, two = part["one"], part["two"]
        if one != two and max(one, two) <= 12:
            return None
        part["day"], part["month"] = max(one, two), min(one, two)
    year = part["year"]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if "week" in part:
            return date.fromisocalendar(year, part["week"], part["weekday"]).isoformat()
        if "ordinal" in part:
            day = date(year, 1, 1) + timedelta(days=part["ordinal"] - 1)
            return day.isoformat() if day.year == year else None
        exact = date(year, part.get("month", 1), part.get("day", 1)).isoformat()
    except ValueError:
        return None
    if "day" in part:
        return exact
    return exact[:7] if "month" in part else exact[:4]


def _read_time(day: str, rest: str) -> tuple[str, str | None] | None:
    """Join the time that ``rest`` states to ``day``; anything else there spoils the date."""
    if not rest.strip(" ,.") or _DAY_ZONE.fullmatch(rest):
        return day, None
    match = _TIME.fullmatch(rest)
    if match is None or len(day) < len("YYYY-MM-DD"):
        return None
    packed = match["packed"]
    hour, minute, second = (
        (packed[:2], packed[2:4], packed[4:]) if packed else match.group("hour", "minute", "second")
    )
    hours = int(hour)
    if match["half"]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if match["half"].lower() == "p" else 0)
    if hours > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    clock = f"{day}T{hours:02}:{minute}:{second or '00'}"
    if offset := match["offset"]:
        digits = offset.replace(":", "")[1:].ljust(4, "0")
        if int(digits[:2]) > 14 or int(digits[2:]) > 59:
            return None
        return clock + ("Z" if digits == "0000" else f"{offset[0]}{digits[:2]}:{digits[2:]}"), None
    name = (match["zone"] or "").upper()
    if not name:
        return clock, NO_ZONE
    if name in _UNIVERSAL:
        return f"{clock}Z", None
    if name in _ZONES:
        return clock + _ZONES[name], f"{name} read as {_ZONES[name]}"
    return clock, f"{name} not read"
