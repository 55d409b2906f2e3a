"""Which words a search shows, and how they are folded.  Not for: finding texts."""

import sqlite3
import time
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index.quote import (
    TEXT_SCANNED,
    Marks,
    fold_word,
    parse_query,
    quote_text,
    quote_title,
)

MARKS = Marks(start="[", end="]")


def quote(text: str, query: str) -> str:
    return quote_text(text, parse_query(query), MARKS)


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("The bridge is open.", "bridge", "The [bridge] is open."),
        ("The bridge is open.", "unheard", "The bridge is open."),
        ("Die Brücke – BRÜCKE!", "brucke", "Die [Brücke] – [BRÜCKE]!"),
        ("bru\u0308cke", "brücke", "[bru\u0308cke]"),
        ("The bridge is open", '"is open"', "The bridge [is open]"),
        ("open is, is open", '"is open" is', "open is, [is open]"),
        ("C++ and C", "c++", "[C]++ and [C]"),
        ("الطريق الساحلي", "الطريق", "[الطريق] الساحلي"),
        ("", "bridge", ""),
        ("?!", "bridge", " …"),
        ("one two", "++", "one two"),
    ],
)
def test_what_matched_is_marked(text: str, query: str, shown: str) -> None:
    assert quote(text, query) == shown


def test_the_stretch_with_most_of_the_words_is_shown() -> None:
    text = "school " + "x " * 500 + "about school meals today " + "x " * 500
    shown = quote(text, "meals school")
    assert "about [school] [meals] today" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_a_match_far_back_is_shown_as_far_as_is_looked() -> None:
    assert "[bridge]" in quote("x " * 20_000 + "bridge " + "x " * 200_000, "bridge")
    assert "[" not in quote("x " * TEXT_SCANNED + "bridge", "bridge")


def test_a_text_without_spaces_is_cut() -> None:
    assert len(quote("a" * 90_000, "a" * 90_000)) < 500
    assert len(quote("word" + "." * 90_000 + "word", "word")) < 500
    assert len(quote_title("a" * 90_000, parse_query("a"), MARKS)) < 700


def test_a_page_that_repeats_one_word_is_quoted_at_once() -> None:
    text = "the " * 400_000
    begun = time.monotonic()
    assert quote(text, "the").startswith("[the] [the] ")
    assert quote(text, "the nono").startswith("[the] [the] ")
    assert time.monotonic() - begun < 1


def test_repeated_words_are_asked_for_once() -> None:
    assert list(parse_query("the The thé the. " * 90).values()) == ["the"]
    assert list(parse_query('the "the bridge" bridge').values()) == ["the bridge"]
    assert len(parse_query(" ".join(f"w{number}" for number in range(5000)))) == 64


def test_words_are_folded_as_full_text_search_does() -> None:
    letters = [
        chr(code)
        for first, last in ((0x30, 0x2FF), (0x370, 0x523), (0x1E00, 0x1FFF))
        for code in range(first, last)
        if chr(code).isalnum()
    ]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(x, tokenize = 'unicode61 remove_diacritics 2')"
        )
        connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(t, 'instance')")
        rows = [(ord(letter), letter) for letter in letters]
        connection.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", rows)
        folded = dict(connection.execute("SELECT doc, term FROM words"))
    differing = [
        letter
        for letter in letters
        if ord(letter) in folded and fold_word(letter) != folded[ord(letter)]
    ]
    assert set(differing) <= set("ǠǡͿ"), differing  # one of them two marks deep, one newer


@given(st.text(max_size=300), st.text(max_size=40))
def test_quoting_only_adds_marks(text: str, query: str) -> None:
    marks = Marks(start="\x02", end="\x03")
    shown = quote_text(text.replace("\x02", "").replace("\x03", ""), parse_query(query), marks)
    assert shown.count("\x02") == shown.count("\x03")
    bare = shown.replace("\x02", "").replace("\x03", "").removesuffix(" …").removeprefix("… ")
    assert bare in text.replace("\x02", "").replace("\x03", "") + " …"
