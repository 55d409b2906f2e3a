"""One normal form of text, and nothing hidden in it.  Not for: taking text out of pages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.text import (
    fold_quotable,
    fold_quote,
    fold_text,
    normalise_text,
    show_hidden,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a  b\t\tc\u00a0\u2003d", "a b c d"),
        ("  a \n\n\n\n\n b ", "a\n\nb"),
        ("a\n \n \nb", "a\n\nb"),
        ("e\u0301", "\u00e9"),
        ("Case, punctuation: 1.2!", "Case, punctuation: 1.2!"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normalise_text(text) == expected


@given(st.text())
def test_the_normal_form_is_its_own(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert "\r" not in once
    assert "\n\n\n" not in once
    assert unicodedata.is_normalized("NFC", once)


SPACED = st.text(alphabet=" \n\r\t\u00a0\u2028\x1c\x85e\u0301", max_size=30)


@given(SPACED)
def test_the_normal_form_of_odd_spaces_is_its_own(text: str) -> None:
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@given(SPACED)
def test_only_the_way_lines_end_differs(text: str) -> None:
    text = text.replace("\r", "")
    assert normalise_text(text.replace("\n", "\r\n")) == normalise_text(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Gazette", "the gazette"),
        ("Stra\u00dfe", "STRASSE"),
        ("\u201cQuoted\u201d \u2013 dash", "'quoted' - DASH"),
        ("\uff21\uff11", "a1"),
        ("e\u0301t\u00e9", "\u00c9T\u00c9"),
    ],
)
def test_folding_sees_through_typography(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other) != ""


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with \u00fcmlauts and \u65e5\u672c", "plain, with \u00fcmlauts and \u65e5\u672c"),
        ("\x1b[31mred", r"\u{1b}[31mred"),
        ("a\u202eb", r"a\u{202e}b"),
        ("tab\there\n", r"tab\u{9}here\u{a}"),
        ("zero\u200bwidth", r"zero\u{200b}width"),
        ("\ud800", r"\u{d800}"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert show_hidden(text) == shown


@given(st.text(alphabet=st.characters()))
def test_nothing_hidden_is_left(text: str) -> None:
    shown = show_hidden(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in shown)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“It’s” – so…", '"It\'s" - so...'),
        ("a\u00a0b \n\n c", "a b c"),
        ("co\u00adun\u200bcil\ufeff", "council"),
        ("Case, 1.2 é", "Case, 1.2 é"),
        ("e\u0301", "é"),
        ("\u202e«x»\u202c", '"x"'),
    ],
)
def test_what_quotations_are_compared_by(text: str, folded: str) -> None:
    assert fold_quote(text) == folded


@given(st.text())
def test_every_folded_character_comes_from_somewhere(text: str) -> None:
    found = fold_quotable(text)
    assert len(found.places) == len(found.folded) + 1
    assert list(found.places) == sorted(found.places)
    for place, letter in enumerate(found.folded):
        start, end = found.locate(place, place + 1)
        assert end == start + 1
        assert text[start].isspace() if letter == " " else not text[start].isspace()
