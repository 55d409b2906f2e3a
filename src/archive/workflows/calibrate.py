"""How often assertions are right, on pages whose answers are known; beside two programs.

An answer is *right*: of a date, where it is within a day of the label (labels are often UTC
days of local dates; exact days are counted beside); of a title or publisher, where both fold to
the same letters; of authors, where the same people are named.  Intervals and sets are no
answer here.  Not for: what the answers rest on (`archive.workflows.loose_pages`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.core.claim import Assertion, Field
from archive.core.text import fold_text
from archive.errors import InputError
from archive.extract.programs import ask_rivals
from archive.provenance.assertions import choose_assertions
from archive.workflows.loose_pages import LoosePage, UnreadLine, find_day
from archive.workflows.page_files import read_page_file
from archive.workflows.reading import read_file_claims

FIELDS: tuple[Field, ...] = ("published", "modified", "publisher", "author", "title")
OURS = "archive"
BINS = (0.0, 0.7, 0.97)  # low, middle, high: each must hold enough pages to be told apart
_NAMES = re.compile(r"\s*(?:;|,|/| and | und | et | & )\s*")
_CLOSE = 1  # day


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer of one reader, judged; ``confidence`` is that of our assertion."""

    field: Field
    reader: str
    confidence: float
    is_asserted: bool
    is_right: bool
    is_exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts over some verdicts."""

    pages: int
    asserted: int
    right: int
    exact: int

    def describe(self) -> dict[str, Any]:
        """Return the counts and the shares that follow, None where nothing was asserted."""
        return {
            "pages": self.pages,
            "asserted": self.asserted,
            "abstained": self.pages - self.asserted,
            "right": self.right,
            "exact": self.exact,
            "share_asserted": round(self.asserted / self.pages, 4) if self.pages else None,
            "accuracy": round(self.right / self.asserted, 4) if self.asserted else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Scores by field and reader, and of ours by field and confidence; pages not read."""

    readers: dict[tuple[Field, str], Score]
    bins: dict[tuple[Field, float], Score]
    unread: tuple[str, ...]


def measure_pages(pages: Iterable[LoosePage | UnreadLine]) -> Calibration:
    """Read the pages and compare what is asserted with what their lines say is true."""
    verdicts: list[Verdict] = []
    unread: list[str] = []
    for page in pages:
        if isinstance(page, UnreadLine):
            unread.append(page.problem)
            continue
        try:
            verdicts += _judge_page(page)
        except InputError as error:
            unread.append(str(error))
    by_reader: dict[tuple[Field, str], list[Verdict]] = {}
    by_bin: dict[tuple[Field, float], list[Verdict]] = {}
    for item in verdicts:
        by_reader.setdefault((item.field, item.reader), []).append(item)
        if item.reader == OURS:
            lower = max(edge for edge in BINS if item.confidence >= edge)
            by_bin.setdefault((item.field, lower), []).append(item)
    return Calibration(
        readers={key: _count(items) for key, items in by_reader.items()},
        bins={key: _count(items) for key, items in by_bin.items()},
        unread=tuple(unread),
    )


def _count(verdicts: list[Verdict]) -> Score:
    return Score(
        pages=len(verdicts),
        asserted=sum(item.is_asserted for item in verdicts),
        right=sum(item.is_right for item in verdicts),
        exact=sum(item.is_exact for item in verdicts),
    )


def _judge_page(page: LoosePage) -> Iterator[Verdict]:
    claims = read_file_claims(page.file, page.url)
    assertions = choose_assertions(claims, url=page.url, captured=page.captured)
    rivals = ask_rivals(read_page_file(page.file), page.url)
    by_field = {item.field: item for item in assertions}
    for name in FIELDS:
        truth = page.line.get(name)
        if not isinstance(truth, str) or not truth.strip():
            continue
        ours = by_field[name]
        answers = {OURS: _read_answer(ours)}
        answers |= {rival: found[name] for rival, found in rivals.items() if name in found}
        for reader, answer in answers.items():
            yield Verdict(
                field=name,
                reader=reader,
                confidence=ours.confidence,
                is_asserted=bool(answer),
                is_right=bool(answer) and _JUDGES[name](answer or "", truth),
                is_exact=answer == truth,
            )


def _read_answer(item: Assertion) -> str | None:
    return find_day(item) if item.field in ("published", "modified") else item.value


def _is_close(answer: str, truth: str) -> bool:
    try:
        days = date.fromisoformat(answer[:10]) - date.fromisoformat(truth[:10])
    except ValueError:
        return False
    return abs(days.days) <= _CLOSE


def _is_same_name(answer: str, truth: str) -> bool:
    return fold_text(answer) == fold_text(truth)


def _is_same_people(answer: str, truth: str) -> bool:
    return _list_people(answer) == _list_people(truth)


def _list_people(value: str) -> set[str]:
    return {fold_text(name) for name in _NAMES.split(value)} - {""}


_JUDGES: dict[Field, Callable[[str, str], bool]] = {
    "published": _is_close,
    "modified": _is_close,
    "publisher": _is_same_name,
    "author": _is_same_people,
    "title": _is_same_name,
}
