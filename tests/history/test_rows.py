"""A comparison as it is laid out: nothing of either text is lost to the form."""

import re

from hypothesis import given
from hypothesis import strategies as st

from archive.history.align import align_texts
from archive.history.rows import NEW_SIDE, OLD_SIDE, Change, Row, make_rows
from archive.history.unified import list_unified

_LINES = st.lists(
    st.sampled_from(
        ("The harbour wall is mended again.", "The lamp is lit at seven.", "It rained.", "3 views")
    ),
    max_size=8,
).map("\n".join)
_TEXTS = st.one_of(_LINES, st.text("ab.\n x"))


def join(rows: tuple[Row, ...], side: tuple[Change, ...]) -> str:
    return "".join(piece.text for row in rows for piece in row.pieces if piece.change in side)


@given(_TEXTS, _TEXTS)
def test_rows_hold_both_texts_whole(old: str, new: str) -> None:
    rows = make_rows(old, new, align_texts(old, new))
    assert join(rows, NEW_SIDE) == new
    assert join(rows, OLD_SIDE) == old


@given(_LINES)
def test_rows_without_change_are_lines(text: str) -> None:
    rows = make_rows(text, text, align_texts(text, text))
    assert [row.pieces[0].text for row in rows] == text.splitlines(keepends=True)
    assert not any(row.is_changed or row.is_aside for row in rows)


def test_a_row_whose_furniture_alone_differs_says_so() -> None:
    old, new = "It rained on the quay.\n3 views\nEnd", "It rained on the quay.\n4 views\nEnd"
    rows = make_rows(old, new, align_texts(old, new))
    assert [(row.is_changed, row.is_aside) for row in rows] == [
        (False, False),
        (True, True),
        (False, False),
    ]


@given(_LINES, _LINES, st.integers(0, 3))
def test_a_unified_diff_turns_one_list_of_sentences_into_the_other(
    old: str, new: str, context: int
) -> None:
    left, right = old.split("\n") if old else [], new.split("\n") if new else []
    made: list[str] = []
    at = 0
    lost = gained = 0
    for line in list_unified(old, new, context=context):
        if head := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            assert (lost, gained) == (0, 0)
            lost, gained = int(head[2] or 1), int(head[4] or 1)
            start = int(head[1]) - (1 if lost else 0)
            made += left[at:start]
            at = start
            assert len(made) == int(head[3]) - (1 if gained else 0)
            continue
        if line[0] != "+":
            assert left[at] == line[1:]
            at, lost = at + 1, lost - 1
        if line[0] != "-":
            made.append(line[1:])
            gained -= 1
    assert (lost, gained) == (0, 0)
    assert [*made, *left[at:]] == right
