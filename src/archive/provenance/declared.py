"""The questions that agreement alone answers: language, licence, correction.

1. A language less exactly stated agrees with the same one stated more exactly.
2. A licence's claims agree where they are equal.
3. Of correction notices the best ranked is shown; all are kept.

Not for: the other questions, which have modules of their own.
"""

from collections.abc import Sequence

from archive.core.claim import Assertion, Claim
from archive.provenance.candidate import (
    assert_value,
    choose_name,
    list_candidates,
    make_unknown,
)


def choose_language(claims: Sequence[Claim]) -> Assertion:
    """Return the language that the page declares."""
    return choose_name("language", list_candidates("language", claims), _is_same_language)


def choose_licence(claims: Sequence[Claim]) -> Assertion:
    """Return the licence that the page states."""
    return choose_name(
        "licence", list_candidates("licence", claims), lambda one, other: one == other
    )


def choose_correction(claims: Sequence[Claim]) -> Assertion:
    """Return the first notice of a correction; further ones are no contradiction."""
    candidates = list_candidates("correction", claims)
    if not candidates:
        return make_unknown("correction")
    chosen = max(candidates, key=lambda item: (item.rank, -item.place))
    return assert_value(
        "correction", chosen.value, "stated-notice", chosen.rank / 100, candidates, ()
    )


def _is_same_language(stated: str, chosen: str) -> bool:
    return stated == chosen or chosen.startswith(f"{stated}-")
