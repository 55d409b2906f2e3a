"""What a curator asserts of a statement, with the evidence that is pointed to.

A curator's assertion stands beside the machine's and wins in display; nothing is overwritten.
Rules for values:

1. Dates (`published`, `modified`) are EDTF; a language has the shape of a BCP 47 tag.
2. `author` may be given several times and is one assertion with all of them, so that asserting
   it anew replaces the whole list; every other field has one value.
3. A licence that begins like an address must be one.

Not for: what rules conclude (`archive.core.claim`), or how it is stored
(`archive.core.annotation`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from archive.core.edtf_typed import parse_edtf
from archive.core.typed import MOST_LINE, MOST_TEXT, parse_typed, shorten_typed
from archive.core.uri import parse_url
from archive.errors import InputError

CURATED_FIELDS = (
    *("published", "modified", "publisher", "credited", "origin", "author", "title"),
    *("language", "licence", "correction"),
)
PUBLISHER_FIELDS = ("publisher", "credited", "origin")  # the fourth role, the host, is a fact
RULE = "curator"  # what stands where the machine names a rule
BETWEEN = "; "  # several authors in one cell
_DATES = ("published", "modified")
_FIRST_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?!\d))?(?:-\d\d(?!\d))?", re.ASCII)
_MOST_AUTHORS = 500
# RFC 5646 §2.1 without the lengths that no registered language has, and private use.
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3})(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|\d{3}))?(?P<rest>(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*"
    r"(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a curator points to; one of the three at least.

    ``record`` is the id of a principal record of this archive, ``url`` an address as given,
    ``locator`` a place in the capture that the assertion is about.
    """

    locator: str | None = None
    url: str | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratorAssertion:
    """One answer to one question: ``values`` are several for authors alone."""

    field: str
    values: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()

    @property
    def value(self) -> str:
        """The answer in one text."""
        return BETWEEN.join(self.values)


def parse_assertions(typed: Iterable[str]) -> tuple[CuratorAssertion, ...]:
    """Read ``FIELD=VALUE`` texts; those that name an author are one assertion.

    Raises:
        InputError: a field is unknown or given twice, or a value is not what the field takes.
    """
    found: dict[str, list[str]] = {}
    for text in typed:
        field, mark, value = text.partition("=")
        if not mark:
            raise InputError(
                f"{shorten_typed(text)} is not FIELD=VALUE", remedy="as in published=2024-03-06"
            )
        values = found.setdefault(parse_curated_field(field), [])
        if values and field != "author":
            raise InputError(f"{field} is given twice", remedy="assert one value")
        values.append(_parse_value(field, value))
    if len(found.get("author", ())) > _MOST_AUTHORS:
        raise InputError(f"more than {_MOST_AUTHORS} authors", remedy="name the first of them")
    return tuple(
        CuratorAssertion(field=field, values=tuple(dict.fromkeys(values)))
        for field, values in found.items()
    )


def list_dates_ahead(assertions: Iterable[CuratorAssertion], today: date) -> tuple[str, ...]:
    """Return those asserted dates that begin after ``today`` wherever one is, as FIELD=VALUE.

    They may be right, as of a notice under embargo; more often a figure was mistyped.
    """
    last = (today + timedelta(days=1)).isoformat()
    found: list[str] = []
    for one in assertions:
        first = _FIRST_DAY.search(one.value) if one.field in _DATES else None
        if first and not one.value.startswith(("..", "/")) and first[0] > last[: len(first[0])]:
            found.append(f"{one.field}={one.value}")
    return tuple(found)


def parse_curated_field(text: str) -> str:
    """Return the name of a field that curators may assert.

    Raises:
        InputError: there is no such field.
    """
    if text not in CURATED_FIELDS:
        raise InputError(
            f"unknown field {shorten_typed(text)}", remedy=f"one of: {', '.join(CURATED_FIELDS)}"
        )
    return text


def parse_language(text: str) -> str:
    """Return a language tag in the spelling that BCP 47 recommends (RFC 5646 §2.1.1).

    Raises:
        InputError: it has not the shape of one.
    """
    match = _LANGUAGE.fullmatch(text)
    if match is None:
        raise InputError(
            f"language is no BCP 47 tag: {shorten_typed(text)}",
            remedy="as in en, de-AT, pt-BR or zh-Hant",
        )
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["rest"].lower()


def _parse_value(field: str, text: str) -> str:
    if field in _DATES:
        return parse_edtf(text, field)
    if field == "correction":
        return parse_typed(text, field, most=MOST_TEXT, lines=True)
    value = parse_typed(text, field, most=MOST_LINE)
    if field == "language":
        return parse_language(value)
    if field == "licence" and value.lower().startswith(("http:", "https:")):
        parse_url(value)
    return value
