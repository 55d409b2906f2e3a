"""Passages: found letter for letter, cut exactly, followed, and looked for in bounded time.

Not for: captured pages (``tests/workflows/test_cite.py``).
"""

import time
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cite.fragment import format_fragment
from archive.cite.passages import Fate, follow_passage
from archive.cite.quotes import find_nearest, find_quotation
from archive.core.text import fold_quotable, fold_quote, normalise_text
from archive.errors import InputError

TEXT = (
    "The council met on Monday.\n\n“We’ll repair the wall — all of it…” said the mayor. "
    "It will take three\u00a0months, the coun\u00adcil said.\n\n"
    "Café prices rise. The wall stands. قال الرئيس إن الجدار قائم. 市议会星期一开会讨论城墙。"
)

WE = "%E2%80%9CWe%E2%80%99ll%20repair%20the"
ALL = "%E2%80%94%20all%20of%20it%E2%80%A6%E2%80%9D"
STANDING = [
    ("The council met on Monday.", "The council met on Monday."),
    ('"We\'ll repair the wall - all of it..."', "“We’ll repair the wall — all of it…”"),
    ("three months, the council said", "three\u00a0months, the coun\u00adcil said"),
    ("Monday. “We’ll repair", "Monday.\n\n“We’ll repair"),
    ("Cafe\u0301 prices", "Café prices"),
    ("إن الجدار قائم", "إن الجدار قائم"),
    ("星期一开会", "星期一开会"),
    ("  wall   stands ", "wall stands"),
]


@pytest.mark.parametrize(("quote", "exact"), STANDING)
def test_a_passage_is_cut_exactly(quote: str, exact: str) -> None:
    found = find_quotation(TEXT, quote)
    assert found is not None
    assert found.exact == exact == TEXT[found.start : found.end]
    assert TEXT[: found.start].endswith(found.prefix)
    assert TEXT[found.end :].startswith(found.suffix)


@pytest.mark.parametrize(
    "quote",
    [
        "the council met on Monday.",  # letter case counts
        "he council met",  # a word is cut
        "The council met on Mon",
        "The council met on Tuesday",
        "Cafe prices",
        "repair wall",
    ],
)
def test_what_differs_by_a_letter_does_not_stand(quote: str) -> None:
    assert find_quotation(TEXT, quote) is None


@pytest.mark.parametrize("quote", ["", " ", "…", "--", "a", "x" * 10_001])
def test_what_is_no_passage_is_refused(quote: str) -> None:
    with pytest.raises(InputError):
        find_quotation(TEXT, quote)


def test_a_passage_that_stands_twice_is_counted() -> None:
    found = find_quotation("It is so. It is so. It is so.", "It is so.")
    assert found is not None
    assert (found.start, found.times) == (0, 3)


@given(st.text(), st.data())
def test_every_piece_of_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    stored = normalise_text(text)
    places = fold_quotable(stored)
    assert len(places.places) == len(places.folded) + 1
    if not places.folded:
        return
    start = data.draw(st.integers(0, len(places.folded) - 1))
    end = data.draw(st.integers(start + 1, len(places.folded)))
    first, last = places.locate(start, end)
    assert 0 <= first < last <= len(stored)
    cut = unicodedata.normalize("NFC", stored[first:last])
    assert fold_quotable(cut).folded.strip() in places.folded


@given(st.text())
def test_folding_again_changes_nothing_where_the_text_is_plain(text: str) -> None:
    plain = "".join(letter for letter in text if letter.isascii())
    assert fold_quote(fold_quote(plain)) == fold_quote(plain)


NEAR = [
    ("We'll mend the wall - all of it", "“We’ll repair the wall — all of it…”"),
    ("It will take two months, the council said", "It will take three\u00a0months"),
    ("Coffee prices rise", "Café prices rise"),
    ("市议会星期二开会讨论城墙", "市议会星期一开会讨论城墙"),
]


@pytest.mark.parametrize(("quote", "near"), NEAR)
def test_the_nearest_passage_is_the_one_that_was_meant(quote: str, near: str) -> None:
    found = find_nearest(TEXT, quote)
    assert found is not None
    assert TEXT[found.start : found.end] == found.words
    assert fold_quote(near).strip('".') in fold_quote(found.words)


OLD = "One stands first. Two is the second of them. Three comes after. Four is the last one."
FATES: list[tuple[str, Fate]] = [
    (OLD, "unchanged"),
    ("Zero is new. " + OLD, "unchanged"),
    ("One stands first. Two is the second of them. Five is new. Four is the last.", "unchanged"),
    ("One stands first. Three comes after. Four is the last one. Two is the second of them."
     , "moved"),
    ("One stands first. Two is the third of them. Three comes after. Four is the last one."
     , "altered"),
    ("One stands first. Three comes after. Four is the last one.", "absent"),
    ("", "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("new", "fate"), FATES)
def test_what_became_of_a_passage(new: str, fate: Fate) -> None:
    passage = "Two is the second of them."
    start = OLD.index(passage)
    found = follow_passage(OLD, start, start + len(passage), new)
    assert found.fate == fate
    if fate == "altered":
        assert [(item.old, item.new) for item in found.differences] == [("second", "third")]


def test_differences_of_chinese_are_told_by_characters() -> None:
    old = "市议会星期一开会讨论城墙。"
    found = follow_passage(old, 0, len(old), "市议会星期二开会讨论城墙。")
    assert [(item.old, item.new) for item in found.differences] == [("一", "二")]


@pytest.mark.parametrize(
    ("exact", "fragment"),
    [
        ("The wall stands.", "The%20wall%20stands."),
        ("“We’ll repair the wall — all of it…”", None),
        ("Monday.\n\n“We’ll repair", "Monday.,%E2%80%9CWe%E2%80%99ll%20repair"),
        ("wall stands", "wall%20stands"),
        ("wall", f"{WE}-,wall,-{ALL}"),
    ],
)
def test_the_fragment_leads_to_the_passage(exact: str, fragment: str | None) -> None:
    start = TEXT.index(exact)
    made = format_fragment(TEXT, start, start + len(exact))
    assert made.startswith("#:~:text=")
    assert made.isascii()
    told = made.removeprefix("#:~:text=")
    assert fragment is None or told == fragment
    assert fragment is not None or unquote(told) == exact


@pytest.mark.parametrize("words", ["a, b & c-d", "x=1&text=2", "10%,-20", "#a"])
def test_marks_of_the_directive_are_escaped(words: str) -> None:
    made = format_fragment(f"So {words} it is.", 3, 3 + len(words)).removeprefix("#:~:text=")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~%")
    assert unquote(made) == words


def test_a_long_word_was_cut_where_no_browser_finds_it() -> None:
    """Fragments match whole words; only what is written without spaces may be cut."""
    long = "Die Ministerpräsidentenkonferenzen der Länder beraten heute.\nSie beraten morgen."
    made = unquote(format_fragment(long, 0, len(long)).removeprefix("#:~:text="))
    assert made.startswith("Die Ministerpräsidentenkonferenzen der Länder,")
    han = "市议会星期一开会讨论城墙" * 4
    assert len(unquote(format_fragment(f"{han}\n{han}", 0, 97)).split(",")[0]) < 30


def test_spaces_within_a_long_passage_kept_browsers_from_finding_it() -> None:
    """A no-break space beside a space is two in the page, and one in our text."""
    long = "The harbour office has published the timetable for the winter season."
    made = unquote(format_fragment(long, 0, len(long)).removeprefix("#:~:text="))
    assert made == "The harbour office has,for the winter season."
    again = "The old quay stays open in winter" + ", and the shop stays open in winter" * 2
    made = unquote(format_fragment(again, 0, len(again)).removeprefix("#:~:text="))
    assert made == again  # the last words would end it too early


HOSTILE = {
    "one letter": ("a" * 300_000, "a" * 9_000),
    "one letter, then another": ("a" * 300_000, "a" * 9_000 + "b"),
    "words": ("a b " * 100_000, "b a " * 2_000 + "c"),
    "short words": ("it is " * 60_000, "it is not so it is"),
    "marks": ("…" * 100_000, "so it is"),
    "sentences": ("It is so. " * 40_000, "It is not so."),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(kind: str) -> None:
    text, quote = HOSTILE[kind]
    began = time.process_time()
    find_quotation(text, quote)
    find_nearest(text, quote)
    follow_passage(text, 0, min(60, len(text)), text[::-1]) if text[0].isalnum() else None
    assert time.process_time() - began < 20
