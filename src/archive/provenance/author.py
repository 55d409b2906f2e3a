"""Who wrote it: of the best source all names, in its order.

Rules:

1. The publisher's own name and site counts only where nobody else is named; an agency is a
   credit rather than a person, and likewise comes last.  A list of such names names nobody.
2. Sources that name the same people support each other; the source with the most weight
   (its rank, and those who agree with it) is taken whole.
3. The author of one of several articles, which may be another page's, is no answer.  A number,
   a letter, an address, markup, and an account such as "admin" name nobody.
4. One text that holds several names ("A and B", "A, B") is read as several.

Not for: who publishes it (`archive.provenance.publisher`).
"""

import re
from collections.abc import Sequence

from archive.core.agency import find_agency
from archive.core.claim import Assertion, Claim
from archive.core.text import fold_text
from archive.provenance.candidate import Candidate, assert_value, list_candidates, make_unknown

JOINT = "; "
_SPLIT = re.compile(
    r"\s*(?:;|\||\s[–—-]\s|,(?!\s?(?:jr|sr)\b)| and | und | et | & | y )\s*", re.IGNORECASE
)
_TURNED = re.compile(r"\s*([^,;\s]+),\s*([^,;]+?)\s*")
_LEAD = re.compile(r"\A(?:by|von|vom|par|por|di|door|author|autor(?:in)?)\s*:?\s+", re.IGNORECASE)
# Letters of a degree behind a name.
_DEGREE = re.compile(
    r",\s?(?:ph\.?d|m\.?d|r\.?n|r\.?d|m\.?a|m\.?sc|b\.?sc|j\.?d|mph|mba|ll\.?m)\.?(?![a-z])",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:admin|administrator|editor|redaktion|webmaster|staff|team|gast|guest"
    r"|redazione|rédaction)\b",
    re.IGNORECASE,
)
_NOBODY = (
    "name",
    "noauthor",
    "author",
    "agencies",
    "agency",
    "editor",
    "webmaster",
    "autor",
    "user",
)
# Whoever writes under these is nobody that could be named.
_ACCOUNTS = frozenset("admin administrator root user test guest null anonymous webmaster".split())
_ADDRESS = re.compile(r"\S@\S|[<>]|://|\bwww\.|^\S+\.[a-z]{2,6}(?:/\S*)?$", re.IGNORECASE)
_LONGEST_NAME = 60


def split_names(value: str) -> tuple[str, ...]:
    """Return the names that one text holds."""
    value = _DEGREE.sub("", value)
    turned = [_TURNED.fullmatch(piece) for piece in value.split(";")]
    if len(turned) > 1 and all(turned):  # "Walker, Ann; Reed, Tom"
        return tuple(f"{match[2]} {match[1]}" for match in turned if match)
    pieces = [_LEAD.sub("", piece.strip(), count=1) for piece in _SPLIT.split(value)]
    names = [piece for piece in pieces if any(letter.isalpha() for letter in piece)]
    # "Last, First" is one name; so is what holds no full name beside a comma.
    if len(names) == 2 and "," in value and all(" " not in name for name in names):
        return (f"{names[1]} {names[0]}",)
    return tuple(names) or (value,)


def choose_author(claims: Sequence[Claim], names: frozenset[str]) -> Assertion:
    """Return the authors; ``names`` are the folded names of the publisher."""
    candidates = [
        item for item in list_candidates("author", claims) if len(item.value) <= 4 * _LONGEST_NAME
    ]
    if not candidates:
        return make_unknown("author")
    candidates = [
        item
        for item in candidates
        if _is_name(item.value) and not item.claim.rule.startswith("json-ld-listed")
    ]
    people = [item for item in candidates if _is_person(item.value, names)]
    people = people or [item for item in candidates if len(split_names(item.value)) == 1]
    if not people:
        return make_unknown("author")
    by_rule: dict[str, list[Candidate]] = {}
    for item in people:
        by_rule.setdefault(item.claim.rule, []).append(item)
    folded = {
        rule: {fold_text(name) for item in listed for name in split_names(item.value)}
        for rule, listed in by_rule.items()
    }

    def weigh(rule: str) -> tuple[float, int]:
        sources = {
            item.claim.source
            for other, listed in by_rule.items()
            for item in listed
            if other != rule and folded[rule] <= folded[other]
        } - {by_rule[rule][0].claim.source}
        return (
            by_rule[rule][0].rank + 12 * len(sources) - _find_penalty(by_rule[rule]),
            -by_rule[rule][0].place,
        )

    best = max(by_rule, key=weigh)
    spelled: dict[str, str] = {}
    for item in by_rule[best]:
        for name in split_names(item.value):
            if _is_name(name):
                spelled.setdefault(fold_text(name), name)
    supports = [
        item
        for item in candidates
        if {fold_text(name) for name in split_names(item.value)} & set(spelled)
    ]
    supports = supports or by_rule[best]
    others = [item for item in candidates if item not in supports]
    families = len({item.claim.source for item in supports})
    rank = by_rule[best][0].rank / 100
    sure = min(0.95, rank + 0.08 * (families - 1)) - (0.15 if others else 0.0)
    return assert_value(
        "author", JOINT.join(spelled.values()), "weightiest-authors", sure, supports, others
    )


def _is_name(value: str) -> bool:
    """Tell whether a text may name anybody: some part of it is no number, address or account."""
    return any(
        sum(letter.isalpha() for letter in name) >= (1 if max(name) > "\u2e80" else 2)
        and fold_text(name) not in _ACCOUNTS
        and not _ADDRESS.search(name)
        for name in split_names(value)
    )


def _is_person(value: str, names: frozenset[str]) -> bool:
    folded = fold_text(value)
    if all(fold_text(name) in names for name in split_names(value)):
        return False
    return folded not in names and folded not in _NOBODY and find_agency(value) is None


def _find_penalty(listed: list[Candidate]) -> int:
    """Return what makes a source's names less likely to be people's."""
    value = listed[0].value
    return (
        (25 if _ROLE.search(value) else 0)
        + (15 if " " not in value.strip() else 0)
        + (20 if len(value) > _LONGEST_NAME else 0)
        + (15 if "." in value.strip(".") and " " not in value else 0)
    )
