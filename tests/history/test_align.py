"""Two texts laid beside each other: nothing lost, nothing invented, in bounded time."""

import random
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.version import Span
from archive.history.align import align_texts, apply_spans
from archive.history.sentences import split_sentences
from archive.history.words import compile_words

WORDS = "river bridge harbour wall council garden lamp quay stone morning table window".split()
SCRIPTS = (
    "река мост стена",
    "نهر جسر جدار ميناء",
    "河桥墙港，石",
    "nehir köprü duvar",
    "híd fal kő",
    "न दी पुल",
)

SENTENCES = st.lists(st.sampled_from((*WORDS, *SCRIPTS)), min_size=4, max_size=9).map(
    lambda words: " ".join(words).capitalize() + "."
)
PROSE = st.lists(st.tuples(SENTENCES, st.sampled_from((" ", "\n", "\n\n"))), max_size=8).map(
    lambda pairs: "".join(sentence + after for sentence, after in pairs).strip()
)
TEXTS = st.one_of(st.text(), PROSE, st.text("ab.\n 。é\u0301\u200d👩🇩🇪१,5"))


def mirror(spans: tuple[Span, ...]) -> set[tuple[object, ...]]:
    turned = {"insert": "delete", "delete": "insert"}
    return {
        (turned.get(span.operation, span.operation), span.new, span.old, span.text)
        for span in spans
    }


def flat(spans: tuple[Span, ...]) -> set[tuple[object, ...]]:
    return {(span.operation, span.old, span.new, span.text) for span in spans}


def check_spans(old: str, new: str) -> tuple[Span, ...]:
    """Return the spans of two texts, after seeing that they are exact, whole and symmetric."""
    spans = align_texts(old, new)
    assert apply_spans(old, spans) == new
    assert flat(align_texts(new, old)) == mirror(spans)
    at = 0
    for span in spans:
        if span.new:
            assert span.new[0] == at < span.new[1]
            at = span.new[1]
    assert at == len(new)
    at = 0
    for start, end in sorted(span.old for span in spans if span.old):
        assert start == at < end
        at = end
    assert at == len(old)
    for span in spans:
        if span.old and span.new:
            assert old[slice(*span.old)] == new[slice(*span.new)]
    stays = [span for span in spans if span.operation == "equal" and span.old]
    assert all(a.old and b.old and a.old[1] <= b.old[0] for a, b in pairwise(stays))
    return spans


@given(TEXTS, TEXTS)
def test_spans_are_exact_whole_and_symmetric(old: str, new: str) -> None:
    check_spans(old, new)


@given(PROSE, st.data())
def test_an_edited_text_too(old: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(old)))
    until = data.draw(st.integers(at, len(old)))
    check_spans(old, old[:at] + data.draw(st.text(max_size=9)) + old[until:])


@given(st.lists(SENTENCES, min_size=2, max_size=9, unique=True), st.data())
def test_a_sentence_that_moves_is_a_move(sentences: list[str], data: st.DataObject) -> None:
    taken = data.draw(st.integers(0, len(sentences) - 1))
    put = data.draw(st.integers(0, len(sentences) - 1).filter(lambda place: place != taken))
    moved = [*sentences[:taken], *sentences[taken + 1 :]]
    moved.insert(put, sentences[taken])
    old, new = "\n".join(sentences), "\n".join(moved)
    spans = check_spans(old, new)
    words = [span for span in spans if old[slice(*span.old or (0, 0))].strip() or span.text.strip()]
    assert {span.operation for span in words} == {"equal", "move"}


@given(st.text())
def test_sentences_cover_a_text(text: str) -> None:
    places = split_sentences(text)
    assert "".join(text[start:end] for start, _, end in places) == text
    assert all(start <= core <= end for start, core, end in places)
    assert not any(text[core:end].strip() for _, core, end in places)


@given(st.text(st.characters(codec="utf-8")))
def test_words_cover_a_text_and_part_no_letter_from_its_marks(text: str) -> None:
    pieces = compile_words(text).findall(text)
    assert "".join(pieces) == text
    for before, piece in pairwise(pieces):
        if unicodedata.category(piece[0])[0] == "M":
            assert before.isspace()


SPLIT = [
    ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ("Dr. Berg met J. Holm at 5 p.m. on Monday.", ["Dr. Berg met J. Holm at 5 p.m. on Monday."]),
    ("Am 3. März kam er. Es war kalt.", ["Am 3. März kam er.", "Es war kalt."]),
    ("他来了。她走了！「好。」他说", ["他来了。", "她走了！", "「好。」", "他说"]),
    ("وصل الوزير. هل تكلم؟ نعم", ["وصل الوزير.", "هل تكلم؟", "نعم"]),
    ("Geldi. İyi mi? Evet.", ["Geldi.", "İyi mi?", "Evet."]),
    ("A dr. Kiss elment. Jött más.", ["A dr. Kiss elment.", "Jött más."]),
    ("वह आया। वह गया।", ["वह आया।", "वह गया।"]),
    ("“Stop.” He left", ["“Stop.”", "He left"]),
    ("It costs 1.5 or 2.75 each. Yes", ["It costs 1.5 or 2.75 each.", "Yes"]),
    ("Wait... He came", ["Wait...", "He came"]),
    ("a line\nanother line", ["a line", "another line"]),
]


@pytest.mark.parametrize(("text", "sentences"), SPLIT)
def test_sentences_of_many_scripts(text: str, sentences: list[str]) -> None:
    assert [text[start:core] for start, core, _ in split_sentences(text)] == sentences


ONE_WORD = [
    ("The council met at the old bridge on Monday morning.", "old", "new"),
    ("Konsey pazartesi sabahı eski köprüde toplandı.", "eski", "yeni"),
    ("A tanács hétfő reggel a régi hídnál ülésezett.", "régi", "új"),
    ("اجتمع المجلس صباح الاثنين عند الجسر القديم في المدينة.", "القديم", "الجديد"),
    ("委员会星期一上午在旧桥边开会。", "旧", "新"),
    ("परिषद सोमवार सुबह पुराने पुल पर मिली।", "पुराने", "नए"),
    ("It costs 1,234.50 a year.", "1,234.50", "1,234.60"),
]


@pytest.mark.parametrize(("sentence", "word", "other"), ONE_WORD)
def test_one_changed_word_is_that_word_and_not_its_sentence(
    sentence: str, word: str, other: str
) -> None:
    old = f"Before it all was well.\n{sentence} It rained."
    spans = check_spans(old, old.replace(word, other))
    assert [(span.operation, span.text) for span in spans if span.text] == [
        ("delete", word),
        ("insert", other),
    ]


EDGES = [  # what is common at start and end must not cut a run of spaces, nor take a word twice
    ("the wall the quay", "the wall the wall the quay", {"wall the "}),
    ("a lamp and a wall", "a lamp and a garden and a wall", {"garden and a "}),
    ("the old wall  by the quay", "the old wall by the quay", {"  ", " "}),
    ("the old wall by the quay", "the old wall by the quays", {"quay", "quays"}),
    ("we don't see the wall", "we don see the wall", {"don't", "don"}),
]


@pytest.mark.parametrize(("old", "new", "changed"), EDGES)
def test_what_two_sentences_begin_and_end_with_stays_in_whole_pieces(
    old: str, new: str, changed: set[str]
) -> None:
    assert {span.text for span in check_spans(old, new) if span.operation != "equal"} == changed


def test_words_that_are_replaced_side_by_side_are_one_edit() -> None:
    spans = check_spans("They met by the old stone bridge.", "They met by the new glass bridge.")
    assert [span.text for span in spans if span.text] == ["old stone", "new glass"]


def test_two_short_cells_of_a_table_that_change_places_are_no_move() -> None:
    spans = check_spans("North\n12\nSouth\n15", "North\n15\nSouth\n12")
    assert "move" not in {span.operation for span in spans}


# --- what is made to be slow ----------------------------------------------------------------------

SIZE = 400_000


def make_hostile() -> dict[str, tuple[str, str]]:
    chance = random.Random(5)
    letters = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(SIZE))
    signs = "".join(chr(chance.randint(0x4E00, 0x5000)) for _ in range(SIZE // 2))
    lines = [chance.choice("ab") for _ in range(SIZE // 4)]
    words = [chance.choice(WORDS) for _ in range(SIZE // 7)]
    sentences = [f"The {word} was number {place}." for place, word in enumerate(words[::4])]
    mixed = sentences[:]
    chance.shuffle(mixed)
    return {
        "one giant sentence": (" ".join(words), " ".join([*words[:9_000], "new", *words[9_000:]])),
        "no spaces": (letters, letters[: SIZE // 2] + "x" + letters[SIZE // 2 :]),
        "other characters": (signs, signs[::-1]),
        "equal lines": ("line\n" * (SIZE // 5), "other\n" + "line\n" * (SIZE // 6)),
        "two kinds of lines": ("\n".join(lines), "\n".join(reversed(lines))),
        "every sentence elsewhere": (" ".join(sentences), " ".join(mixed)),
        "full stops": ("." * SIZE, "." * (SIZE // 2) + "!" + "." * 9),
        "quotation marks": ('."' * (SIZE // 2), '."' * (SIZE // 3)),
        "combining marks": ("a" + "\u0301" * SIZE, "b" + "\u0301" * SIZE),
        "commas": ("," * SIZE, "," * (SIZE // 2) + "x" + "," * (SIZE // 2)),
        "spaces": (" " * SIZE + "x", " " * (SIZE - 5) + "y"),
    }


@pytest.mark.parametrize("name", make_hostile())
def test_a_text_that_is_made_to_be_slow_is_still_exact_and_in_time(name: str) -> None:
    old, new = make_hostile()[name]
    started = time.process_time()
    spans = align_texts(old, new)
    assert time.process_time() - started < 8
    assert apply_spans(old, spans) == new
