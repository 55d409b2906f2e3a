"""Pages that lie in no archive: read from files, with the claims and assertions that they give.

What comes of a page has the same form for pages of an archive (`describe_assertions`).  Not
for: captures (`archive.workflows.show`), or how often the answers are right
(`archive.workflows.calibrate`).
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.core.claim import Assertion, Claim
from archive.core.instant import parse_instant
from archive.core.span import read_span
from archive.errors import InputError
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from archive.provenance.author import JOINT

MOST_BYTES = 16 << 20  # of a page, inflated
_FIELDS = (("Content-Type", "text/html"),)
_GZIP = b"\x1f\x8b"
_ROLES = {"host": "host", "declared": "publisher", "credited": "credited", "origin": "origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoosePage:
    """A page in a file, its address, when it was captured if that is known, and other keys."""

    file: Path
    url: str
    captured: datetime | None
    line: dict[str, Any]


def parse_lines(lines: Iterable[str], folder: Path) -> Iterator[LoosePage]:
    """Yield the pages that JSON lines name; files lie relative to ``folder``.

    Raises:
        InputError: a line is no JSON object with `file` and `url`.
    """
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            file, url = line["file"], line["url"]
            if not isinstance(file, str) or not isinstance(url, str):
                raise TypeError("file and url are texts")
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"line {number} names no page: {error}",
                remedy='write {"file": "page.html", "url": "https://…"}, one a line',
            ) from error
        moment = line.get("captured_at")
        yield LoosePage(
            file=folder / file,
            url=url.strip(),
            captured=parse_instant(moment) if isinstance(moment, str) else None,
            line=line,
        )


def read_content(page: LoosePage) -> bytes:
    """Return the HTML of a page, inflated if it is a gzip file.

    Raises:
        InputError: the file cannot be read.
    """
    return read_page_file(page.file)


def read_page_file(file: Path) -> bytes:
    """Return what a file holds, at most `MOST_BYTES` of it, inflated if it is a gzip file.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES)
        if not raw.startswith(_GZIP):
            return raw
        with gzip.open(file) as stream:
            return stream.read(MOST_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be read: {error}", remedy="check the file") from error


def read_loose_page(page: LoosePage) -> tuple[tuple[Claim, ...], tuple[Assertion, ...]]:
    """Return the claims and the assertions of a page.

    Raises:
        InputError: the file cannot be read.
    """
    claims = read_claims(read_content(page), _FIELDS, page.url)
    return claims, choose_assertions(claims, url=page.url, captured=page.captured)


def describe_page(page: LoosePage) -> dict[str, Any]:
    """Return claims and assertions of a page as plain values, its line's other keys with them.

    Raises:
        InputError: the file cannot be read.
    """
    claims, assertions = read_loose_page(page)
    return {
        **page.line,
        "url": page.url,
        "claims": [asdict(claim) for claim in claims],
        "assertions": describe_assertions(assertions),
    }


def describe_assertions(assertions: Sequence[Assertion]) -> dict[str, Any]:
    """Return assertions as plain values, by question; the publisher's four roles as one.

    ``value`` of a date is a calendar day, or None where only an interval or nothing is known.
    """
    by_field: dict[str, Assertion] = {item.field: item for item in assertions}
    answers: dict[str, Any] = {}
    for field in ("published", "modified", "author", "title", "language", "licence", "correction"):
        if item := by_field.get(field):
            answers[field] = _describe(item)
    if declared := by_field.get("publisher"):
        roles = {role: by_field[field].value for role, field in _ROLES.items() if field in by_field}
        answers["publisher"] = _describe(declared) | {"roles": roles}
    return answers


def _describe(item: Assertion) -> dict[str, Any]:
    basis = {
        "rule": item.rule,
        "supports": list(item.supports),
        "contradicts": list(item.contradicts),
    }
    answer: dict[str, Any] = {"value": item.value}
    if item.field in ("published", "modified"):
        answer = {
            "value": find_day(item),
            "edtf": item.value or _format_interval(item),
            "earliest": item.earliest,
            "latest": item.latest,
        }
    elif item.field == "author":
        answer = {"value": item.value.split(JOINT) if item.value else []}
    return answer | {"confidence": item.confidence, "basis": basis}


def find_day(item: Assertion) -> str | None:
    """Return the calendar day that a date's assertion names, as stated; None if it names none."""
    if item.value is None or not read_span(item.value).is_day:
        return None
    return item.value[:10]


def _format_interval(item: Assertion) -> str | None:
    if item.earliest is None and item.latest is None:
        return None
    return f"{item.earliest or '..'}/{item.latest or '..'}"
