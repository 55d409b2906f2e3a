"""Watch orders: that an address, a feed or a sitemap be visited again and again.

Rules:

1. An order's id is made from the record id of the annotation that first gave it; its URN is
   ``urn:archive:watch:ID``.
2. What an order brings in is visited under it as long as it is active and its end not reached.

Not for: when a visit is due (`archive.history.schedule`), or how an order is stored
(`archive.core.annotation`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from archive.core.identity import derive_capture_id
from archive.core.typed import shorten_typed
from archive.errors import InputError

_PREFIX = "urn:archive:watch:"
_DURATION = re.compile(r"(\d{1,6})(m|h|d|w)", re.ASCII)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=3660)

# What is watched: one statement, or a list that brings statements in.
WatchKind = Literal["url", "feed", "sitemap"]
WATCH_KINDS: tuple[WatchKind, ...] = get_args(WatchKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOrder:
    """What is to be visited again, and how often; ``every`` None leaves that to the schedule.

    ``until`` is the moment after which nothing is due.  An order that is not active any more was
    taken back.  ``backfill`` brings in what a list named before the order was given, too.
    """

    kind: WatchKind
    address: str
    every: timedelta | None = None
    until: datetime | None = None
    active: bool = True
    backfill: bool = False


def format_watch_urn(watch_id: str) -> str:
    """Return the URN of an order, which its annotations have as their target."""
    return _PREFIX + watch_id


def derive_watch_id(record_id: str) -> str:
    """Return the id of the order that the annotation of this record id first gives."""
    return derive_capture_id(record_id)


def find_watch_id(target: str) -> str | None:
    """Return the id that a target names, or None where it names no order."""
    return target.removeprefix(_PREFIX) if target.startswith(_PREFIX) else None


def parse_duration(text: str) -> timedelta:
    """Read a length of time that a person types, as in ``15m``, ``6h``, ``1d`` or ``2w``.

    Raises:
        InputError: it is none, shorter than a minute or longer than ten years.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"no length of time: {shorten_typed(text)}", remedy="as in 15m, 6h, 1d or 2w"
        )
    found = int(match[1]) * _UNITS[match[2]]
    if not SHORTEST <= found <= LONGEST:
        raise InputError(
            f"{shorten_typed(text)} is not between one minute and ten years",
            remedy="as in 15m, 6h, 1d or 2w",
        )
    return found


def format_duration(length: timedelta) -> str:
    """Return a length of time in the largest unit that gives a whole number, as in ``6h``."""
    for name, unit in reversed(_UNITS.items()):
        if name != "w" and length >= unit and not length % unit:
            return f"{length // unit}{name}"
    return f"{int(length.total_seconds())}s"
