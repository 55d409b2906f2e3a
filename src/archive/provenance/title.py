"""Under which title: the one that most families agree on, without the site's name.

Rules:

1. A site's name is taken off a title only where the page itself claims that name, or its host
   is that name, or another claim is the title without it.  What is only such a name is no title.
2. Titles agree where they fold to the same letters; one that holds the chosen title before
   its first separator supports it.

Not for: who publishes it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.core.claim import Assertion, Claim
from archive.core.text import fold_text
from archive.provenance.candidate import choose_name, list_candidates

# What sites put between a title and their name; a colon is too common within titles.
_SEPARATOR = re.compile(r"\s+[|\-\u2013\u2014\u00b7\u2022\u00bb\u00ab:/]{1,2}\s+")


def choose_title(claims: Sequence[Claim], names: frozenset[str]) -> Assertion:
    """Return the title; ``names`` are the folded names of publisher and site."""
    stated = list_candidates("title", claims)
    names |= _find_site_parts([item.value for item in stated])
    candidates = [
        replace(item, value=strip_site_name(item.value, names))
        for item in stated
        if fold_text(item.value) not in names
    ] or stated
    return choose_name("title", candidates, _is_same_title)


def _find_site_parts(titles: Sequence[str]) -> frozenset[str]:
    """Return what stands behind a separator where the part before it is a title of its own."""
    whole = {fold_text(title) for title in titles if not _SEPARATOR.search(title)}
    found = set()
    for title in titles:
        places = list(_SEPARATOR.finditer(title))
        if places and fold_text(title[: places[-1].start()]) in whole:
            last = fold_text(title[places[-1].end() :])
            found.add(last if len(titles) > 2 else "")
    return frozenset(found - {""})


def strip_site_name(title: str, names: frozenset[str]) -> str:
    """Return ``title`` without a first or last part that folds to one of ``names``."""
    places = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    if places and fold_text(title[places[-1][1] :]) in names:
        title = title[: places[-1][0]]
        places.pop()
    if places and fold_text(title[: places[0][0]]) in names:
        title = title[places[0][1] :]
    return title


def _is_same_title(stated: str, chosen: str) -> bool:
    return fold_text(chosen) in (fold_text(stated), fold_text(_SEPARATOR.split(stated, 1)[0]))
