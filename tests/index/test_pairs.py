"""Search where words have no spaces between them, and where very many texts hold a word.

Not for: what a search quotes (``test_quote.py``).
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index.database import open_database, write_rows
from archive.index.full_text import choose_table, format_query
from archive.index.overview import MORE_SQL, format_few, format_search
from archive.index.pairs import format_pairs, has_spaceless, split_pairs
from archive.index.publishing import NAMED_SQL, escape_pattern
from archive.index.rows import make_withdrawn_row
from archive.index.search import open_reader, search_statements
from tests.datasette_plugin.sample import PAGES, write_sample
from tests.index.test_database import make_capture, make_leaf, make_text

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


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Nine texts that hold one word, the last one least often."""
    index = open_database(tmp_path / "crowded.db")
    for number in range(9):
        capture = make_capture(
            2 * number, key=f"a.example/{number}", url=f"https://a.example/{number}"
        )
        words = "bridge " * (9 - number) + "and the rest of the sentence " * 3
        write_rows(
            index,
            [capture, make_text(capture, 2 * number + 1, f"T{number}", words)],
            leaves=2 * number + 2,
            origin="test",
        )
    index.row_factory = sqlite3.Row
    yield index
    index.close()


def test_of_too_many_texts_the_newest_are_ranked(crowded: sqlite3.Connection) -> None:
    asked = {"query": format_query("bridge"), "limit": 20, "offset": 0}
    whole = crowded.execute(format_search(()), asked).fetchall()
    newest = crowded.execute(format_search((), most=3), asked).fetchall()
    assert [row["text_id"] for row in whole] == [2 * number + 1 for number in range(9)]
    assert [row["text_id"] for row in newest] == [13, 15, 17]  # the best of them first


def test_texts_of_few_statements_are_found_behind_the_newest_ones(
    crowded: sqlite3.Connection,
) -> None:
    crowded.execute("UPDATE statements SET language = 'cy' WHERE url LIKE '%/0'")
    asked = {"query": format_query("bridge"), "limit": 9, "offset": 0, "language": "cy"}
    assert crowded.execute(format_few(["language"]), asked).fetchone()[0] == 1
    found = crowded.execute(format_search(("language",), most=3, is_few=True), asked).fetchall()
    assert [row["text_id"] for row in found] == [1]
    newest = crowded.execute(format_search(("language",), most=3), asked).fetchall()
    assert newest == []
    reached = crowded.execute(format_search(("language",), most=9), asked).fetchall()
    assert [row["text_id"] for row in reached] == [1]


@pytest.mark.parametrize(("most", "is_more"), [(8, 1), (9, 0)])
def test_whether_there_are_more_is_told(
    crowded: sqlite3.Connection, most: int, is_more: int
) -> None:
    asked = {"query": format_query("bridge"), "most": most}
    assert crowded.execute(MORE_SQL.format(table="texts_fts"), asked).fetchone()[0] == is_more


def test_a_text_that_loses_its_first_reading_is_found_where_the_next_one_stands(
    crowded: sqlite3.Connection,
) -> None:
    again = make_capture(30, key="a.example/0", url="https://a.example/0")
    words = crowded.execute("SELECT text FROM texts WHERE id = 1").fetchone()[0]
    write_rows(crowded, [again, make_text(again, 31, "T0", words)], leaves=32, origin="test")
    assert crowded.execute("SELECT text_id FROM captures WHERE leaf = 30").fetchone()[0] == 1
    gone = make_leaf(make_capture(0))
    write_rows(crowded, [make_withdrawn_row(gone)], leaves=33, origin="test")
    assert crowded.execute("SELECT text_id FROM captures WHERE leaf = 30").fetchone()[0] == 31
    found = crowded.execute("SELECT rowid FROM texts_fts WHERE texts_fts MATCH 'bridge'")
    assert {row[0] for row in found} == {*range(3, 18, 2), 31}
    assert crowded.execute("SELECT id FROM texts ORDER BY id").fetchall()[-1][0] == 31
    crowded.execute("INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)")


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
