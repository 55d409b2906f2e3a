"""Claims (what a source says of a statement, and where), and assertions that rest on them.

A claim is kept verbatim; nothing is overwritten and nothing is judged here.  Not for:
finding claims (`archive.extract`) or weighing them (`archive.provenance`).
"""

from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "publisher", "author", "published", "modified", "language"]
FIELDS: tuple[Field, ...] = ("title", "publisher", "author", "published", "modified", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One answer that one place of a record gives to one question.

    ``raw`` is what stands there, ``value`` how the rule reads it (dates in EDTF), None where
    it cannot be read.  ``source`` is the family of the signal, as in ``json-ld`` or
    ``open-graph``.  ``locator`` says where: ``json-ld[0].$.datePublished``,
    ``meta[property=article:published_time]``, ``http:last-modified``.  ``rule`` carries its
    version, as in ``json-ld/1``; ``zone`` names an assumption made about the time zone.
    """

    field: Field
    raw: str
    value: str | None
    source: str
    locator: str
    rule: str
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a named rule concludes from listed claims, and how sure one may be.

    ``value`` is None for "unknown".  ``supports`` and ``contradicts`` are positions in the
    tuple of claims that the assertion was made from.
    """

    field: Field
    value: str | None
    rule: str
    confidence: float
    supports: tuple[int, ...]
    contradicts: tuple[int, ...]
