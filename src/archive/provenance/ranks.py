"""How often each kind of claim is right, by field and rule.

Where it was measured, the share of right answers of that kind alone: published on 995 pages,
publisher on 258, title and author on 120.  Kinds too rare to measure are judged.  A claim
of an unknown kind has `UNRANKED`.  Not for: what follows from a rank (the modules of the
questions).
"""

from archive.core.claim import Claim, Field

UNRANKED = 40

# Right answers in a hundred, by field and rule (without its version).
RANKS: dict[Field, dict[str, int]] = {
    "title": {
        "json-ld-article": 80,
        "heading": 80,
        "open-graph": 77,
        "dublin-core": 75,
        "citation": 75,
        "analytics": 75,
        "itemprop": 74,
        "json-ld-page": 72,
        "twitter": 72,
        "json-ld-listed": 60,
        "meta": 60,
        "trafilatura": 55,
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
        "itemprop": 50,
        "dublin-core": 45,
        "meta": 45,
        "twitter": 33,
        "copyright": 30,
    },
    "author": {
        "analytics": 80,
        "json-ld-article": 74,
        "json-ld-page": 74,
        "itemprop": 72,
        "dublin-core": 70,
        "citation": 70,
        "author-link": 68,
        "byline": 66,
        "meta": 60,
        "author-class": 60,
        "trafilatura": 56,
        "json-ld-listed": 50,
        "open-graph": 38,
    },
    "credited": {
        "dateline": 90,
        "agency-tag": 90,
        "agency-author": 85,
        "source-organization": 60,
        "source-label": 55,
    },
    "origin": {"canonical": 75, "is-based-on": 70, "original-source": 70},
    "published": {
        "analytics": 98,
        "json-ld-page": 97,
        "url-day": 97,
        "itemprop": 95,
        "open-graph": 94,
        "time-published": 93,
        "visible-labelled": 92,
        "json-ld-article": 92,
        "time-first": 91,
        "citation": 90,
        "visible-class": 90,
        "visible-dateline": 88,
        "visible-heading": 87,
        "visible-alone": 80,
        "meta": 83,
        "time-near": 80,
        "dublin-core": 79,
        "itemprop-created": 79,
        "visible-over": 85,
        "visible-beside": 78,
        "visible-above": 72,
        "time-above": 72,
        "visible-own-line": 65,
        "json-ld-listed": 70,
        "htmldate": 65,
        "htmldate-extensive": 40,
    },
    "modified": {
        "json-ld-article": 81,
        "json-ld-page": 81,
        "itemprop": 80,
        "time-updated": 80,
        "visible-updated": 78,
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
        "itemprop": 80,
        "open-graph": 80,
        "dublin-core": 80,
        "citation": 80,
        "meta-language": 80,
        "meta": 75,
        "http-language": 75,
        "json-ld-listed": 70,
    },
    "licence": {"rel-license": 85, "json-ld-article": 85, "licence-link": 70, "meta": 70},
    "correction": {"json-ld-article": 80, "notice": 70},
}


def find_rank(claim: Claim) -> int:
    """Return how often in a hundred a claim of this kind is right."""
    return RANKS.get(claim.field, {}).get(claim.rule.partition("/")[0], UNRANKED)
