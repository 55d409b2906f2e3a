"""A statement of very many captures: its page shows some, leads to the others, and reads few."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.core.instant import format_instant
from archive.datasette_plugin.timeline import draw_timeline, list_timeline
from archive.index.database import open_readonly
from archive.index.lookup import find_capture
from archive.index.sightings import select_plain
from archive.workflows.cited_line import read_line, read_standing
from archive.workflows.history import describe_history, find_place
from archive.workflows.statement import read_statement
from tests.datasette_plugin.sample import PAGES, Page, write_sample
from tests.datasette_plugin.site import Site
from tests.support.steps import count_steps

_VERSIONS = 130
_CAPTURES = 3_000
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
# A turn: what ten captures in a row show, a letter for a text, and then forty days without any.
_TURN = "aaabb.bb!c"
_STEPS = (
    150 * _CAPTURES
)  # of SQLite's machine; reading all that is known of each takes 3 times that


def list_versions(text: str) -> list[int]:
    """The versions that a page tells of, as they follow."""
    return [int(number) for number in re.findall(r"<strong>Version (\d+)</strong>", text)]


def test_a_long_history_comes_in_pages_the_latest_first(tmp_path: Path) -> None:
    pages = [
        replace(
            PAGES[3],
            text=f"The bridge was closed for the {number}th time, the council said.",
            captured_at=f"2026-03-{1 + number // 24:02}T{number % 24:02}:00:00.000000Z",
        )
        for number in range(_VERSIONS)
    ]
    with Site(write_sample(tmp_path / "archive.db", (*PAGES[:3], *pages))) as site:
        (statement,) = set(re.findall(r"/statement/(\w+)", site.visit("/search?q=bridge").text))
        first = site.visit(f"/statement/{statement}").text
        second = site.visit(f"/statement/{statement}?page=2").text
        beyond = site.visit(f"/statement/{statement}?page=9").text
    assert list_versions(first) == list(range(_VERSIONS - 99, _VERSIONS + 1))
    assert list_versions(second) == list(range(1, _VERSIONS - 99))
    assert list_versions(beyond) == list_versions(second)
    assert f"/statement/{statement}?page=2#history" in first
    assert 'rel="next"' not in second
    assert f"/statement/{statement}#history" in second
    assert first.count('class="tick"') == 1  # one path, however many captures


def make_capture(number: int) -> Page:
    """A capture of the bridge's page: an hour after the one before, forty days after a turn."""
    turn, place = divmod(number, len(_TURN))
    moment = _FIRST + timedelta(days=40 * turn, hours=number)
    page = replace(PAGES[3], captured_at=format_instant(moment))
    match _TURN[place]:
        case ".":
            return replace(page, title="", text="", outcome="timeout", status=None)
        case "!":
            return replace(page, title="", text="", status=404)
        case letter:
            return replace(page, text=f"Closed for the {2 * turn}{letter}th time, they said.")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An index of one statement with very many captures, and the statement's id."""
    path = tmp_path_factory.mktemp("long") / "archive.db"
    write_sample(path, tuple(make_capture(number) for number in range(_CAPTURES)))
    with closing(open_readonly(path)) as index:
        ((statement,),) = index.execute("SELECT id FROM statements").fetchall()
    return path, statement


def test_three_thousand_captures_are_folded_as_ever(long: tuple[Path, str]) -> None:
    path, statement = long
    with Site(path) as site:
        latest = site.visit(f"/statement/{statement}").text
        oldest = site.visit(f"/statement/{statement}?page=99").text
    turns = _CAPTURES // len(_TURN)
    # Of a turn: three versions, a time-out, the second version again, a 404; then nothing.
    lines = 7 * turns - 1
    assert f"100 of {lines:,} lines, the latest ones" in latest
    assert f"page {lines // 100 + 1} of {lines // 100 + 1} back" in oldest
    assert f"{3 * turns} versions in 3,000 captures" in latest
    versions = list_versions(oldest)
    assert versions == list(range(1, len(versions) + 1))
    told = re.sub(r"<[^>]*>|\s+", " ", oldest)
    first = told[told.index("Version 1") : told.index("Version 4")]
    for said in ("seen identical 3 times", "Version 2", "timeout", "Version 2, as before"):
        assert said in first
    assert first.count("seen identical 2 times") == 2
    assert re.search(r"Gone\s*: status 404", first)
    assert "no capture for 40 days" in first


def test_the_rows_of_a_history_tell_what_its_captures_tell(long: tuple[Path, str]) -> None:
    path, statement = long
    with closing(open_readonly(path)) as index:
        found = read_statement(index, statement)
        history = describe_history(index, statement)
        assert found is not None
        traced = [{**row, "url": ""} for row in history["captures"]]
        assert [{**row, "url": ""} for row in found["captures"]] == traced
        told = list_timeline(found)
        assert draw_timeline(found, told) == draw_timeline(history, list_timeline(history))
        begun = [row["since"] for row in told if row["kind"] == "version"]
        assert begun == [row["first_captured"] for row in history["versions"]]
        assert begun[1:] == [row["not_after"] for row in history["edits"]]


def test_a_page_and_its_citation_read_little_of_each_capture(long: tuple[Path, str]) -> None:
    path, statement = long
    with closing(open_readonly(path)) as index:
        shown = [row for row in describe_history(index, statement)["captures"] if row["version"]]
        early = find_capture(index, shown[7]["id"])
        line = read_line(index, early)
        standing = read_standing(index, early)
        assert line is not None
        assert standing is not None
        assert standing.cited == line.cited
        assert count_steps(index, lambda: read_statement(index, statement))[1] < 100 * _CAPTURES
        for ask in (
            lambda: read_standing(index, early),
            lambda: find_place(index, statement, early.id),
        ):
            assert count_steps(index, ask)[1] < 2 * _CAPTURES


def test_what_plainly_shows_a_statement_is_told_by_an_index_alone(long: tuple[Path, str]) -> None:
    """At a million captures each row of them lies on another page of the file."""
    path, statement = long
    asked: list[str] = []
    with closing(open_readonly(path)) as index:
        index.set_trace_callback(asked.append)
        plain = select_plain(index, statement)
        index.set_trace_callback(None)
        plan = [row[3] for row in index.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()]
    assert sum(is_plain for *_, is_plain in plain) == _CAPTURES * 8 // 10
    assert "USING COVERING INDEX captures_statement" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step]
