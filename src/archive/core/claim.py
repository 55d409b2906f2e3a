"""Claims (what a source says of a statement, and where), and assertions that rest on them.

A claim is kept verbatim; nothing is overwritten and nothing is judged here.  Not for:
finding claims (`archive.extract`) or weighing them (`archive.provenance`).
"""

from dataclasses import dataclass
from typing import Literal, get_args

# The questions, one assertion each, in the order in which they are shown.  Host, publisher,
# credited (the source that a text names) and origin are the four roles of a publisher, and never
# merged.
Question = Literal[
    "title",
    "host",
    "publisher",
    "credited",
    "origin",
    "author",
    "published",
    "modified",
    "language",
    "licence",
    "correction",
]
FIELDS: tuple[Question, ...] = get_args(Question)
# What claims are about.  The two more answer no question by themselves: a weekday narrows a
# date, and the year of a copyright is a template's.
Field = Question | Literal["weekday", "copyright"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One answer that one place of a record gives to one question.

    ``raw`` is what stands there, ``value`` how the rule reads it (dates in EDTF), None where
    it cannot be read.  ``source`` is the family of the signal, as in ``json-ld`` or
    ``open-graph``.  ``locator`` says where: ``json-ld[0].$.datePublished``,
    ``meta[property=article:published_time]``, ``http:last-modified``.  ``rule`` carries its
    version, as in ``json-ld/1``; ``zone`` names an assumption made about the time zone, or
    about the order of day and month.  A date that is only a bound is an open interval:
    ``2023-11/..`` says not before, ``../2024-03-06`` not after.  ``record`` is the id
    of the capture that the place is in, where that is a companion of the page: a feed, say.
    """

    field: Field
    raw: str
    value: str | None
    source: str
    locator: str
    rule: str
    zone: str | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a named rule concludes from listed claims, and how sure one may be.

    ``value`` is None for "unknown"; of a date it is EDTF, and of several authors their names
    with ``; `` between.  ``supports`` and ``contradicts`` are positions in the tuple of claims
    that the assertion was made from.  ``earliest`` and ``latest`` are the days between which a
    date lies, by the same evidence and the time of capture; None where nothing bounds it.
    """

    field: Field
    value: str | None
    rule: str
    confidence: float
    supports: tuple[int, ...]
    contradicts: tuple[int, ...]
    earliest: str | None = None
    latest: str | None = None
