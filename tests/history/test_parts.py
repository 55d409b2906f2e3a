"""The changed parts of two texts: words counted, told with their places, and what stands beside."""

import pytest

from archive.core.version import Span
from archive.history.align import align_texts
from archive.history.compare import find_changes
from archive.history.parts import Part, read_parts, starts_sentence

STARTS = [
    ("", True),
    ("The bridge is shut. ", True),
    ("He said: “", True),
    ("a line\n", True),
    ("a line\n - *", True),
    ("河上的桥。", True),
    ("of the ", False),
    ("(the “", False),
    ("a bridge, ", False),
    ("the bridge", False),
]


@pytest.mark.parametrize(("before", "is_start"), STARTS)
def test_where_a_sentence_begins(before: str, *, is_start: bool) -> None:
    assert starts_sentence(before) is is_start


def read(old: str, new: str) -> tuple[Part, Part]:
    spans: tuple[Span, ...] = align_texts(old, new)
    deleted, inserted, _ = find_changes(spans, (), ())
    return read_parts(old, new, deleted, inserted, spans)


def test_words_told_stand_where_their_places_say() -> None:
    old = "The wall by the river is 12 metres long. It was built in stone."
    new = "The wall by the Danube is 14 metres long. It was built in stone."
    for part, text, words in zip(
        read(old, new), (old, new), (["12"], ["Danube", "14"]), strict=True
    ):
        assert [word.text for word in part.told] == words
        assert all(text[word.start : word.end] == word.text for word in part.told)
        assert part.words == 2


def test_words_that_fold_alike_are_weighed_together() -> None:
    part = read("It was by the lamp at the quay.", "It was by the Été été ETE lamp at the quay.")[1]
    assert (part.words, dict(part.weighed)) == (3, {"ete": 3})


def test_a_sentence_that_came_alone_is_counted_and_stands_beside_nothing() -> None:
    part = read("The lamp is lit.", "The lamp is lit.\nNobody saw the table.")[1]
    assert (part.words, part.beside, dict(part.weighed)) == (4, (), {})
    assert "nobody" in part.said


@pytest.mark.parametrize("month", ["March", "März"])
def test_a_date_that_a_change_touches_is_told_whole(month: str) -> None:
    old, new = f"It opens on 3 {month} 2021 at noon.", f"It opens on 5 {month} 2021 at noon."
    for part in read(old, new):
        assert [part.text[start:end] for start, end in part.dates] == [part.text[12:-9]]
