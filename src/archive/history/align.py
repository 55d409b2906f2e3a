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

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product
from operator import itemgetter

from rapidfuzz.distance import Indel, Postfix, Prefix

from archive.core.version import Span
from archive.history.sentences import split_sentences
from archive.history.words import compile_words, count_letters

_MOST_CELLS = 400_000_000  # of a table of sentences by sentences: 50 MB in bits
_DEEPEST = 12
_ALIKE = 0.6  # letters in common, of sentences that are paired
_FEW = 36  # pairs of sentences that are all looked at
_RARE, _CANDIDATES = 8, 4
_SHORTEST_MOVE = 12  # letters and digits; a character of a spaceless script counts as three

Range = tuple[int, int]
_Place = tuple[int, int, int]  # of a sentence: where it starts, its words end, its spaces end
_Shared = tuple[int, int, int, int]  # equal words: from and to in the old text, and in the new


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A text and its sentences; ``keys`` are numbers that equal sentences share."""

    text: str
    places: tuple[_Place, ...]
    words: tuple[str, ...]
    keys: list[int]


def align_texts(old: str, new: str) -> tuple[Span, ...]:
    """Return spans that cover both texts without gaps, in the order of the new one."""
    start, end = _find_common(old, new)
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    is_turned = (len(a), a) > (len(b), b)
    stays, moves = _align(b, a) if is_turned else _align(a, b)
    if is_turned:
        stays, moves = ([(j, m, i, k) for i, k, j, m in shared] for shared in (stays, moves))
    if start:
        stays, moves = (
            [(i + start, k + start, j + start, m + start) for i, k, j, m in shared]
            for shared in (stays, moves)
        )
    stays.append((0, start, 0, start))
    stays.append((len(old) - end, len(old), len(new) - end, len(new)))
    return tuple(_lay_out(old, new, list(_join(stays)), list(_join(moves))))


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


def _join(shared: Iterable[_Shared]) -> Iterator[_Shared]:
    """Yield what is shared in the order of the new text, neighbours in both texts as one."""
    filled = (here for here in shared if here[0] < here[1])
    last: _Shared | None = None
    for here in sorted(filled, key=itemgetter(2)):
        if last and last[1] == here[0] and last[3] == here[2]:
            last = (last[0], here[1], last[2], here[3])
            continue
        if last:
            yield last
        last = here
    if last:
        yield last


def _lay_out(
    old: str, new: str, stays: Sequence[_Shared], moves: Sequence[_Shared]
) -> Iterator[Span]:
    """Yield spans: before what stays, first what is deleted, then what is inserted or moved."""
    left = sorted(((i, k) for i, k, _, _ in moves), reverse=True)
    came = list(reversed(moves))
    at_a = at_b = 0
    for i, k, j, m in (*stays, (len(old), len(old), len(new), len(new))):
        while left and left[-1][0] < i:
            start, end = left.pop()
            if at_a < start:
                yield Span(operation="delete", old=(at_a, start), new=None, text=old[at_a:start])
            at_a = end
        if at_a < i:
            yield Span(operation="delete", old=(at_a, i), new=None, text=old[at_a:i])
        while came and came[-1][2] < j:
            gone, ended, start, end = came.pop()
            if at_b < start:
                yield Span(operation="insert", old=None, new=(at_b, start), text=new[at_b:start])
            yield Span(operation="move", old=(gone, ended), new=(start, end))
            at_b = end
        if at_b < j:
            yield Span(operation="insert", old=None, new=(at_b, j), text=new[at_b:j])
        if i < k:
            yield Span(operation="equal", old=(i, k), new=(j, m))
        at_a, at_b = k, m


def _align(old: str, new: str) -> tuple[list[_Shared], list[_Shared]]:
    """Return what stays, and what moved."""
    numbers: dict[str, int] = {}
    a, b = _read_side(old, numbers), _read_side(new, numbers)
    same = list(_match(a.keys, b.keys))
    moved = _pair_moved(a, b, same)
    stays = [_share(a, b, i, j) for i, j in same]
    split = compile_words(old + new)
    for i, j in _pair_alike(a, b, same, moved):
        first, second = a.places[i], b.places[j]
        stays.extend(_share_words(a.words[i], b.words[j], first[0], second[0], split))
        if old[first[1] : first[2]] == new[second[1] : second[2]]:
            stays.append((*first[1:], *second[1:]))
    return stays, [_share(a, b, i, j) for i, j in moved.items()]


def _share(a: _Side, b: _Side, i: int, j: int) -> _Shared:
    """Return the place of equal sentences, with the spaces behind them if these are equal."""
    first, second = a.places[i], b.places[j]
    is_all = a.text[first[1] : first[2]] == b.text[second[1] : second[2]]
    return first[0], first[1 + is_all], second[0], second[1 + is_all]


def _read_side(text: str, numbers: dict[str, int]) -> _Side:
    places = split_sentences(text)
    words = tuple(text[start:end] for start, end, _ in places)
    keys = [numbers.setdefault(word, len(numbers)) for word in words]
    return _Side(text=text, places=places, words=words, keys=keys)


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
        if i + 1 == k or j + 1 == m:
            continue
        left = [place for place in range(i + 1, k) if place not in moves and a.words[place]]
        right = [place for place in range(j + 1, m) if place not in moved and b.words[place]]
        if left and right:
            yield from _chain(_rate(a, b, left, right))


def _rate(
    a: _Side, b: _Side, left: Sequence[int], right: Sequence[int]
) -> list[tuple[int, int, float]]:
    """Return pairs of sentences that are alike, and how much."""
    is_few = len(left) * len(right) <= _FEW
    pairs = product(left, right) if is_few else _find_candidates(a, b, left, right)
    words, others = a.words, b.words
    rated = []
    for i, j in pairs:
        score = Indel.normalized_similarity(words[i], others[j], score_cutoff=_ALIKE)
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
    if len(rated) < 2:  # nearly always
        return [(i, j) for i, j, _ in rated]
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


def _share_words(
    a: str, b: str, start_a: int, start_b: int, split: re.Pattern[str]
) -> Iterator[_Shared]:
    """Yield what two sentences share, from where they start, in pieces that ``split`` finds.

    A space alone between two words that were both replaced is not worth telling.
    """
    head, tail = _find_edges(a, b)
    yield start_a, start_a + head, start_b, start_b + head
    left, right = split.findall(a[head : len(a) - tail]), split.findall(b[head : len(b) - tail])
    at_a = list(accumulate(map(len, left), initial=start_a + head))
    at_b = list(accumulate(map(len, right), initial=start_b + head))
    # Pieces are compared by their hashes there.
    found = Indel.editops(left, right).as_matching_blocks()
    blocks = [(i, j, size) for i, j, size in found if left[i : i + size] == right[j : j + size]]
    k = m = 0
    for (i, j, size), (next_i, next_j, _) in pairwise(blocks):
        is_alone = k < i and m < j
        k, m = i + size, j + size
        if not (is_alone and k < next_i and m < next_j and left[i:k] == [" "]):
            yield at_a[i], at_a[k], at_b[j], at_b[m]
    end_a, end_b = start_a + len(a), start_b + len(b)
    yield end_a - tail, end_a, end_b - tail, end_b


def _find_edges(a: str, b: str) -> tuple[int, int]:
    """Return how many characters two sentences share at start and end, cut behind a space.

    The longest common row of pieces begins and ends with these, so that they need no cutting.
    """
    same = Prefix.similarity(a, b)
    head = a.rfind(" ", 0, same) + 1
    if a[head : head + 1].isspace() or b[head : head + 1].isspace():
        head = 0
    end = len(a) - min(Postfix.similarity(a, b), len(a) - same, len(b) - same)
    at = a.find(" ", end) + 1
    tail = len(a) - at if at and not a[at : at + 1].isspace() else 0
    return head, tail
