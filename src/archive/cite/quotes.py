"""Finding a quoted passage in a text, and the passage nearest to it.

Rules:

1. A passage stands in a text if it is there letter by letter in the form of `archive.core.text`
   ("Quotations"), and neither of its ends cuts a word; scripts without spaces have no such ends.
2. Where it stands more than once the place nearest to where its reader saw it is meant, else the
   first; their number is told.
3. A nearest passage is a help to whoever mistyped, never a match.  It is looked for where the text
   shares most triples of letters with the quotation: the time grows with the text's length.

Not for: what became of a passage in other texts (`archive.cite.passages`).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from archive.cite.fragment import format_fragment
from archive.core.citation import Quotation
from archive.core.digest import digest_bytes
from archive.core.text import Quotable, fold_quotable, fold_quote
from archive.errors import InputError

LONGEST = 10_000  # characters of a quotation
SHORTEST = 2
_MOST_PLACES = 100
_SEARCHED = 2_000_000  # characters of a text in which a likeness is looked for
_AROUND = 32  # characters of a prefix or suffix, as other tools keep them
_ALIGNED = 400  # longer quotations are placed by their letters alone
_WORDS = re.compile(r"\S+")
_SLACK = 200  # characters by which a passage may be longer than the quotation, at either end
_SOLID = 4  # letters in a row that are no accident
_CONTINUOUS = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u9fff"),  # Han, kana
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The passage of a text that is most like a quotation; ``likeness`` is 0 to 100."""

    words: str
    start: int
    end: int
    likeness: float


def parse_quote(text: str) -> str:
    """Return what somebody quotes in the form in which it is looked for.

    Raises:
        InputError: it is too short to be a passage, or too long.
    """
    if len(text) > LONGEST:
        raise InputError(
            f"the quotation is {len(text)} characters long, at most {LONGEST} are looked for",
            remedy="quote its parts one by one",
        )
    folded = fold_quote(text)
    if sum(letter.isalnum() for letter in folded) < SHORTEST:
        raise InputError("the quotation holds no words", remedy="quote a passage of the text")
    return folded


def find_places(text: Quotable, folded: str, *, start: int = 0) -> tuple[int, ...]:
    """Return where a folded quotation begins in a folded text, each place that cuts no word.

    Places do not overlap; of more than can be of use the first are returned, from ``start`` on.
    """
    found: list[int] = []
    whole, place = text.folded, text.folded.find(folded, start)
    while place != -1 and len(found) < _MOST_PLACES:
        if _cuts(whole, place) or _cuts(whole, place + len(folded)):
            place += 1
            while _cuts(whole, place):
                place += 1
        else:
            found.append(place)
            place += len(folded)
        place = whole.find(folded, place)
    return tuple(found)


def find_quotation(text: str, quote: str, *, near: int = 0) -> Quotation | None:
    """Return the quotation as it stands in ``text``, or None where it does not.

    ``near`` is the character of the text at which a reader saw it begin.
    """
    folded = parse_quote(quote)
    quotable = fold_quotable(text)
    places = find_places(quotable, folded)
    if not places:
        return None
    place = _choose_place(quotable, folded, places, near)
    start, end = quotable.locate(place, place + len(folded))
    return Quotation(
        exact=text[start:end],
        prefix=text[max(0, start - _AROUND) : start],
        suffix=text[end : end + _AROUND],
        start=start,
        end=end,
        text=str(digest_bytes(text.encode())),
        fragment=format_fragment(text, start, end),
        times=len(places),
    )


def _choose_place(text: Quotable, folded: str, places: tuple[int, ...], near: int) -> int:
    """Return the place nearest to a character of the text, also behind the first hundred."""
    wanted = bisect_left(text.places, near)
    behind = find_places(text, folded, start=max(0, wanted - len(folded)))
    return min((*places, *behind), key=lambda place: abs(place - wanted))


def find_nearest(text: str, quote: str) -> Nearest | None:
    """Return the passage of ``text`` that is most like the quotation; None in an empty text."""
    folded, quotable = parse_quote(quote), fold_quotable(text)
    whole = quotable.folded[:_SEARCHED]
    if not whole:
        return None
    length = len(folded)
    guess = _find_crowded(whole, folded)
    low, high = max(0, guess - length), min(len(whole), guess + 2 * length)
    window = whole[low:high]
    if length <= _ALIGNED and len(window) >= length:
        aligned = fuzz.partial_ratio_alignment(folded, window)
        guess = low + (aligned.dest_start if aligned else 0)
    first, last = _widen(whole, *_align(whole, folded, guess))
    start, end = quotable.locate(first, last)
    return Nearest(
        words=text[start:end], start=start, end=end, likeness=fuzz.ratio(folded, whole[first:last])
    )


def _align(whole: str, folded: str, guess: int) -> tuple[int, int]:
    """Return where the passage that begins about at ``guess`` begins and ends, letter for letter.

    Before the first letters that both share, and behind the last, it has as many words as the
    quotation.
    """
    slack = min(len(folded) // 4 + 8, _SLACK)
    low, high = max(0, guess - slack), min(len(whole), guess + len(folded) + slack)
    shared = [
        block
        for block in Indel.opcodes(folded, whole[low:high])
        if block.tag == "equal" and block.src_end - block.src_start >= _SOLID
    ]
    if not shared:
        return guess, min(len(whole), guess + len(folded))
    before, behind = folded[: shared[0].src_start], folded[shared[-1].src_end :]
    first = _step_words(whole, low + shared[0].dest_start, before, -1)
    last = _step_words(whole, low + shared[-1].dest_end, behind, 1)
    return first, last


def _step_words(whole: str, place: int, words: str, way: int) -> int:
    """Return the place as many words away as ``words`` has; letters, in scripts without spaces."""
    if any(map(_is_continuous, words)):
        return min(max(0, place + way * len(words)), len(whole))
    bound = place + way * (2 * len(words) + _SLACK)
    low, high = (max(0, bound), place) if way < 0 else (place, min(len(whole), bound))
    spans = [match.span() for match in _WORDS.finditer(whole, low, high)]
    number = len(words.split())
    if not number or not spans:
        return place
    return spans[-number:][0][0] if way < 0 else spans[:number][-1][1]


def _find_crowded(whole: str, folded: str) -> int:
    """Return where the window as long as ``folded`` begins that shares most triples with it."""
    quoted, cased = folded.casefold(), whole.casefold()
    if len(cased) != len(whole):  # a few letters grow; then case counts
        quoted, cased = folded, whole
    wanted = {quoted[place : place + 3] for place in range(len(quoted) - 2)} or {quoted}
    shared = [cased[place : place + 3] in wanted for place in range(len(cased))]
    sums = [0, *accumulate(shared)]
    length = len(folded)
    last = max(1, len(whole) - length + 1)
    return max(range(last), key=lambda place: sums[min(place + length, len(whole))] - sums[place])


def _widen(whole: str, first: int, last: int) -> tuple[int, int]:
    """Return a passage that cuts no word, widened by a word at each end at most."""
    bound = 64
    low = max(0, first - bound)
    while first > low and _cuts(whole, first):
        first -= 1
    high = min(len(whole), last + bound)
    while last < high and _cuts(whole, last):
        last += 1
    while first < last and whole[first] == " ":
        first += 1
    while last > first and whole[last - 1] == " ":
        last -= 1
    return first, max(last, first + 1)


def _cuts(whole: str, place: int) -> bool:
    """Tell whether a word goes on over a place."""
    if not 0 < place < len(whole):
        return False
    before, after = whole[place - 1], whole[place]
    if not (_is_letter(before) and _is_letter(after)):
        return False
    return not (_is_continuous(before) or _is_continuous(after))


def _is_letter(letter: str) -> bool:
    return letter.isalnum() or "\u0300" <= letter <= "\u036f"


def _is_continuous(letter: str) -> bool:
    if letter < _CONTINUOUS[0][0]:
        return False
    place = bisect_left(_CONTINUOUS, (letter, "\U0010ffff")) - 1
    return place >= 0 and letter <= _CONTINUOUS[place][1]
