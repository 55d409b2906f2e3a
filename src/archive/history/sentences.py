"""Texts in pieces that are compared as wholes: sentences, in any script, with nothing between.

Rules:

1. A line feed ends a sentence, and so does a full stop of any script with a space behind it;
   those of Chinese and Japanese need no space.
2. A full stop behind an initial, a short number or a listed abbreviation, or before a small
   letter, ends none.  A missed end costs nothing but a longer piece.
3. A piece longer than `LONGEST` is cut at commas, then at spaces, then between characters, at
   places that follow from the text around them, so that an insertion shifts no later cut.
   None parts a character from its combining marks.

Not for: words (`archive.history.words`).
"""

import re
import unicodedata
from collections.abc import Iterator

from archive.history.furniture import fold_line

LONGEST = 600
_LONGEST_WORD = 2 * LONGEST
_SHORTEST_CLAUSE = 20

_STOPS = ".!?…‽؟۔।॥։።"
_FULL_STOPS = "。！？｡"
_CLOSING = "[\"'”’»“)\\]」』）]*+"
_END = re.compile(
    rf"[{_STOPS}{_FULL_STOPS}\n](?:(?<=\n)\s*+|(?<=[{_FULL_STOPS}]){_CLOSING}\s*+"
    rf"|(?<=[{_STOPS}])(?<![{_STOPS}].)[{_STOPS}]*+{_CLOSING}\s++)",
    re.DOTALL,
)
_BEFORE = re.compile(r"[\s.(\[\"'“„«]")
_MOST_BEFORE, _LONGEST_BEFORE = 14, 12
_LONG = 7  # letters, more than any abbreviation has
_ABBREVIATIONS = frozenset(
    fold_line(
        """
mr mrs ms dr prof st jr sr vs no nos vol fig art sec ch pp p ed eds gen col lt capt sgt rev hon gov
sen rep pres dept inc ltd co corp approx ca cf etc al jan feb mar apr jun jul aug sep sept oct nov
dec hr fr frl nr str bzw evtl ggf inkl zzgl vgl abs hl geb gest mio mrd usw sog
mme mlle mgr av bd env chap sra sr dña núm pág av ud uds sig sigg dott ing avv on
dhr mevr drs mw bijv blz enz özn örn yrd doç kr pl ill stb dl özv ifj szt
im ul pan nr tys mln mld tzn np św ks г гг ул д им тыс млн млрд руб стр т
""",
    ).split()
)
_CLAUSE = re.compile(r"[,;:、，；：،؛—–]\s*")
_SPACED = re.compile(r"(?<!\S)\S++\s++")


def split_sentences(text: str) -> tuple[tuple[int, int, int], ...]:
    """Return where each sentence starts, where its words end, and where its spaces end.

    The last is where the next one starts; together they cover ``text``.
    """
    ends = [match.end() for match in _END.finditer(text) if _is_end(text, match)]
    found: list[tuple[int, int, int]] = []
    start = 0
    for end in (*ends, len(text)):
        cuts = [*_list_cuts(text, start, end), end] if end - start > LONGEST else (end,)
        for cut in cuts:
            if start < cut:
                found.append((start, start + len(text[start:cut].rstrip()), cut))
                start = cut
    return tuple(found)


def _is_end(text: str, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] != "." or mark[1:2] == "." or "\n" in mark:
        return True
    start, end = match.span()
    if text[end : end + 1].islower():
        return False
    word = text[max(0, start - _MOST_BEFORE) : start].rpartition(" ")[2]
    if word.isalpha():
        if len(word) >= _LONG:
            return True
    else:
        word = _BEFORE.split(word)[-1]
    word = word[-_LONGEST_BEFORE:]
    if word.isdigit():
        return len(word) > 2
    if len(word) == 1 and word.isalpha():
        return not unicodedata.category(word).startswith("L") or word in "IiаяиА"
    return fold_line(word) not in _ABBREVIATIONS


def _list_cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a long piece is cut, in order."""
    at = start
    for cut in [*(match.end() for match in _CLAUSE.finditer(text, start, end)), end]:
        if cut - at > LONGEST:
            yield from _list_spaces(text, at, cut)
        if cut - at < _SHORTEST_CLAUSE:
            continue
        if cut < end:
            yield cut
        at = cut


def _list_spaces(text: str, start: int, end: int) -> Iterator[int]:
    at = start
    for match in _SPACED.finditer(text, start, end):
        word = match.group()
        if (ord(word[0]) * 31 + ord(word[1]) * 7 + len(word)) % 16 == 0:
            if match.end() - at > _LONGEST_WORD:
                yield from _list_letters(text, at, match.end())
            yield match.end()
            at = match.end()
    if end - at > _LONGEST_WORD:
        yield from _list_letters(text, at, end)


def _list_letters(text: str, start: int, end: int) -> Iterator[int]:
    """Yield cuts behind some letters, and where these are missing, at equal distances."""
    some = "".join(sorted(letter for letter in set(text[start:end]) if ord(letter) % 29 == 0))
    places = re.finditer(f"[{re.escape(some)}]", text[start:end]) if some else ()
    at = start
    for cut in [*(start + match.end() for match in places), end]:
        while cut - at > _LONGEST_WORD:
            at = _pass_marks(text, at + LONGEST, cut)
            yield at
        if cut < end and cut - at > LONGEST // 4:
            at = _pass_marks(text, cut, end)
            yield at


def _pass_marks(text: str, at: int, end: int) -> int:
    """Return the first place from ``at`` on that does not part a letter from its marks."""
    while at < end and (
        unicodedata.category(text[at])[0] == "M" or "\u200d" in text[at - 1 : at + 1]
    ):
        at += 1
    return at
