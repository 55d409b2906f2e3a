"""A claim as an answer to one question: what all questions share.

Not for: choosing among candidates (the modules of the questions).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.core.claim import Assertion, Claim, Field
from archive.provenance.ranks import find_rank

VERSION = 5
PROGRAMS = frozenset({"htmldate", "trafilatura"})


# Where clocks of computers begin, in UTC and in the evening before, west of it.
_UNSET = frozenset(
    "1970-01-01 1969-12-31 1900-01-01 1899-12-31 1899-12-30 1904-01-01 1980-01-01 1601-01-01"
    " 0001-01-01".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A claim with a value, its place among the claims, and what it is compared by."""

    place: int
    claim: Claim
    value: str
    rank: int


def list_candidates(field: Field, claims: Sequence[Claim]) -> list[Candidate]:
    """Return the claims of ``field`` that could be read."""
    return [
        Candidate(place=place, claim=claim, value=claim.value, rank=find_rank(claim))
        for place, claim in enumerate(claims)
        if claim.field == field and claim.value is not None
    ]


def list_dates(field: Field, claims: Sequence[Claim]) -> list[Candidate]:
    """Return the claims of ``field`` that could be read, but for those of a clock never set."""
    return [item for item in list_candidates(field, claims) if item.value[:10] not in _UNSET]


def make_unknown(field: Field) -> Assertion:
    """Return the assertion that nothing is known."""
    return Assertion(
        field=field, value=None, rule="none", confidence=0.0, supports=(), contradicts=()
    )


def assert_value(
    field: Field,
    value: str,
    rule: str,
    confidence: float,
    supports: Iterable[Candidate],
    contradicts: Iterable[Candidate],
) -> Assertion:
    """Return an assertion; the rule is given this folder's version."""
    return Assertion(
        field=field,
        value=value,
        rule=f"{rule}/{VERSION}",
        confidence=round(confidence, 2),
        supports=tuple(item.place for item in supports),
        contradicts=tuple(item.place for item in contradicts),
    )


def choose_name(
    field: Field, candidates: Sequence[Candidate], agree: Callable[[str, str], bool]
) -> Assertion:
    """Choose the name that most families agree on; among equals the best ranked claim."""
    if not candidates:
        return make_unknown(field)
    chosen = max(
        candidates,
        key=lambda item: (count_families(item, candidates, agree), item.rank, -item.place),
    )
    supports = [item for item in candidates if agree(item.value, chosen.value)]
    others = [item for item in candidates if item not in supports]
    confidence = max(item.rank for item in supports) / 100
    return assert_value(field, chosen.value, f"agreeing-{field}s", confidence, supports, others)


def count_families(
    chosen: Candidate, candidates: Iterable[Candidate], agree: Callable[[str, str], bool]
) -> int:
    """Return how many families of signals agree with ``chosen``; programs are none.

    A program reads the places that we read, so that its agreement is no news.
    """
    families = {item.claim.source for item in candidates if agree(item.value, chosen.value)}
    return len(families - PROGRAMS)
