"""Search where words have no spaces between them.

Not for: what a search quotes (``test_quote.py``), or very many matches (``test_ranking.py``).
"""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index.full_text import choose_table, format_query
from archive.index.pairs import format_pairs, has_spaceless, split_pairs
from archive.index.publishing import NAMED_SQL, escape_pattern
from archive.index.search import open_reader, search_statements
from tests.datasette_plugin.sample import PAGES, write_sample

TITLES = (
    "北京市人民医院宣布新规定",
    "第5医院 2026 年报",
    "東京都のごみ収集について",
    "ประกาศโรงเรียนปิด",
    "Old bridge closes for repairs",
    "iPhone手机召回",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pages = [
        replace(PAGES[3], url=f"https://a.example/{number}", title=title, text=f"{title}。")
        for number, title in enumerate(TITLES)
    ]
    return write_sample(tmp_path / "archive.db", tuple(pages))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("医院", {0, 1}),
        ("人民医院", {0}),
        ("民医院", {0}),
        ("院", {0, 1}),
        ("医", {0, 1}),
        ("院医", set()),
        ("医院 2026", {1}),
        ("第5医院", {1}),
        ("5医院", {1}),
        ("规定 医院", {0}),
        ("ごみ", {2}),
        ("東京都", {2}),
        ("収集", {2}),
        ("โรงเรียน", {3}),
        ("เรียนปิด", {3}),
        ("手机", {5}),
        ("iphone 手机", {5}),
        ("iPhone手机", {5}),
        ("bridge", {4}),
        ("医院 bridge", set()),
    ],
)
def test_words_without_spaces_between_them_are_found(
    path: Path, words: str, found: set[int]
) -> None:
    with open_reader(path) as reader:
        rows = list(search_statements(reader, words, limit=20))
    assert {TITLES.index(row["name"]) for row in rows} == found
    assert all("[" in row["snippet"] for row in rows)


@given(st.text("人民医院ab。 ", max_size=12), st.text("人民医院ab", min_size=1, max_size=4))
def test_what_is_found_without_spaces_is_there(text: str, words: str) -> None:
    """Beside a word of letters with spaces, which is found as a whole only."""
    if not has_spaceless(words) or words.strip("ab") != words:
        return
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE t USING fts5 (x, content = '', tokenize = 'unicode61')")
    index.execute("INSERT INTO t (rowid, x) VALUES (1, ?)", (split_pairs(text),))
    found = index.execute("SELECT count(*) FROM t WHERE t MATCH ?", (format_pairs(words),))
    assert bool(found.fetchone()[0]) == (words in text)
    index.close()


def test_a_text_with_spaces_is_not_indexed_in_pairs(path: Path) -> None:
    index = sqlite3.connect(path)
    assert index.execute("SELECT count(*) FROM pairs_fts_docsize").fetchone() == (5,)
    index.close()


def test_a_name_is_looked_for_as_it_is_typed(path: Path) -> None:
    index = sqlite3.connect(path)
    index.execute("UPDATE statements SET publisher = '50 %_\\ 医院' WHERE name LIKE '北京%'")
    for words, count in (("医院", 1), ("%_", 1), ("\\", 1), ("0%", 0), ("courier", 5)):
        asked = {"words": escape_pattern(words), "limit": 9}
        assert sum(row[1] for row in index.execute(NAMED_SQL, asked)) == count, words
    index.close()


def test_which_table_is_asked() -> None:
    assert choose_table("bridge 2026") == "texts_fts"
    assert choose_table("bridge 桥") == "pairs_fts"
    assert format_query("人民医院 桥") == '" 人民 民医 医院" " 桥" *'
