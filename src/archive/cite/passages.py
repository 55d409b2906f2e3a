"""What became of a quoted passage in another text of the same statement.

Rules:

1. *Unchanged*: it stands there, by the rules of `archive.cite.quotes`.
2. *Moved*: it stands there, neither of its neighbours is the one that it had, and sentences that
   stood before it now stand behind it, or the other way round.
3. *Altered*: it does not stand there, but a passage like it does; the words that differ are told.
4. *Absent*: nothing like it is there.

Nothing is anchored anew: an altered passage is shown, and is not the quotation.  Not for: comparing
whole texts (`archive.history`).
"""

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from archive.cite.quotes import find_nearest, find_places, parse_quote
from archive.core.text import fold_quotable

Fate = Literal["unchanged", "moved", "altered", "absent"]

_SPOTS = 5  # of those where it stands
_LIKE = 65.0  # of 100: below, two passages have nothing to do with each other
_SENTENCE = re.compile(r"[^.!?。！？؟\n]+[.!?。！？؟]*")
_WORD = re.compile(r"[\u2e80-\u9fff]|[^\s\u2e80-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Words that were replaced, inserted (``old`` is empty) or deleted (``new`` is empty)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterlife:
    """What became of a passage; ``nearest`` is what stands in its place where it was altered."""

    fate: Fate
    nearest: str | None = None
    differences: tuple[Difference, ...] = ()


def follow_passage(old: str, start: int, end: int, new: str) -> Afterlife:
    """Return what became in ``new`` of the passage of ``old`` from ``start`` to ``end``."""
    exact = old[start:end]
    folded, later = parse_quote(exact), fold_quotable(new)
    places = find_places(later, folded)
    if places:
        spots = [later.locate(place, place + len(folded)) for place in places[:_SPOTS]]
        is_moved = all(_is_moved(old, (start, end), new, spot) for spot in spots)
        return Afterlife(fate="moved" if is_moved else "unchanged")
    nearest = find_nearest(new, exact)
    if nearest is None or nearest.likeness < _LIKE:
        return Afterlife(fate="absent")
    return Afterlife(
        fate="altered",
        nearest=nearest.words,
        differences=list_differences(exact, nearest.words),
    )


def list_differences(old: str, new: str) -> tuple[Difference, ...]:
    """Return the words in which two passages differ, in their order."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    joiner_old, joiner_new = _find_joiner(old), _find_joiner(new)
    found: list[Difference] = []
    gap_old: list[str] = []
    gap_new: list[str] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            _close(found, gap_old, gap_new, (joiner_old, joiner_new))
            continue
        gap_old += before[step.src_start : step.src_end]
        gap_new += after[step.dest_start : step.dest_end]
    _close(found, gap_old, gap_new, (joiner_old, joiner_new))
    return tuple(found)


def _close(
    found: list[Difference], old: list[str], new: list[str], joiners: tuple[str, str]
) -> None:
    if old or new:
        found.append(Difference(old=joiners[0].join(old), new=joiners[1].join(new)))
    old.clear()
    new.clear()


def _find_joiner(text: str) -> str:
    """Return what stands between the words of a script."""
    return "" if sum("\u2e80" <= letter <= "\u9fff" for letter in text) * 2 > len(text) else " "


def _is_moved(old: str, place: tuple[int, int], new: str, spot: tuple[int, int]) -> bool:
    before, after = _list_sentences(old, place)
    earlier, later = _list_sentences(new, spot)
    common = (set(before) | set(after)) & (set(earlier) | set(later))
    shared = [[item for item in listed if item in common] for listed in (before, after, earlier)]
    rest = [item for item in later if item in common]
    if shared[0][-1:] == shared[2][-1:] or shared[1][:1] == rest[:1]:
        return False
    return bool(set(shared[0]) & set(rest)) or bool(set(shared[1]) & set(shared[2]))


def _list_sentences(text: str, place: tuple[int, int]) -> tuple[list[str], list[str]]:
    """Return the sentences before a passage and those behind it, each that occurs once."""
    spans = [(match.start(), match.end(), match[0].strip()) for match in _SENTENCE.finditer(text)]
    times: dict[str, int] = {}
    for _, _, words in spans:
        times[words] = times.get(words, 0) + 1
    before = [words for _, end, words in spans if end <= place[0] and times[words] == 1 and words]
    after = [
        words for start, _, words in spans if start >= place[1] and times[words] == 1 and words
    ]
    return before, after
