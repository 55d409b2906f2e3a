"""What two programs answer: htmldate and trafilatura, each one claim among others, named.

Rules:

1. Their answer is given as they give it; the locator names the program and the page is its
   evidence, so that resolving it means asking the program again.
2. htmldate is asked in its quick mode; its extensive search, which nearly always finds
   something, has a rule of its own, and is asked only where the quick one is silent.
3. trafilatura is asked for an author only where no other source names one: it takes as long as
   all other sources together.
4. A page with more than `MOST_TAGS` tags is not given to them.

Not for: trafilatura's main text (`archive.extract.main_text`).
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import htmldate
import trafilatura
import trafilatura.metadata as trafilatura_metadata

from archive.core.claim import Claim, Field
from archive.core.edtf import LAST_YEAR, read_date
from archive.extract.page import Page
from archive.extract.source import make_claim, state_claim

Answer = TypeVar("Answer")

MOST_TAGS = 8_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def parse_programs(page: Page, *, has_author: bool) -> Iterator[Claim]:
    """Yield htmldate's date, then trafilatura's title, and its author unless there is one."""
    if page.tree is None or page.is_deep or page.text.count("<") > MOST_TAGS:
        return
    for rule in ("htmldate", "htmldate-extensive"):
        if day := ask_htmldate(page, is_extensive=rule != "htmldate"):
            yield make_claim(
                "published",
                day,
                day,
                source="htmldate",
                locator=f"program:{rule}",
                rule=f"{rule}/{htmldate.__version__}",
            )
            break
    for field in ("title",) if has_author else ("title", "author"):
        if answer := ask_trafilatura(page, field):
            yield from state_claim(
                "title" if field == "title" else "author",
                answer,
                source="trafilatura",
                locator=f"program:trafilatura-{field}",
                rule="trafilatura/1",
            )


def ask_htmldate(page: Page, *, is_extensive: bool) -> str | None:
    """Return the day that htmldate gives, or None.

    It is not told the page's address, which is a source of ours, nor reads the clock: no date
    after the response's own is wanted.
    """
    sent = read_date(page.find("date") or "")
    answer = _ask(
        htmldate.find_date,
        page.tree,
        url="",
        original_date=True,
        extensive_search=is_extensive,
        max_date=sent[0][:10] if sent else f"{LAST_YEAR}-12-31",
    )
    return answer if answer and _DAY.fullmatch(answer) else None


def ask_trafilatura(page: Page, field: str) -> str | None:
    """Return the title or the author that trafilatura reads from the page's elements."""
    ask = {
        "title": trafilatura_metadata.extract_title,
        "author": trafilatura_metadata.extract_author,
    }
    return _ask(ask[field], page.tree)


def ask_rivals(content: bytes, url: str) -> dict[str, dict[Field, str | None]]:
    """Return what trafilatura and htmldate, each used as their manuals say, answer of a page."""
    answers: dict[str, dict[Field, str | None]] = {}
    document = _ask(trafilatura.bare_extraction, content, url=url, with_metadata=True)
    answers["trafilatura"] = {
        "published": getattr(document, "date", None),
        "author": getattr(document, "author", None),
        "title": getattr(document, "title", None),
        "publisher": getattr(document, "sitename", None),
    }
    answers["htmldate"] = {
        "published": _ask(htmldate.find_date, content, url=url, original_date=True),
        "modified": _ask(htmldate.find_date, content, url=url, original_date=False),
    }
    return answers


def _ask(program: Callable[..., Answer], *given: object, **options: object) -> Answer | None:
    """Return what a program answers; None where it gives up on the page."""
    try:
        return program(*given, **options)
    except Exception:  # noqa: BLE001  # on hostile pages they raise anything, and are one among many
        return None
