"""Days of publication on pages made from patterns: none invented, and those that are said found.

The rules were made with the first set of pages, and mended with the second.
Not for: pages as they are published (`tests/extract/test_real_pages.py`).
"""

from collections.abc import Iterator
from datetime import date
from types import ModuleType

import pytest

from archive.core.claim import Assertion
from archive.core.span import read_span
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from tests.extract.pages import HTML
from tests.provenance import dating_pages, dating_pages_more

TRUTH = dating_pages.TRUTH
SETS = (dating_pages, dating_pages_more)
Made = tuple[str, str, tuple[tuple[str, str], ...]]


def _list_of(made: ModuleType, kind: str) -> Iterator[Made]:
    yield from (made.list_undated if kind == "undated" else made.list_dated)()


def _choose(page: str, fields: tuple[tuple[str, str], ...]) -> Assertion:
    claims = read_claims(page.encode(), (HTML, *fields), dating_pages.URL)
    asserted = choose_assertions(claims, url=dating_pages.URL, captured=dating_pages.CAPTURED)
    return next(item for item in asserted if item.field == "published")


def test_there_are_many_of_each() -> None:
    undated, dated = (
        [page for made in SETS for page in _list_of(made, kind)] for kind in ("undated", "dated")
    )
    assert len(undated) >= 600
    assert len(dated) >= 350
    assert len({page for _, page, _ in (*undated, *dated)}) == len(undated) + len(dated)
    patterns = {name.split(", ")[0] for name, _, _ in undated}
    assert len(patterns) >= 130
    assert all(TRUTH.isoformat() not in page for _, page, _ in undated)


@pytest.mark.parametrize("made", SETS)
def test_no_day_is_invented_among_others(made: ModuleType) -> None:
    captured = dating_pages.CAPTURED.date()
    for name, page, fields in _list_of(made, "undated"):
        found = _choose(page, fields)
        assert found.value is None or not read_span(found.value).is_day, (name, found)
        assert found.value is None or read_span(found.value).holds(TRUTH), (name, found)
        assert found.earliest is None or date.fromisoformat(found.earliest) <= TRUTH, (name, found)
        assert found.latest is not None, (name, found)
        assert TRUTH <= date.fromisoformat(found.latest) <= captured, (name, found)


@pytest.mark.parametrize("made", SETS)
def test_the_day_that_is_said_is_found_among_others(made: ModuleType) -> None:
    for name, page, fields in _list_of(made, "dated"):
        found = _choose(page, fields)
        assert (found.value or "")[:10] == TRUTH.isoformat(), (name, found)
