"""Claims to assertions: what is believed of a statement, on which claims, and how surely.

Rules, version 1:

1. A claim's rank is the share of pages on which its kind was right where that was measured
   (published: 995 pages, publisher: 258, title and author: 120), else judged (modified,
   language, kinds too rare to measure); `_RANKS` holds it.  Of dates only the order of ranks
   counts.  A claim without a value supports nothing.
2. Dates agree where their days as stated are the same, or their moments are; a month or a
   year agrees with every day in it.  The date that most independent families of signals
   support is chosen; among equals, the best ranked claim decides, and gives the value.
3. A date's confidence comes from agreement: `_AGREEMENT` by the number of families that
   support it, `_CONFLICT` where any claim says otherwise.
4. Names and titles are compared folded; their confidence is the rank of the best claim.  A
   site's name is taken off a title only where the page itself claims that name.
5. A modified date is never read as a published one.  Without evidence the value is None.

Not for: finding claims (`archive.extract`), or curators' assertions, which stand beside these.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.core.claim import FIELDS, Assertion, Claim, Field
from archive.core.edtf import earliest, format_day
from archive.core.text import fold_text

VERSION = 1

# Right answers in a hundred, by field and rule (without its version).
_RANKS: dict[Field, dict[str, int]] = {
    "title": {
        "json-ld-article": 80,
        "open-graph": 77,
        "dublin-core": 75,
        "citation": 75,
        "analytics": 75,
        "json-ld-page": 72,
        "twitter": 72,
        "heading": 80,
        "json-ld-listed": 60,
        "meta": 60,
        "title-element": 51,
        "headings": 29,
    },
    "publisher": {
        "json-ld-site": 63,
        "open-graph": 54,
        "json-ld-article": 52,
        "json-ld-page": 52,
        "json-ld-listed": 50,
        "citation": 50,
        "dublin-core": 45,
        "meta": 45,
        "twitter": 33,
    },
    "author": {
        "analytics": 80,
        "json-ld-article": 74,
        "json-ld-page": 74,
        "dublin-core": 70,
        "citation": 70,
        "meta": 60,
        "json-ld-listed": 50,
        "open-graph": 38,
    },
    "published": {
        "analytics": 98,
        "json-ld-page": 97,
        "open-graph": 94,
        "json-ld-article": 92,
        "citation": 90,
        "meta": 83,
        "dublin-core": 79,
        "json-ld-listed": 70,
    },
    "modified": {
        "json-ld-article": 81,
        "json-ld-page": 81,
        "open-graph": 71,
        "open-graph-updated": 71,
        "analytics": 71,
        "meta": 60,
        "dublin-core": 60,
        "json-ld-listed": 60,
        "http-modified": 50,
    },
    "language": {
        "html-language": 90,
        "json-ld-article": 85,
        "json-ld-page": 85,
        "open-graph": 80,
        "dublin-core": 80,
        "citation": 80,
        "meta-language": 80,
        "meta": 75,
        "http-language": 75,
        "json-ld-listed": 70,
    },
}
_UNRANKED = 40

# Share right where so many families of signals agree (three or more: the last), measured on
# published dates; and where they do not.
_AGREEMENT = (0.86, 0.96, 0.99)
_CONFLICT = 0.65

# What sites put between a title and their name; a colon is too common within titles.
_SEPARATOR = re.compile(r"\s+[|\-\u2013\u2014\u00b7\u2022\u00bb\u00ab:/]{1,2}\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A claim with a value, its place among the claims, and what it is compared by."""

    place: int
    claim: Claim
    value: str
    rank: int


def choose_assertions(claims: tuple[Claim, ...]) -> tuple[Assertion, ...]:
    """Return one assertion for each of `FIELDS`, in that order."""
    names = frozenset(
        fold_text(claim.value) for claim in claims if claim.field == "publisher" and claim.value
    )
    return tuple(_choose(field, claims, names) for field in FIELDS)


def strip_site_name(title: str, names: frozenset[str]) -> str:
    """Return ``title`` without a first or last part that folds to one of ``names``."""
    places = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    if places and fold_text(title[places[-1][1] :]) in names:
        title = title[: places[-1][0]]
        places.pop()
    if places and fold_text(title[: places[0][0]]) in names:
        title = title[places[0][1] :]
    return title


def _choose(field: Field, claims: tuple[Claim, ...], names: frozenset[str]) -> Assertion:
    candidates = [
        _Candidate(
            place=place,
            claim=claim,
            value=strip_site_name(claim.value, names) if field == "title" else claim.value,
            rank=_RANKS[field].get(claim.rule.partition("/")[0], _UNRANKED),
        )
        for place, claim in enumerate(claims)
        if claim.field == field and claim.value is not None
    ]
    if not candidates:
        return Assertion(
            field=field, value=None, rule="none", confidence=0.0, supports=(), contradicts=()
        )
    if field in ("published", "modified"):
        return _choose_date(field, candidates)
    if field == "author":
        return _choose_authors(candidates, names)
    return _choose_name(field, candidates)


def _choose_date(field: Field, candidates: list[_Candidate]) -> Assertion:
    exact = [item for item in candidates if format_day(item.value)] or candidates
    chosen = max(
        exact,
        key=lambda item: (_count_families(item, candidates, _same_date), item.rank, -item.place),
    )
    supports = [item for item in candidates if _same_date(item.value, chosen.value)]
    others = [item for item in candidates if item not in supports]
    families = _count_families(chosen, candidates, _same_date)
    confidence = _CONFLICT if others else _AGREEMENT[min(families, len(_AGREEMENT)) - 1]
    return _assert(field, chosen.value, "agreeing-dates", confidence, supports, others)


def _choose_name(field: Field, candidates: list[_Candidate]) -> Assertion:
    agree = _AGREE.get(field, _same_name)
    chosen = max(
        candidates,
        key=lambda item: (_count_families(item, candidates, agree), item.rank, -item.place),
    )
    supports = [item for item in candidates if agree(item.value, chosen.value)]
    others = [item for item in candidates if item not in supports]
    confidence = max(item.rank for item in supports) / 100
    return _assert(field, chosen.value, f"agreeing-{field}s", confidence, supports, others)


def _choose_authors(candidates: list[_Candidate], names: frozenset[str]) -> Assertion:
    """Choose a source, and of that source all authors, in its order.

    The publisher's own name counts only where nobody else is named.
    """
    people = [item for item in candidates if fold_text(item.value) not in names] or candidates
    best = max(people, key=lambda item: (item.rank, -item.place))
    listed = [item for item in people if item.claim.rule == best.claim.rule]
    spelled: dict[str, str] = {}
    for item in listed:
        spelled.setdefault(fold_text(item.value), item.value)
    value = "; ".join(spelled.values())
    supports = [item for item in candidates if fold_text(item.value) in spelled]
    others = [item for item in candidates if item not in supports]
    return _assert("author", value, "best-ranked-authors", best.rank / 100, supports, others)


def _assert(
    field: Field,
    value: str,
    rule: str,
    confidence: float,
    supports: list[_Candidate],
    contradicts: list[_Candidate],
) -> Assertion:
    return Assertion(
        field=field,
        value=value,
        rule=f"{rule}/{VERSION}",
        confidence=confidence,
        supports=tuple(item.place for item in supports),
        contradicts=tuple(item.place for item in contradicts),
    )


def _count_families(
    chosen: _Candidate, candidates: list[_Candidate], agree: Callable[[str, str], bool]
) -> int:
    return len({item.claim.source for item in candidates if agree(item.value, chosen.value)})


def _same_name(one: str, other: str) -> bool:
    return fold_text(one) == fold_text(other)


def _same_title(stated: str, chosen: str) -> bool:
    """Tell whether ``stated`` is the title ``chosen``, or has it before its first separator."""
    return fold_text(chosen) in (fold_text(stated), fold_text(_SEPARATOR.split(stated, 1)[0]))


def _same_language(stated: str, chosen: str) -> bool:
    """Tell whether ``stated`` is the language ``chosen``, or the same less exactly."""
    return stated == chosen or chosen.startswith(f"{stated}-")


def _same_date(one: str, other: str) -> bool:
    first, second = one[:10], other[:10]
    if first.startswith(second) or second.startswith(first):
        return True
    zoned = all(len(value) > len("YYYY-MM-DDThh:mm:ss") for value in (one, other))
    return zoned and earliest(one) == earliest(other)


_AGREE: dict[Field, Callable[[str, str], bool]] = {
    "title": _same_title,
    "language": _same_language,
}
