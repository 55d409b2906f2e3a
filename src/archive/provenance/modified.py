"""When it was changed last, as the page claims.

Rules:

1. Claims of one family count once; the day that most families state is chosen, among equals
   the best ranked.  Changes are many, so claims that contradict each other lower confidence
   rather than forbid an answer.
2. A change after the capture is none.
3. A modified date is never read as a published one, nor the reverse.

Not for: changes that we saw between captures (versions).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.core.claim import Assertion, Claim
from archive.core.span import read_span
from archive.provenance.candidate import (
    Candidate,
    assert_value,
    count_families,
    list_dates,
    make_unknown,
)
from archive.provenance.published import is_same_day

# Judged from one to three families; two hundred pages say no more.
_AGREEMENT = (0.75, 0.88, 0.94)
_CONFLICT = 0.6


def choose_modified(claims: Sequence[Claim], captured: datetime | None) -> Assertion:
    """Return when the statement was changed last."""
    candidates = list_dates("modified", claims)
    until = captured.astimezone(UTC).date() + timedelta(days=1) if captured else None
    possible = [item for item in candidates if not until or _first(item) <= until.isoformat()]
    if not possible:
        return make_unknown("modified")
    exact = [item for item in possible if read_span(item.value).is_day] or possible
    chosen = max(
        exact,
        key=lambda item: (count_families(item, possible, is_same_day), item.rank, -item.place),
    )
    supports = [item for item in possible if is_same_day(item.value, chosen.value)]
    others = [item for item in candidates if item not in supports]
    families = count_families(chosen, possible, is_same_day)
    sure = _CONFLICT if others else _AGREEMENT[min(families, len(_AGREEMENT)) - 1]
    span = read_span(chosen.value)
    return replace(
        assert_value("modified", chosen.value, "agreeing-changes", sure, supports, others),
        earliest=span.first.isoformat() if span.first else None,
        latest=span.last.isoformat() if span.last else None,
    )


def _first(item: Candidate) -> str:
    span = read_span(item.value)
    return span.first.isoformat() if span.first else ""
