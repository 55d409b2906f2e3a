"""Moments and addresses as Memento and its kin write them.

Follows RFC 7089, "HTTP Framework for Time-Based Access to Resource States", section 2.1.1.3
(dates are those of RFC 1123, always GMT) and, for time stamps of up to 14 digits, the Wayback
Machine.  Times are whole seconds: of captures in one second, the later answers.  Not for:
choosing a capture (`archive.index.mementos`).
"""

import re
from datetime import UTC, datetime, timedelta

from archive.core.uri import Url, parse_url
from archive.errors import InputError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(
    rf"(?:{'|'.join(_DAYS)}), (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)
_STAMP = re.compile(r"\d{4}(?:\d\d){0,5}", re.ASCII)
_EARLIEST = "00000101000000"
_SCHEME = re.compile(r"(https?):/{1,2}(?!/)", re.IGNORECASE)

_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/", re.IGNORECASE)


def parse_http_date(text: str) -> datetime:
    """Read the value of ``Accept-Datetime``.

    Raises:
        InputError: it is no date in this one form.
    """
    match = _HTTP_DATE.fullmatch(text.strip())
    try:
        if match is not None:
            month = _MONTHS.index(match[2]) + 1
            day, year, hour, minute, second = (int(match[place]) for place in (1, 3, 4, 5, 6))
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        pass
    raise InputError(
        f"not a date of HTTP: {text[:60]!r}", remedy="write it as Sun, 22 Nov 2026 09:30:00 GMT"
    )


def format_http_date(moment: datetime) -> str:
    """Return ``moment`` to the second, as in ``Sun, 22 Nov 2026 09:30:00 GMT``."""
    utc = moment.astimezone(UTC)
    month = _MONTHS[utc.month - 1]
    return f"{_DAYS[utc.weekday()]}, {utc:%d} {month} {utc.year:04} {utc:%H:%M:%S} GMT"


def parse_stamp(text: str, *, latest: bool = False) -> datetime:
    """Read a time stamp of 4 to 14 digits; of a shorter one, the beginning of what it names.

    With ``latest``, its last second.

    Raises:
        InputError: it is none, or there is no such moment.
    """
    try:
        if _STAMP.fullmatch(text):
            return _find_end(text) if latest else _parse_digits(text)
    except (ValueError, OverflowError):
        pass
    raise InputError(f"not a time stamp: {text[:60]!r}", remedy="write it as 20261122093000")


def format_stamp(moment: datetime) -> str:
    """Return ``moment`` to the second in 14 digits."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%d%H%M%S}"


def parse_original(text: str) -> Url:
    """Read an address that stood at the end of a path, where proxies merge slashes.

    Without a scheme it is taken for one of http.

    Raises:
        InputError: it is no address that could have been captured.
    """
    if match := _SCHEME.match(text):
        return parse_url(f"{match[1]}://{text[match.end() :]}")
    return parse_url(text if _ANY_SCHEME.match(text) else f"http://{text}")


def _parse_digits(text: str) -> datetime:
    full = text + _EARLIEST[len(text) :]
    month, day, hour, minute, second = (int(full[place : place + 2]) for place in range(4, 14, 2))
    return datetime(int(full[:4]), month, day, hour, minute, second, tzinfo=UTC)


def _find_end(text: str) -> datetime:
    """Return the last second of the year, month, day, hour, minute or second that is named."""
    start = _parse_digits(text)
    match len(text):
        case 4:
            following = start.replace(year=start.year + 1)
        case 6:
            following = (start + timedelta(days=31)).replace(day=1)
        case 8:
            following = start + timedelta(days=1)
        case 10:
            following = start + timedelta(hours=1)
        case 12:
            following = start + timedelta(minutes=1)
        case _:
            following = start + timedelta(seconds=1)
    return following - timedelta(seconds=1)
