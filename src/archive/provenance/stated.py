"""What a page itself states, for telling versions apart: title, dates, author, publisher.

Stricter than an assertion, which may rest on anything.  Rules:

1. What programs (trafilatura, htmldate) answer, what stands about other pages (listed JSON-LD),
   what companions (a feed, a REST record), address, server or comments say does not count:
   it changes with the program, with the neighbours, with the hour, or with whether it could be
   fetched, while the statement stands still.
2. A date counts only where it stands as the page's own: in structured data, in a `time` element
   of it, behind a label, in a dateline, beside the headline.  A bare date in ``meta`` or above the
   headline may be the time of the request.
3. Of dates the best ranked is taken, among equals the first; how many agree does not matter, nor
   when the page was captured.

Not for: what is believed (`archive.provenance.assertions`), or curators' assertions.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from archive.core.claim import Claim, Field
from archive.core.span import read_span
from archive.core.text import fold_text
from archive.core.version import Stated
from archive.provenance.assertions import list_host_names
from archive.provenance.author import choose_author
from archive.provenance.candidate import PROGRAMS, list_candidates
from archive.provenance.publisher import choose_publisher
from archive.provenance.title import choose_title

_LISTED = "json-ld-listed"
_DATED: dict[Field, frozenset[str]] = {
    "published": frozenset(
        "analytics json-ld-page json-ld-article itemprop itemprop-created open-graph citation"
        " dublin-core time-published time-first visible-labelled visible-class visible-dateline"
        " visible-heading".split()
    ),
    "modified": frozenset(
        "analytics json-ld-page json-ld-article itemprop open-graph open-graph-updated dublin-core"
        " time-updated visible-updated".split()
    ),
}


def choose_stated(claims: Sequence[Claim], url: str | None) -> tuple[str | None, Stated]:
    """Return title and metadata as the page states them; ``url`` is the address captured."""
    own = [
        claim
        for claim in claims
        if claim.source not in PROGRAMS and claim.record is None and _find_rule(claim) != _LISTED
    ]
    names = frozenset(
        fold_text(claim.value) for claim in own if claim.field == "publisher" and claim.value
    )
    stated = Stated(
        published=_choose_date("published", own),
        modified=_choose_date("modified", own),
        author=choose_author(own, names).value,
        publisher=choose_publisher(own).value,
    )
    return choose_title(own, names | list_host_names(url)).value, stated


def drop_later(stated: Stated, captured: datetime) -> Stated:
    """Return what is stated without dates that lie later than the day after ``captured``.

    For what is compared once; between captures it would make a version of the day's end.
    """
    until = captured.astimezone(UTC).date() + timedelta(days=1)
    kept = {
        name: value if value is None or not _is_later(value, until) else None
        for name, value in (("published", stated.published), ("modified", stated.modified))
    }
    return replace(stated, **kept)


def _is_later(value: str, until: date) -> bool:
    first = read_span(value).first
    return first is not None and first > until


def _choose_date(field: Field, claims: Sequence[Claim]) -> str | None:
    candidates = [
        item
        for item in list_candidates(field, claims)
        if _find_rule(item.claim) in _DATED[field] and "/" not in item.value
    ]
    best = max(candidates, key=lambda item: (item.rank, -item.place), default=None)
    return None if best is None else best.value


def _find_rule(claim: Claim) -> str:
    return claim.rule.partition("/")[0]
