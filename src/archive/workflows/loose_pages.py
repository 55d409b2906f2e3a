"""Pages that lie in no archive: read from files, with the claims and assertions that they give.

What comes of a page has the same form for pages of an archive (`describe_assertions`).  Not
for: captures (`archive.workflows.show`), or how often the answers are right
(`archive.workflows.calibrate`).
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.core.claim import Assertion, Claim
from archive.core.extraction import Extraction
from archive.core.instant import parse_instant
from archive.core.span import read_span
from archive.errors import InputError
from archive.provenance.assertions import choose_assertions
from archive.provenance.author import JOINT
from archive.workflows.settings import ExtractionSettings
from archive.workflows.workers import FileTask, Workers

_LINE = 'write {"file": "page.html", "url": "https://…"}, one a line'
_PATIENCE = 6.0  # times the limit for a capture: here somebody waits for this very page
_AHEAD = 2  # pages for each worker that are begun before the first is asked for
_ROLES = {"host": "host", "declared": "publisher", "credited": "credited", "origin": "origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoosePage:
    """A page in a file, its address, when it was captured if that is known, and other keys."""

    file: Path
    url: str
    captured: datetime | None
    line: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadLine:
    """That a line of a list of pages names none: its number, what is wrong, and what to do."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What was read of a page."""

    page: LoosePage
    claims: tuple[Claim, ...]
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadPage:
    """That a page could not be read, or not within its limits, and why."""

    page: LoosePage
    problem: str


def require_pages(
    pages: Iterable[LoosePage | UnreadLine],
) -> Iterator[LoosePage | UnreadLine]:
    """Yield ``pages`` unchanged.

    Raises:
        InputError: they are at an end, and none of them was a page.
    """
    named = unnamed = 0
    for page in pages:
        named += isinstance(page, LoosePage)
        unnamed += isinstance(page, UnreadLine)
        yield page
    if unnamed and not named:
        raise InputError(f"none of {unnamed} lines names a page", remedy=_LINE)


def parse_lines(lines: Iterable[str], folder: Path) -> Iterator[LoosePage | UnreadLine]:
    """Yield the pages that JSON lines name; files lie relative to ``folder``.

    A line that is no JSON object with `file` and `url` is told of, and the next one read.
    """
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                yield _parse_line(text, folder)
            except InputError as error:
                yield UnreadLine(problem=f"line {number} names no page: {error}; {error.remedy}")


def _parse_line(text: str, folder: Path) -> LoosePage:
    try:
        line = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"no JSON at character {error.pos + 1}", remedy=_LINE) from error
    except (ValueError, RecursionError) as error:
        raise InputError("JSON that cannot be read", remedy=_LINE) from error
    if not isinstance(line, dict):
        raise InputError("no JSON object", remedy=_LINE)
    file, url, moment = (line.get(key) for key in ("file", "url", "captured_at"))
    if not isinstance(file, str) or not file or not isinstance(url, str) or not url.strip():
        raise InputError("`file` or `url` is missing, or no text", remedy=_LINE)
    return LoosePage(
        file=folder / file,
        url=url.strip(),
        captured=parse_instant(moment) if isinstance(moment, str) else None,
        line=line,
    )


def read_pages(
    pages: Iterable[LoosePage | UnreadLine], settings: ExtractionSettings
) -> Iterator[ReadPage | UnreadPage | UnreadLine]:
    """Yield what worker processes read of the pages, in their order, under limits for each.

    Raises:
        InputError: ``pages`` does; what came before is yielded first.
    """
    waiting: deque[tuple[LoosePage, Future[Extraction]] | UnreadLine] = deque()
    broken: InputError | None = None
    with Workers(settings, patience=_PATIENCE) as workers:
        try:
            for page in pages:
                if isinstance(page, UnreadLine):
                    waiting.append(page)
                else:
                    task = FileTask(file=str(page.file.absolute()), url=page.url, claims_only=True)
                    waiting.append((page, workers.submit(task)))
                if len(waiting) > _AHEAD * workers.count:
                    yield _finish(waiting.popleft())
        except InputError as error:
            broken = error
        while waiting:
            yield _finish(waiting.popleft())
    if broken is not None:
        raise broken


def _finish(
    asked: tuple[LoosePage, Future[Extraction]] | UnreadLine,
) -> ReadPage | UnreadPage | UnreadLine:
    if isinstance(asked, UnreadLine):
        return asked
    page, reading = asked
    extraction = reading.result()
    if extraction.outcome != "none":
        detail = extraction.detail
        shown = detail if str(page.file) in detail else f"{page.file}: {detail}"
        return UnreadPage(page=page, problem=shown)
    claims = extraction.claims
    return ReadPage(
        page=page,
        claims=claims,
        assertions=choose_assertions(claims, url=page.url, captured=page.captured),
    )


def describe_page(read: ReadPage) -> dict[str, Any]:
    """Return claims and assertions of a page as plain values, its line's other keys with them."""
    return {
        **read.page.line,
        "url": read.page.url,
        "claims": [asdict(claim) for claim in read.claims],
        "assertions": describe_assertions(read.assertions),
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
