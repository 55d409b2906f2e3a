"""Days of publication on pages in many scripts, calendars and templates.

Not for: pages made from patterns (`tests/provenance/test_dating.py`).
"""

import pytest

from archive.core.claim import Assertion
from archive.core.span import read_span
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from tests.extract.pages import HTML
from tests.provenance.dating_pages_world import CAPTURED, PAGES


def _choose(name: str) -> Assertion:
    language, body, head, url, _ = PAGES[name]
    page = f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'
    claims = read_claims(page.encode(), (HTML,), url)
    asserted = choose_assertions(claims, url=url, captured=CAPTURED)
    return next(item for item in asserted if item.field == "published")


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page[4] is None])
def test_a_day_of_something_else_is_not_asserted_in_any_script(name: str) -> None:
    found = _choose(name)
    assert found.value is None or not read_span(found.value).is_day, found


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page[4]])
def test_the_day_that_a_page_states_is_read_in_any_script_and_calendar(name: str) -> None:
    assert (_choose(name).value or "")[:10] == PAGES[name][4]


def test_a_reading_after_the_capture_leaves_the_other_one_only_behind_a_label() -> None:
    labelled = _choose("ambiguous labelled capture bound")
    assert labelled.value == "2024-03-04"
    bare = _choose("ambiguous 03/04/2024 no region")
    assert (bare.value or "").startswith("[")


def test_a_day_ahead_of_the_capture_is_never_when_a_page_was_published() -> None:
    body = "<h1>The old wall</h1><p class=date>{}</p><p>It is being repaired at last.</p>"
    for day in ("29 May 2024", "8 March 2024", "6 March 2025"):
        claims = read_claims(body.format(day).encode(), (HTML,), "https://news.example/wall")
        asserted = choose_assertions(claims, url="https://news.example/wall", captured=CAPTURED)
        found = next(item for item in asserted if item.field == "published")
        assert found.value is None, (day, found)
