"""A comparison as a unified diff, a sentence a line, as programs and people read it.

Moved sentences are a deletion and an insertion here: the form knows no other.  Not for: patching,
since lines are sentences without the spaces between them.
"""

from collections.abc import Iterator, Sequence

from archive.history.align import list_sentences

_Step = tuple[str, int, int]  # mark, and how many sentences of both texts come before


def list_unified(old: str, new: str, *, context: int) -> Iterator[str]:
    """Yield the hunks of a unified diff with ``context`` sentences around; none if all is equal."""
    left, right, stays = list_sentences(old, new)
    steps: list[_Step] = []
    at = place = 0
    for i, j in [*stays, (len(left), len(right))]:
        steps += (("-", number, place) for number in range(at, i))
        steps += (("+", i, number) for number in range(place, j))
        if i < len(left):
            steps.append((" ", i, j))
        at, place = i + 1, j + 1
    for start, end in _list_hunks(steps, context):
        yield _format_head(steps[start:end])
        for mark, i, j in steps[start:end]:
            yield mark + (right[j] if mark == "+" else left[i])


def _list_hunks(steps: Sequence[_Step], context: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of steps around changes; those that touch are one."""
    start = end = -1
    for number, (mark, _, _) in enumerate(steps):
        if mark == " ":
            continue
        if start >= 0 and number - context > end:
            yield start, min(end, len(steps))
            start = -1
        if start < 0:
            start = max(0, number - context)
        end = number + 1 + context
    if start >= 0:
        yield start, min(end, len(steps))


def _format_head(steps: Sequence[_Step]) -> str:
    _, i, j = steps[0]
    lost = sum(mark != "+" for mark, _, _ in steps)
    gained = sum(mark != "-" for mark, _, _ in steps)
    return f"@@ -{_format_range(i, lost)} +{_format_range(j, gained)} @@"


def _format_range(before: int, count: int) -> str:
    first = before + 1 if count else before
    return str(first) if count == 1 else f"{first},{count}"
