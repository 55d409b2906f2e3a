"""Who published it: four roles, never merged.

1. *Host* is the site that we captured from, from the address alone.
2. *Publisher* is whom the page declares; no field is trusted alone, agreement decides.
3. *Credited* is the source that the text names: an agency in the dateline or in brackets, an
   agency named as author, a source line.  A photo's credit never gets here.
4. *Origin* is who published it first.  Only a page that credits an agency in its dateline, or
   gives an address on another site as its own, says so; else it is unknown until texts are
   compared.  It never replaces host or publisher.

Not for: curated names of organisations.
"""

from collections.abc import Sequence
from dataclasses import replace

from archive.core.agency import SITES, find_agency
from archive.core.claim import Assertion, Claim
from archive.core.text import fold_text
from archive.core.uri import parse_url
from archive.errors import InputError
from archive.provenance.candidate import (
    Candidate,
    assert_value,
    choose_name,
    list_candidates,
    make_unknown,
)
from archive.provenance.ranks import RANKS

_FIRM = ("dateline", "agency-tag", "agency-author")
_INFERRED = 0.6


def choose_host(url: str | None) -> Assertion:
    """Return the host captured from; no claim of the page has a say in it."""
    try:
        host = parse_url(url).host if url else None
    except InputError:
        host = None
    if host is None:
        return make_unknown("host")
    return replace(assert_value("host", host, "captured-host", 1.0, (), ()))


def choose_publisher(claims: Sequence[Claim]) -> Assertion:
    """Return the publisher that the page declares."""
    return choose_name("publisher", list_candidates("publisher", claims), same_name)


def choose_credited(claims: Sequence[Claim]) -> Assertion:
    """Return the source that the text credits; the firmest signal decides."""
    candidates = list_candidates("credited", claims) + list_agency_authors(claims)
    if not candidates:
        return make_unknown("credited")
    chosen = max(candidates, key=lambda item: (item.rank, -item.place))
    supports = [item for item in candidates if same_name(item.value, chosen.value)]
    others = [item for item in candidates if item not in supports]
    return assert_value(
        "credited", chosen.value, "firmest-credit", chosen.rank / 100, supports, others
    )


def choose_origin(claims: Sequence[Claim], url: str | None) -> Assertion:
    """Return who published it first, where the page itself tells; else unknown."""
    credited = [
        item
        for item in list_candidates("credited", claims) + list_agency_authors(claims)
        if _find_rule(item) in _FIRM
    ]
    stated = [item for item in list_candidates("origin", claims) if not _is_own(item.value, url)]
    if credited:
        chosen = max(credited, key=lambda item: (item.rank, -item.place))
        site = SITES.get(chosen.value, "")
        supports = [item for item in credited if item.value == chosen.value]
        supports += [item for item in stated if site and site in item.value]
        others = [item for item in stated if item not in supports]
        sure = 0.75 if not others else _INFERRED
        return assert_value("origin", chosen.value, "credited-agency", sure, supports, others)
    if stated:
        chosen = max(stated, key=lambda item: (item.rank, -item.place))
        same = [item for item in stated if item.value == chosen.value]
        others = [item for item in stated if item not in same]
        return assert_value("origin", chosen.value, "stated-origin", _INFERRED, same, others)
    return make_unknown("origin")


def list_agency_authors(claims: Sequence[Claim]) -> list[Candidate]:
    """Return the author claims that name a news agency, as credits."""
    rank = RANKS["credited"]["agency-author"]
    return [
        replace(item, value=agency, rank=rank)
        for item in list_candidates("author", claims)
        if (agency := find_agency(item.value)) is not None
    ]


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are one, folded."""
    return fold_text(one) == fold_text(other)


def _find_rule(item: Candidate) -> str:
    rule = item.claim.rule.partition("/")[0]
    return "agency-author" if item.claim.field == "author" else rule


def _is_own(value: str, url: str | None) -> bool:
    """Tell whether an origin is the page's own site: most ``isBasedOn`` point to themselves."""
    try:
        own = parse_url(url).host if url else ""
        stated = parse_url(value).host if "//" in value else value
    except InputError:
        return False
    if "/" in value and "//" not in value:
        return True
    return bool(own) and own.removeprefix("www.") == stated.removeprefix("www.")
