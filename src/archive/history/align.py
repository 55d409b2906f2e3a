"""Two texts laid beside each other: what stays, what is deleted, inserted or moved.

Rules:

1. Sentences first: the longest common run of equal ones stays.
2. Equal sentences that are left over on both sides have moved, if they are long enough not to
   meet by chance.
3. Between those that stay, sentences that resemble each other are paired in order, and the words
   of a pair compared.
4. What is left is deleted or inserted whole.
5. The shorter text is always the first to be aligned, so that comparing the other way round
   gives the mirror image.
6. Where texts are too large and too repetitive for an exact answer in bounded time, the answer
   is coarser, never wrong: applying it to the old text gives the new one.

Not for: what a difference is about (`archive.history.facts`).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

from archive.core.version import Operation, Span
from archive.history.sentences import split_sentences
from archive.history.words import compile_words, count_letters

_MOST_CELLS = 400_000_000  # of a table of sentences by sentences: 50 MB in bits
_DEEPEST = 12
_ALIKE = 0.6  # letters in common, of sentences that are paired
_FEW = 36  # pairs of sentences that are all looked at
_RARE, _CANDIDATES = 8, 4
_SHORTEST_MOVE = 12  # letters and digits; a character of a spaceless script counts as three

Range = tuple[int, int]


class _Edit(NamedTuple):
    operation: Operation
    old: Range | None
    new: Range | None


class _Block(NamedTuple):
    """Pieces ``i`` to ``k`` of one sentence beside pieces ``j`` to ``m`` of the other."""

    is_equal: bool
    i: int
    k: int
    j: int
    m: int

    @property
    def is_replaced(self) -> bool:
        return not self.is_equal and self.i < self.k and self.j < self.m

    def reach(self, later: "_Block") -> "_Block":
        return _Block(self.is_equal and later.is_equal, self.i, later.k, self.j, later.m)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A text and its sentences; ``keys`` are numbers that equal sentences share."""

    text: str
    places: tuple[tuple[int, int, int], ...]
    words: tuple[str, ...]
    keys: list[int]


def align_texts(old: str, new: str) -> tuple[Span, ...]:
    """Return spans that cover both texts without gaps, in the order of the new one."""
    start, end = _find_common(old, new)
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    is_turned = (len(a), a) > (len(b), b)
    edits = [_mirror(edit) for edit in _align(b, a)] if is_turned else _align(a, b)
    if start:
        edits = [_shift(edit, start, start) for edit in edits]
        edits.append(_Edit("equal", (0, start), (0, start)))
    if end:
        edits.append(_Edit("equal", (len(old) - end, len(old)), (len(new) - end, len(new))))
    return tuple(_make_span(edit, old, new) for edit in _join(_order(edits)))


def list_sentences(
    old: str, new: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return the sentences of both texts, and the places of those that stay, rising."""
    numbers: dict[str, int] = {}
    a, b = _read_side(old, numbers), _read_side(new, numbers)
    return a.words, b.words, tuple(sorted(_match(a.keys, b.keys)))


def apply_spans(old: str, spans: Iterable[Span]) -> str:
    """Return the new text, from the old one and the spans of their comparison."""
    pieces = (
        span.text if span.operation == "insert" else old[slice(*span.old)] if span.old else ""
        for span in spans
        if span.operation != "delete"
    )
    return "".join(pieces)


def _find_common(old: str, new: str) -> Range:
    """Return how many characters the two share at start and end, in whole lines."""
    start, end = 0, min(len(old), len(new))
    while start < end:
        half = (start + end + 1) // 2
        if old[start:half] == new[start:half]:
            start = half
        else:
            end = half - 1
    if start < max(len(old), len(new)):
        start = old.rfind("\n", 0, start) + 1
    while start and (old[start : start + 1].isspace() or new[start : start + 1].isspace()):
        start = old.rfind("\n", 0, start - 1) + 1
    most = min(len(old), len(new)) - start
    low, high = 0, most
    while low < high:
        half = (low + high + 1) // 2
        if old[len(old) - half : len(old) - low] == new[len(new) - half : len(new) - low]:
            low = half
        else:
            high = half - 1
    at = old.find("\n", len(old) - low) + 1 if low else 0
    while at and old[at : at + 1].isspace():
        at += 1
    return start, len(old) - at if at else 0


def _mirror(edit: _Edit) -> _Edit:
    swapped: dict[Operation, Operation] = {"insert": "delete", "delete": "insert"}
    return _Edit(swapped.get(edit.operation, edit.operation), edit.new, edit.old)


def _order(edits: Iterable[_Edit]) -> list[_Edit]:
    """Return edits in the order of the new text, a deletion behind what stays before it."""
    edits = list(edits)
    stays = sorted((edit.old, edit.new) for edit in edits if edit.operation == "equal")
    starts = [old[0] for old, _ in stays if old]

    def place(edit: _Edit) -> tuple[int, int, int]:
        if edit.new:
            return edit.new[0], 1, 0
        at = bisect_left(starts, edit.old[0]) if edit.old else 0
        before = stays[at - 1][1] if at else None
        return before[1] if before else 0, 0, edit.old[0] if edit.old else 0

    return sorted(edits, key=place)


def _join(edits: Iterable[_Edit]) -> Iterator[_Edit]:
    """Yield edits, neighbours of one kind as one."""
    last: _Edit | None = None
    for edit in edits:
        if last is None:
            last = edit
        elif last.operation == edit.operation and _follows(last, edit):
            last = _Edit(last.operation, _span(last.old, edit.old), _span(last.new, edit.new))
        else:
            yield last
            last = edit
    if last:
        yield last


def _follows(left: _Edit, right: _Edit) -> bool:
    return _touch(left.old, right.old) and _touch(left.new, right.new)


def _touch(left: Range | None, right: Range | None) -> bool:
    return left[1] == right[0] if left and right else left is right


def _span(left: Range | None, right: Range | None) -> Range | None:
    return (left[0], right[1]) if left and right else None


def _make_span(edit: _Edit, old: str, new: str) -> Span:
    text = ""
    if edit.operation == "delete" and edit.old:
        text = old[slice(*edit.old)]
    elif edit.operation == "insert" and edit.new:
        text = new[slice(*edit.new)]
    return Span(operation=edit.operation, old=edit.old, new=edit.new, text=text)


def _align(old: str, new: str) -> list[_Edit]:
    if old == new:
        return [_Edit("equal", (0, len(old)), (0, len(new)))] if old else []
    numbers: dict[str, int] = {}
    a, b = _read_side(old, numbers), _read_side(new, numbers)
    stays = list(_match(a.keys, b.keys))
    moves = _pair_moved(a, b, stays)
    pairs = dict(_pair_alike(a, b, stays, moves))
    edits: list[_Edit] = []
    for i, j in stays:
        edits.extend(_lay("equal", a.places[i], b.places[j], old, new))
    for i, j in moves.items():
        edits.extend(_lay("move", a.places[i], b.places[j], old, new))
    split = compile_words(old + new)
    for i, j in pairs.items():
        first, second = a.places[i], b.places[j]
        pieces = split.findall(a.words[i]), split.findall(b.words[j])
        edits.extend(_compare_words(*pieces, first[0], second[0]))
        edits.extend(_lay_spaces(first, second, old, new))
    paired = {i for i, _ in stays} | set(moves) | set(pairs)
    edits.extend(
        _Edit("delete", (place[0], place[2]), None)
        for i, place in enumerate(a.places)
        if i not in paired
    )
    paired = {j for _, j in stays} | set(moves.values()) | set(pairs.values())
    edits.extend(
        _Edit("insert", None, (place[0], place[2]))
        for j, place in enumerate(b.places)
        if j not in paired
    )
    return edits


def _read_side(text: str, numbers: dict[str, int]) -> _Side:
    places = split_sentences(text)
    words = tuple(text[start:end] for start, end, _ in places)
    keys = [numbers.setdefault(word, len(numbers)) for word in words]
    return _Side(text=text, places=places, words=words, keys=keys)


def _lay(
    operation: Operation, a: tuple[int, int, int], b: tuple[int, int, int], old: str, new: str
) -> Iterator[_Edit]:
    """Yield a pair of equal sentences, with the spaces behind them."""
    if old[a[1] : a[2]] == new[b[1] : b[2]]:
        if a[0] < a[2]:
            yield _Edit(operation, (a[0], a[2]), (b[0], b[2]))
        return
    if a[0] < a[1]:
        yield _Edit(operation, (a[0], a[1]), (b[0], b[1]))
    yield from _lay_spaces(a, b, old, new)


def _lay_spaces(
    a: tuple[int, int, int], b: tuple[int, int, int], old: str, new: str
) -> Iterator[_Edit]:
    if old[a[1] : a[2]] == new[b[1] : b[2]]:
        if a[1] < a[2]:
            yield _Edit("equal", (a[1], a[2]), (b[1], b[2]))
        return
    if a[1] < a[2]:
        yield _Edit("delete", (a[1], a[2]), None)
    if b[1] < b[2]:
        yield _Edit("insert", None, (b[1], b[2]))


def _shift(edit: _Edit, a: int, b: int) -> _Edit:
    return _Edit(
        edit.operation,
        (edit.old[0] + a, edit.old[1] + a) if edit.old else None,
        (edit.new[0] + b, edit.new[1] + b) if edit.new else None,
    )


# --- sentences ------------------------------------------------------------------------------------


def _match(a: Sequence[int], b: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield places of equal keys, rising on both sides: the most there are, if that is feasible."""
    waiting = [(0, len(a), 0, len(b), 0)]
    while waiting:
        a0, a1, b0, b1, depth = waiting.pop()
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            yield a0, b0
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            yield a1, b1
        if a0 == a1 or b0 == b1:
            continue
        if (a1 - a0) * (b1 - b0) <= _MOST_CELLS:
            for code in Indel.opcodes(a[a0:a1], b[b0:b1]):
                if code.tag == "equal":
                    yield from zip(
                        range(a0 + code.src_start, a0 + code.src_end),
                        range(b0 + code.dest_start, b0 + code.dest_end),
                        strict=True,
                    )
        elif depth < _DEEPEST and (anchors := _find_anchors(a, b, (a0, a1), (b0, b1))):
            yield from anchors
            ends = [(a0 - 1, b0 - 1), *anchors, (a1, b1)]
            waiting.extend((i + 1, k, j + 1, m, depth + 1) for (i, j), (k, m) in pairwise(ends))


def _find_anchors(
    a: Sequence[int], b: Sequence[int], in_a: Range, in_b: Range
) -> list[tuple[int, int]]:
    """Return places of keys that occur once on both sides, the longest rising row of them."""
    ones_a, ones_b = _find_single(a, in_a), _find_single(b, in_b)
    pairs = [(i, ones_b[key]) for key, i in ones_a.items() if key in ones_b]
    pairs.sort()
    ends: list[int] = []
    chosen: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(chosen[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        chosen[at : at + 1] = [number]
    row = []
    number = chosen[-1] if chosen else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _find_single(keys: Sequence[int], within: Range) -> dict[int, int]:
    places: dict[int, int] = {}
    for place in range(*within):
        places[keys[place]] = -1 if keys[place] in places else place
    return {key: place for key, place in places.items() if place >= 0}


def _pair_moved(a: _Side, b: _Side, stays: Sequence[tuple[int, int]]) -> dict[int, int]:
    kept_a, kept_b = {i for i, _ in stays}, {j for _, j in stays}
    waiting: dict[int, list[int]] = defaultdict(list)
    for j in range(len(b.keys) - 1, -1, -1):
        if j not in kept_b:
            waiting[b.keys[j]].append(j)
    moves = {}
    for i, key in enumerate(a.keys):
        if i not in kept_a and waiting.get(key) and _may_move(a.words[i]):
            moves[i] = waiting[key].pop()
    return moves


def _may_move(words: str) -> bool:
    return count_letters(words[: 4 * _SHORTEST_MOVE]) >= _SHORTEST_MOVE


# --- sentences that resemble each other -----------------------------------------------------------


def _pair_alike(
    a: _Side, b: _Side, stays: Sequence[tuple[int, int]], moves: dict[int, int]
) -> Iterator[tuple[int, int]]:
    moved = set(moves.values())
    ends = [(-1, -1), *sorted(stays), (len(a.keys), len(b.keys))]
    for (i, j), (k, m) in pairwise(ends):
        left = [place for place in range(i + 1, k) if place not in moves and a.words[place]]
        right = [place for place in range(j + 1, m) if place not in moved and b.words[place]]
        if left and right:
            yield from _chain(_rate(a, b, left, right))


def _rate(
    a: _Side, b: _Side, left: Sequence[int], right: Sequence[int]
) -> list[tuple[int, int, float]]:
    """Return pairs of sentences that are alike, and how much."""
    if len(left) * len(right) <= _FEW:
        pairs: Iterable[tuple[int, int]] = ((i, j) for i in left for j in right)
    else:
        pairs = _find_candidates(a, b, left, right)
    rated = []
    for i, j in pairs:
        score = Indel.normalized_similarity(a.words[i], b.words[j], score_cutoff=_ALIKE)
        if score >= _ALIKE:
            rated.append((i, j, score))
    return rated


def _find_candidates(
    a: _Side, b: _Side, left: Sequence[int], right: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs that share words which are rare among the sentences at hand."""
    holders: dict[str, list[int]] = defaultdict(list)
    for i in left:
        for word in _list_marks(a.words[i]):
            holders[word].append(i)
    for j in right:
        votes: dict[int, int] = defaultdict(int)
        for word in _list_marks(b.words[j]):
            found = holders.get(word, ())
            if len(found) <= _RARE:
                for i in found:
                    votes[i] += 1
        best = sorted(votes, key=lambda i: (-votes[i], i))[:_CANDIDATES]
        yield from ((i, j) for i in best)


def _list_marks(sentence: str) -> set[str]:
    """Return words, or pairs of characters where there are no spaces, to know a sentence by."""
    words = sentence.split()
    if len(sentence) <= 12 * len(words):
        return set(words)
    return {sentence[at : at + 2] for at in range(len(sentence) - 1)}


def _chain(rated: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return the heaviest row of pairs that rises on both sides.

    A Fenwick tree over the places of the right side holds the best row that ends there.
    """
    places = {j: at + 1 for at, j in enumerate(sorted({j for _, j, _ in rated}))}
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    before: list[int] = []
    rated.sort(key=lambda item: (item[0], -item[1]))
    for number, (_, j, score) in enumerate(rated):
        best = (0.0, -1)
        at = places[j] - 1
        while at > 0:
            best = max(best, tree[at])
            at -= at & -at
        before.append(best[1])
        row = (best[0] + score, number)
        at = places[j]
        while at < len(tree):
            tree[at] = max(tree[at], row)
            at += at & -at
    chain = []
    number = max(tree)[1]
    while number >= 0:
        chain.append(rated[number][:2])
        number = before[number]
    return chain[::-1]


# --- words ----------------------------------------------------------------------------------------


def _compare_words(
    a: Sequence[str], b: Sequence[str], start_a: int, start_b: int
) -> Iterator[_Edit]:
    """Yield the edits between two sentences, from their pieces and where they start."""
    blocks: list[_Block] = []
    for code in Indel.opcodes(a, b):
        i, k, j, m = code.src_start, code.src_end, code.dest_start, code.dest_end
        # Words are compared by their hashes there.
        block = _Block(code.tag == "equal" and a[i:k] == b[j:m], i, k, j, m)
        if blocks and blocks[-1].is_equal == block.is_equal:
            block = blocks.pop().reach(block)
        blocks.append(block)
    at_a, at_b = _add_up(a, start_a), _add_up(b, start_b)
    for block in _bridge(blocks, a):
        old, new = (at_a[block.i], at_a[block.k]), (at_b[block.j], at_b[block.m])
        if block.is_equal:
            yield _Edit("equal", old, new)
            continue
        if block.i < block.k:
            yield _Edit("delete", old, None)
        if block.j < block.m:
            yield _Edit("insert", None, new)


def _bridge(blocks: Sequence[_Block], a: Sequence[str]) -> list[_Block]:
    """Return blocks without mere spaces between two words that were both replaced."""
    kept: list[_Block] = []
    for block in blocks:
        last = kept[-1] if kept else None
        is_space = last is not None and last.is_equal and a[last.i : last.k] == [" "]
        if is_space and len(kept) > 1 and block.is_replaced and kept[-2].is_replaced:
            kept.pop()
            block = kept.pop().reach(block)  # noqa: PLW2901  (it grows to the left)
        kept.append(block)
    return kept


def _add_up(pieces: Sequence[str], start: int) -> list[int]:
    return list(accumulate(map(len, pieces), initial=start))
