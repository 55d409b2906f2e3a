"""Whether two stated dates mean the same, and which is later.

A moment means the same in every zone.  A day means the same as a moment within it, as either
is stated: publishers change how exactly they state a date.  Not for: reading dates off pages.
"""

from datetime import datetime

from archive.core.edtf import earliest, latest
from archive.core.instant import parse_instant
from archive.core.span import read_span
from archive.errors import InputError


def is_same_date(old: str | None, new: str | None) -> bool:
    """Tell whether two stated dates mean the same; None means that none is stated."""
    if old == new:
        return True
    if old is None or new is None:
        return False
    first, second = _find_moment(old), _find_moment(new)
    if first and second:
        return first == second
    try:
        return read_span(old) == read_span(new) or _holds(old, new) or _holds(new, old)
    except InputError:
        return old.strip() == new.strip()


def is_later_date(old: str | None, new: str | None) -> bool:
    """Tell whether the date that is stated now is later; one that appeared is."""
    if new is None or is_same_date(old, new):
        return False
    if old is None:
        return True
    first, second = _find_moment(old), _find_moment(new)
    if first and second:
        return second > first
    try:
        before, after = read_span(old), read_span(new)
    except InputError:
        return False
    return bool(before.first and after.first and after.first >= before.first)


def _find_moment(value: str) -> datetime | None:
    if "T" not in value:
        return None
    try:
        return parse_instant(value)
    except InputError:
        return None


def _holds(whole: str, part: str) -> bool:
    """Tell whether ``whole`` is a day and ``part`` a moment on it, in the zone that it states."""
    if "T" in whole or "T" not in part or not read_span(whole).is_day:
        return False
    return earliest(whole[:10]) <= earliest(part[:10]) <= latest(whole[:10])
