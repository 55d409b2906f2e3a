"""What a page itself states: what counts, and what must never make a version."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.core.claim import Claim, Field
from archive.core.version import Stated
from archive.provenance.stated import choose_stated, drop_later

URL = "https://office.example/notice"


def claim(field: Field, value: str | None, rule: str, source: str = "json-ld") -> Claim:
    return Claim(
        field=field,
        raw=value or "?",
        value=value,
        source=source,
        locator="x",
        rule=f"{rule}/1",
    )


OWN = (
    claim("title", "Ferry timetable", "json-ld-article"),
    claim("publisher", "Harbour Office", "json-ld-article"),
    claim("author", "Ida Lind", "json-ld-article"),
    claim("published", "2024-02-05T09:00:00Z", "json-ld-article"),
    claim("modified", "2024-02-06T09:00:00Z", "json-ld-article"),
)


def test_what_the_page_states_is_taken() -> None:
    assert choose_stated(OWN, URL) == (
        "Ferry timetable",
        Stated(
            published="2024-02-05T09:00:00Z",
            modified="2024-02-06T09:00:00Z",
            author="Ida Lind",
            publisher="Harbour Office",
        ),
    )


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(claim("published", "2024-02-07", "htmldate", "htmldate"), id="a program"),
        pytest.param(claim("title", "Other", "trafilatura", "trafilatura"), id="its title"),
        pytest.param(claim("author", "O. Ther", "trafilatura", "trafilatura"), id="its author"),
        pytest.param(claim("published", "2024-02-07", "json-ld-listed"), id="another page's date"),
        pytest.param(claim("publisher", "Other", "json-ld-listed"), id="another page's publisher"),
        pytest.param(claim("published", "2024-02-07", "url-day", "url"), id="the address"),
        pytest.param(claim("modified", "2024-02-07", "http-modified", "http"), id="the server"),
        pytest.param(claim("published", "2024-02-07", "visible-above", "visible"), id="a clock"),
        pytest.param(claim("published", "2024-02-07", "meta", "meta"), id="the time of rendering"),
        pytest.param(claim("published", "2024-02/..", "upload-path", "uploads"), id="a bound"),
        pytest.param(claim("published", None, "json-ld-article"), id="what cannot be read"),
    ],
)
@pytest.mark.parametrize("others", [OWN, ()], ids=["beside what it states", "alone"])
def test_what_does_not_count_changes_nothing(noise: Claim, others: tuple[Claim, ...]) -> None:
    assert choose_stated((noise, *others), URL) == choose_stated(others, URL)
    assert choose_stated((*others, noise), URL) == choose_stated(others, URL)


def test_of_several_dates_the_best_placed_is_taken_however_many_agree() -> None:
    dates = (
        claim("published", "2024-02-07", "dublin-core", "meta"),
        claim("published", "2024-02-07", "time-first", "time"),
        claim("published", "2024-02-05", "json-ld-page"),
    )
    assert choose_stated(dates, URL)[1].published == "2024-02-05"
    assert choose_stated(dates[::-1], URL)[1].published == "2024-02-05"


def test_dates_after_a_capture_can_be_dropped() -> None:
    _, stated = choose_stated(OWN, URL)
    captured = datetime(2024, 2, 4, 12, tzinfo=UTC)
    assert drop_later(stated, captured) == replace(stated, modified=None)
    assert drop_later(stated, captured.replace(day=5)) == stated
    assert drop_later(Stated(), captured) == Stated()


def test_nothing_stated_is_nothing() -> None:
    assert choose_stated((), URL) == (None, Stated())
    assert choose_stated((), None) == (None, Stated())
