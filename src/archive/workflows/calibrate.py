"""How often assertions are right, on pages whose answers are known; beside two programs.

An answer is *right*: of a date, where it is within a day of the label (labels are often UTC
days of local dates; exact days are counted beside); of a title or publisher, where both fold to
the same letters; of authors, where the same people are named.  Intervals and sets are no
answer here.  Not for: what the answers rest on (`archive.workflows.loose_pages`).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from archive.core.claim import Assertion, Field
from archive.core.text import fold_text
from archive.errors import InputError
from archive.extract.programs import ask_rivals
from archive.workflows.loose_pages import LoosePage, find_day, read_content, read_loose_page

FIELDS: tuple[Field, ...] = ("published", "modified", "publisher", "author", "title")
OURS = "archive"
BINS = (0.0, 0.7, 0.85, 0.92, 0.97)
_NAMES = re.compile(r"\s*(?:;|,|/| and | und | et | & )\s*")
_CLOSE = 1  # day


@dataclass(slots=True, kw_only=True)
class Score:
    """Counts of one reader for one field."""

    pages: int = 0
    asserted: int = 0
    right: int = 0
    exact: int = 0

    def add(self, answer: str | None, truth: str, judge: Callable[[str, str], bool]) -> None:
        """Count one answer."""
        self.pages += 1
        if answer:
            self.asserted += 1
            self.right += judge(answer, truth)
            self.exact += answer == truth

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


@dataclass(slots=True, kw_only=True)
class Calibration:
    """Scores by field and reader, and of ours by field and confidence; pages not read."""

    readers: dict[tuple[Field, str], Score] = field(default_factory=dict)
    bins: dict[tuple[Field, float], Score] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def measure_pages(
    pages: Iterable[LoosePage], progress: Callable[[int], None] = lambda _done: None
) -> Calibration:
    """Read the pages and compare what is asserted with what their lines say is true."""
    found = Calibration()
    for done, page in enumerate(pages, 1):
        progress(done)
        truths = {name: page.line.get(name) for name in FIELDS}
        try:
            content = read_content(page)
            _, assertions = read_loose_page(page)
        except InputError as error:
            found.unread.append(str(error))
            continue
        rivals = ask_rivals(content, page.url)
        by_field = {item.field: item for item in assertions}
        for name in FIELDS:
            truth = truths[name]
            if not isinstance(truth, str) or not truth.strip():
                continue
            ours = by_field[name]
            answer = _read_answer(ours)
            judge = _JUDGES[name]
            found.readers.setdefault((name, OURS), Score()).add(answer, truth, judge)
            for rival, answers in rivals.items():
                if name in answers:
                    score = found.readers.setdefault((name, rival), Score())
                    score.add(answers[name], truth, judge)
            lower = max(edge for edge in BINS if ours.confidence >= edge)
            found.bins.setdefault((name, lower), Score()).add(answer, truth, judge)
    return found


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
