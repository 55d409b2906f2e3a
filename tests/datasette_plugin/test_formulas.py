"""CSV for spreadsheets: no cell is a formula, and nothing else is changed.

Not for: which routes give CSV, but for the ones that are asked here.
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.datasette_plugin.formulas import defuse_rows, split_whole
from tests.datasette_plugin.sample import PAGES, Page, write_sample
from tests.datasette_plugin.site import Site

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\ufeff=1", "\u200b=1"),
    *("\uff1d1", "\uff0b1", "\uff0dx", "\uff20x", '"=1', '=cmd|" /C calc"!A0', '=HYPERLINK("x")'),
    "=1,2\n=3",
)
HARMLESS = (
    "",
    "1",
    "-1",
    "+1.5",
    "-1.5e-7",
    "a=b",
    "x@y",
    "a\n=b",
    '"quoted"',
    "a,b",
    "2024-01-01",
)


def write(rows: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_becomes_text(cell: str) -> None:
    assert read(defuse_rows(write([["a", cell, "b"]]))) == [["a", "'" + cell, "b"]]


@pytest.mark.parametrize("cell", HARMLESS)
def test_what_is_none_stays(cell: str) -> None:
    assert read(defuse_rows(write([["a", cell, "b"]]))) == [["a", cell, "b"]]


@given(st.lists(st.lists(st.text(alphabet='=+-@a,"\r\n\t 1\uff1d'), min_size=2), max_size=4))
def test_whatever_is_drawn_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    given_rows = read(write(rows))
    for before, after in zip(given_rows, read(defuse_rows(write(rows))), strict=True):
        for cell, shown in zip(before, after, strict=True):
            assert shown in (cell, "'" + cell)
            assert shown[:1] not in "=@\t\r\n\uff1d" or not shown


@given(st.lists(st.text(alphabet='=a"\n,'), min_size=1), st.integers(1, 7))
def test_pieces_of_any_size_give_the_same(cells: list[str], size: int) -> None:
    data = write([["x", cell] for cell in cells]).encode()
    pieces: list[bytes] = []
    told = []
    for start in range(0, len(data), size):
        pieces.append(data[start : start + size])
        told += list(split_whole(pieces, is_last=start + size >= len(data)))
    assert b"".join(told).decode() == defuse_rows(data.decode())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    page = Page(
        url="https://news.example/=cmd",
        title='=HYPERLINK("http://leak.example/","Press")',
        text="@SUM(1+1) is what the page of the council begins with, and it goes on.",
        publisher="+council",
    )
    path: Path = write_sample(
        tmp_path_factory.mktemp("formulas") / "archive.db", (*PAGES[:3], page)
    )
    with Site(path) as site:
        yield site


@pytest.mark.parametrize(
    "path",
    [
        *("/archive/statements.csv", "/archive/statements.csv?_dl=1", "/archive/texts.csv"),
        *("/archive/statements.csv?_stream=on", "/archive/claims.csv?_labels=on"),
        *("/archive/statements.csv?_trace=1", "/archive/search.csv?q=council"),
        "/archive/-/query.csv?sql=select+title+from+texts",
        "ROW",
    ],
)
def test_no_route_gives_a_formula(site: Site, path: str) -> None:
    if path == "ROW":
        rows = json.loads(site.visit("/archive/statements.json?_shape=array").text)
        key = next(row["id"] for row in rows if row["title"].startswith("="))
        path = f"/archive/statements/{key}.csv"
    answer = site.visit(path)
    assert answer.status_code == 200
    cells = [cell for row in read(answer.text) for cell in row]
    assert any("HYPERLINK" in cell or "SUM" in cell for cell in cells), answer.text[:500]
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "+")]
