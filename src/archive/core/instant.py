"""Moments, always UTC, in the spellings that records use.

WARC dates follow WARC/1.1 §5.4 (W3CDTF, here always with microseconds).  Not for:
reading the clock (it is an argument) or the dates that pages claim (`archive.core.edtf`).
"""

from datetime import UTC, datetime
from functools import lru_cache

from archive.errors import InputError


@lru_cache(maxsize=256)  # a record names its moment several times
def format_instant(moment: datetime) -> str:
    """Return ``moment`` as ``YYYY-MM-DDThh:mm:ss.ffffffZ``; it must be timezone-aware."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 moment with any number of fraction digits; a zone is required.

    Raises:
        InputError: ``text`` is no such moment.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _refusal(text)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # at either end of the calendar
        raise _refusal(text) from error


def _refusal(text: str) -> InputError:
    return InputError(f"not a moment in time: {text!r}", remedy="write it as 2026-11-22T09:30:00Z")
