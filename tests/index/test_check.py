"""An index whose search does not agree with its texts is found out.

Not for: damage of its pages, or rows that differ from the records (``test_verify.py``).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.index.check import check_copy, copy_index
from archive.index.full_text import forget_words, index_words
from tests.datasette_plugin.sample import PAGES, write_sample

TITLES = ("北京市人民医院宣布新规定", "東京都のごみ収集について", "Old bridge closes for repairs")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pages = [
        replace(PAGES[3], url=f"https://a.example/{number}", title=title, text=f"{title}。")
        for number, title in enumerate(TITLES)
    ]
    index = tmp_path / "archive.db"
    write_sample(index, tuple(pages))
    return index


def check(path: Path) -> list[str]:
    copy = path.with_name("copy.db")
    copy_index(path, copy)
    return list(check_copy(copy))


def leave_out(index: sqlite3.Connection, row: tuple[int, str, str]) -> None:
    index.execute("DELETE FROM texts_fts_docsize WHERE id = ?", row[:1])


def leave_out_pairs(index: sqlite3.Connection, row: tuple[int, str, str]) -> None:
    forget_words(index, *row)
    index.execute("INSERT INTO texts_fts (rowid, title, text) VALUES (?, ?, ?)", row)


def change_pairs(index: sqlite3.Connection, row: tuple[int, str, str]) -> None:
    leave_out_pairs(index, row)
    index.execute(
        "INSERT INTO pairs_fts (rowid, title, text) VALUES (?, ?, ?)", (row[0], "北海 海 ", "")
    )


def repeat_pairs(index: sqlite3.Connection, row: tuple[int, str, str]) -> None:
    forget_words(index, *row)
    index_words(index, *row)
    index.execute(
        "INSERT INTO pairs_fts (rowid, title, text) VALUES (?, ?, ?)", (row[0] + 900, "桥梁", "")
    )


def test_an_index_that_is_whole_has_no_problem(path: Path) -> None:
    assert check(path) == []


@pytest.mark.parametrize("damage", [leave_out, leave_out_pairs, change_pairs, repeat_pairs])
def test_search_that_does_not_hold_what_the_texts_hold_is_told(
    path: Path, damage: Callable[[sqlite3.Connection, tuple[int, str, str]], None]
) -> None:
    with closing(sqlite3.connect(path)) as index, index:
        row = index.execute("SELECT id, title, text FROM texts WHERE title LIKE '北京%'").fetchone()
        damage(index, row)
    (problem,) = check(path)
    assert problem.startswith("full-text search does not agree with the texts")
