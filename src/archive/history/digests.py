"""The digests of what one reading gave, by which captures of a statement are told apart.

Rules, each of whose versions is told in `RULES`, and raised with any change to what it gives:

1. ``words`` is of the statement's own words (`archive.history.own_words`).
2. ``fold`` is of their letters and digits alone: same fold, other words is typographic.
3. ``title`` is of the stated title in normal form; none is the empty one.
4. ``meta`` is of the stated metadata as canonical JSON.  A moment counts, not the zone that it is
   told in.

Not for: integrity, which rests on the bytes alone; or what a page states
(`archive.provenance.stated`).
"""

import re
from datetime import UTC, datetime

from archive.core.canonical import format_canonical
from archive.core.digest import digest_bytes
from archive.core.text import fold_text, normalise_text
from archive.core.version import Digests, Stated
from archive.history.own_words import read_own_words

# `text` and `visible` are made where pages are read (``docs/format.md``, "Versions").
RULES = "text/1 words/1 fold/1 visible/1 title/1 meta/1"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def derive_digests(text: str | None, title: str | None, stated: Stated) -> Digests:
    """Return the digests of a main text in normal form, None for none, and what is stated."""
    words = None if text is None else read_own_words(text)
    return Digests(
        words=None if words is None else _digest(words),
        fold=None if words is None else _digest(fold_text(words)),
        title=_digest(normalise_text(title or "")),
        meta=_digest(format_canonical(_list_stated(stated)).decode()),
    )


def _list_stated(stated: Stated) -> dict[str, object]:
    fields: dict[str, str | None] = {
        "published": _settle(stated.published),
        "modified": _settle(stated.modified),
        "author": stated.author,
        "publisher": stated.publisher,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _settle(date: str | None) -> str | None:
    """Return a moment with a zone in UTC, and any other date as it is."""
    if date is None or not _MOMENT.fullmatch(date):
        return date
    try:
        return datetime.fromisoformat(date).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return date


def _digest(text: str) -> str:
    return str(digest_bytes(text.encode()))
