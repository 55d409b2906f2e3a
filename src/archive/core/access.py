"""Who may see a statement: everybody, everybody from a day on, or only who keeps the archive.

What is not open stays out of what is published (`archive.workflows.publish`).  It is no secret
kept: whoever holds the archive's folder reads everything.  Not for: withdrawing bytes.
"""

import re
from dataclasses import dataclass
from datetime import date

from archive.core.typed import shorten_typed
from archive.errors import InputError

_EMBARGO = "embargo "
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Everybody may see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargo:
    """Everybody may see it from the day ``until`` on, in UTC."""

    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Only who keeps the archive may see it."""


Access = Open | Embargo | Private


def format_access(access: Access) -> str:
    """Return the access in words, as `parse_access` reads them."""
    match access:
        case Open():
            return "open"
        case Embargo():
            return f"{_EMBARGO}{access.until.isoformat()}"
        case Private():
            return "private"


def parse_access(text: str) -> Access:
    """Read ``open``, ``private`` or ``embargo 2027-01-31``.

    Raises:
        InputError: it is none of them.
    """
    if text == "open":
        return Open()
    if text == "private":
        return Private()
    day = text.removeprefix(_EMBARGO)
    if day != text and _DAY.fullmatch(day):
        try:
            return Embargo(until=date.fromisoformat(day))
        except ValueError:
            pass  # as the 30th of February
    raise InputError(
        f"no such access: {shorten_typed(text)}",
        remedy="open, private, or embargo with a day, as in 'embargo 2027-01-31'",
    )


def is_closed(access: Access, today: date) -> bool:
    """Tell whether a stranger may not see it today."""
    match access:
        case Open():
            return False
        case Embargo():
            return today < access.until
        case Private():
            return True
