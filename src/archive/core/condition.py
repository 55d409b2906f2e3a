"""Conditional requests: asking for a page only if it is not as it was.

Follows RFC 9110 §13.  Rules:

1. Validators are those of one whole answer of status 200, and are sent back as they came.
2. An entity tag has the grammar of §8.8.3, in ASCII, and stands alone; weak ones will do (§13.1.2).
3. ``Last-Modified`` is a date of the preferred form (§5.6.7), a second or more before the ``Date``
   of its answer: of what was changed later in the same second it would know nothing (§8.8.2.2).
4. A request may be conditional only where, the condition aside, it is byte for byte the request
   that brought the answer: another ``Accept-Language`` or cookie may mean another page.

Not for: finding the earlier answer (`archive.workflows.conditions`), or partial requests, which
are never made.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.core.http import Head

_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,500}"')
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FIELDS = (b"if-none-match:", b"if-modified-since:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What was sent: validators of the earlier capture whose principal record is ``record``.

    At least one of ``etag`` and ``last_modified`` is there, as that capture's answer spelt it.
    """

    record: str
    etag: str | None = None
    last_modified: str | None = None


def choose_condition(head: Head, *, record: str) -> Condition | None:
    """Return the condition that the answer with this head allows; None without a validator."""
    if head.status != 200:
        return None
    tags = [value for name, value in head.fields if name.lower() == "etag"]
    etag = tags[0] if len(tags) == 1 and _ETAG.fullmatch(tags[0]) else None
    last_modified = _find_last_modified(head)
    if etag is None and last_modified is None:
        return None
    return Condition(record=record, etag=etag, last_modified=last_modified)


def list_condition_fields(condition: Condition) -> tuple[tuple[str, str], ...]:
    """Return the header fields that say it."""
    fields = (("If-None-Match", condition.etag), ("If-Modified-Since", condition.last_modified))
    return tuple((name, value) for name, value in fields if value is not None)


def strip_condition(request: bytes) -> bytes:
    """Return a request of ours without the fields of a condition."""
    lines = request.split(b"\r\n")
    return b"\r\n".join([line for line in lines if not line.lower().startswith(_FIELDS)])


def _find_last_modified(head: Head) -> str | None:
    stated = [value for name, value in head.fields if name.lower() == "last-modified"]
    if len(stated) != 1:
        return None
    modified, sent = _parse_date(stated[0]), _parse_date(head.find("date") or "")
    if modified is None or sent is None or sent - modified < timedelta(seconds=1):
        return None
    return stated[0]


def _parse_date(text: str) -> datetime | None:
    """Return the moment of an IMF-fixdate (RFC 9110 §5.6.7), None for anything else."""
    if not _DATE.fullmatch(text) or text[8:11] not in _MONTHS:
        return None
    month = _MONTHS.index(text[8:11]) + 1
    hour, minute, second = (int(part) for part in text[17:25].split(":"))
    try:
        moment = datetime(int(text[12:16]), month, int(text[5:7]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return moment if _DAYS[moment.weekday()] == text[:3] else None
