"""What people may type.  Not for: what pages say (``test_text.py``)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.typed import parse_typed, shorten_typed
from archive.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\t",
        "a\x00b",
        "a\x1b[31mb",
        "a\u202eb",
        "a\u2066b",
        "a\ufeffb",
        "a\u2028b",
        "a\ue000b",
        "a\U000e0041b",
        "one\ntwo",
        "x" * 101,
        "x" * 1_000_000,
    ],
)
def test_what_hides_reorders_or_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_typed(text, "the reason", most=100)
    assert caught.value.remedy
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


def test_scripts_are_written_as_they_are() -> None:
    for text in ("می\u200cخواهم", "क\u094d\u200dष", "שלום\u200f!", "👩\u200d🔬", "São Paulo"):
        assert parse_typed(f" {text} ", "the title", most=100) == unicodedata.normalize("NFC", text)


def test_lines_are_kept_where_they_are_asked_for() -> None:
    assert parse_typed("one\r\ntwo\t3\n", "the note", most=100, lines=True) == "one\ntwo\t3"
    with pytest.raises(InputError):
        parse_typed("one\rtwo", "the note", most=100, lines=True)


@given(st.text(max_size=60))
def test_what_is_taken_is_taken_again(text: str) -> None:
    try:
        typed = parse_typed(text, "the note", most=60, lines=True)
    except InputError:
        return
    assert parse_typed(typed, "the note", most=200, lines=True) == typed


def test_an_error_quotes_only_a_part() -> None:
    assert len(shorten_typed("\x00" * 1_000_000)) < 400
