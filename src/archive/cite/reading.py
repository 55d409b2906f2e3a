"""Citations in what others wrote: our identifiers, and the quotations that are bound to them.

What is looked at is a block: a paragraph of a manuscript, or an entry of a bibliography.  Rules:

1. An identifier is a record id, an ``ni:`` URI, a URN of ours, an ARK, an archived address
   (``…/capture/ID``), or the key of an entry of ours (``NAME-YEAR-CAPTURE``).
2. ``Quotation: “…” [characters M–N of urn:archive:text:ID]``, which our own forms write, binds
   a quotation to its place.
3. In a manuscript a passage in quotation marks (`archive.cite.marks`) is bound to the next
   identifier behind it in its sentence, else to the last one before it there, else to the next in
   its paragraph, else to the last; a block quotation to the first identifier in it or in the
   paragraph after it.  A passage that goes on in the next paragraph, which opens with its mark
   again, is bound as that paragraph is.  Footnotes are read where they are called.
4. Words in quotation marks that are fewer than three are terms, not quotations.

Not for: the containers that manuscripts come in (`archive.cite.manuscript`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.cite.marks import CONTINUED, find_unclosed, list_quoted

_ID = r"[0-9a-hjkmnp-tv-z]{16}"
IDENTIFIER = re.compile(
    r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|ni://[^\s/<>\"]{0,100}/sha-256;[A-Za-z0-9_-]{43}"
    rf"|urn:archive:(?:capture|text|screenshot|pdf|dom):{_ID}"
    rf"|ark:/?[0-9a-z]{{5,20}}/{_ID}"
    rf"|https?://[^\s<>\"{{}}|\\^`]{{1,300}}?/(?:capture|replay)/{_ID}(?![0-9a-z])"
    rf"|(?<![0-9A-Za-z-])[0-9a-z]{{1,24}}-(?:\d{{4}}|nd)-{_ID}(?:-q\d{{1,9}})?(?![0-9A-Za-z])"
    rf"|\bcapture {_ID}\b"
)
_KEY = re.compile(rf"-({_ID})(?:-q\d+)?$")
_OPENING = "Quotation: “"
_ANCHOR = re.compile(
    rf"(?P<exact>[^\0]{{1,20000}}?)” ?\[characters (?P<start>\d{{1,12}})[–-]+"
    rf"(?P<end>\d{{1,12}}) of urn:archive:text:(?P<id>{_ID})\]"
)
_ATTRIBUTION = re.compile(r"\s(?:—|–|--)[^—–“”\"]{0,80}$")
_SENTENCE_END = re.compile(r"[.!?。！？؟][”’\"'»“]{0,3}\s+(?=[“‘«„\"'\[]?[A-ZÀ-ÖØ-Þ])")
_MARKS = "\"“”„«»'‘’‚‹›"
_LEAST_WORDS = 3
_MOST_LETTERS = 10_000
_HAN = re.compile(r"[\u2e80-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or an entry: where it stands, its text, and whether it is a block quotation."""

    where: str
    text: str
    is_quotation: bool = False
    is_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An identifier in a block, and what is quoted with it; ``start`` where the place is told."""

    where: str
    identifier: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None


def read_mentions(blocks: Sequence[Block]) -> Iterator[Mention]:
    """Yield identifiers with the quotations bound to them; an identifier alone once for a block."""
    waiting: list[Block] = []  # block quotations whose identifier is still to come
    going: list[Block] = []  # paragraphs of a passage that goes on
    for block in blocks:
        matches, rest = _divide(block.text)
        anchored = [_bind_anchor(block, match) for match in matches]
        yield from anchored
        places = [(match.start(), normalise(match[0])) for match in IDENTIFIER.finditer(rest)]
        bound: list[Mention] = []
        if block.is_quotation:
            said = _ATTRIBUTION.sub("", IDENTIFIER.split(rest)[0].rstrip(" <([@"))
            if places:
                bound += [_bind(one, places[0][1], one.text) for one in waiting]
                bound += [_bind(block, places[0][1], said)] if _is_passage(said) else []
            waiting = [] if places else [*waiting, block]
        elif not block.is_entry:
            if places:
                bound += [_bind(one, places[0][1], one.text) for one in waiting]
            waiting = []
            going = going if rest.lstrip().startswith(CONTINUED) else []
            bound += [_bind(one, places[0][1], one.text) for one in going if places]
            bound += _bind_inline(block, rest, places)
            going = [] if places else [*going, *_list_unclosed(block, rest)]
        yield from bound
        told = {item.identifier for item in (*anchored, *bound)}
        captures = {name for item in told if (name := find_capture_id(item)) is not None}
        for identifier in dict.fromkeys(name for _, name in places):
            if block.is_entry and anchored:
                break  # an entry says one capture in many ways
            if identifier not in told and find_capture_id(identifier) not in captures:
                captures.add(find_capture_id(identifier) or identifier)
                yield Mention(where=block.where, identifier=identifier)
                if block.is_entry:
                    break


def normalise(identifier: str) -> str:
    """Return an identifier as `archive resolve` takes it: a key and words become a capture's id."""
    if match := _KEY.search(identifier):
        return match[1]
    return identifier.removeprefix("capture ")


def find_capture_id(identifier: str) -> str | None:
    """Return the capture id that an identifier carries within it, or None."""
    match = re.search(rf"(?:^|[:/]){_ID}$", identifier)
    return identifier[-16:] if match else None


def _divide(text: str) -> tuple[list[re.Match[str]], str]:
    """Return the quotations that our forms wrote, and what stands around them."""
    first, *parts = text.split(_OPENING)
    found, rest = [], [first]
    for part in parts:
        match = _ANCHOR.match(part)
        found += [match] if match else []
        rest.append(part[match.end() :] if match else part)
    return found, " ".join(rest)


def _bind_anchor(block: Block, match: re.Match[str]) -> Mention:
    return Mention(
        where=block.where,
        identifier=match["id"],
        quote=match["exact"],
        start=int(match["start"]),
        end=int(match["end"]),
    )


def _bind_inline(block: Block, rest: str, places: list[tuple[int, str]]) -> Iterator[Mention]:
    if not places:
        return
    starts = [start for start, _ in places]
    quoted = [item for item in list_quoted(rest) if item.end - item.start <= _MOST_LETTERS]
    ends = _list_sentence_ends(rest, [(item.start, item.end) for item in quoted])
    for item in quoted:
        words = rest[item.start : item.end]
        if _is_passage(words):
            yield _bind(block, places[_choose(starts, ends, item.start, item.end)][1], words)


def _list_unclosed(block: Block, rest: str) -> list[Block]:
    """Return the passage that a paragraph begins and does not end, none if there is none."""
    start = find_unclosed(rest)
    if start is None or not _is_passage(rest[start:]):
        return []
    return [Block(where=block.where, text=rest[start:])]


def _choose(starts: list[int], ends: list[int], start: int, end: int) -> int:
    """Return which identifier a passage is bound to."""
    behind, before = bisect_left(starts, end), bisect_left(starts, start) - 1
    sentence = bisect_right(ends, start)
    if behind < len(starts) and bisect_right(ends, starts[behind]) == sentence:
        return behind
    if before >= 0 and bisect_right(ends, starts[before]) == sentence:
        return before
    return behind if behind < len(starts) else before


def _list_sentence_ends(rest: str, quoted: list[tuple[int, int]]) -> list[int]:
    """Return where sentences end that are not within a quoted passage."""
    openings = [start for start, _ in quoted]
    found = []
    for match in _SENTENCE_END.finditer(rest):
        place = bisect_right(openings, match.start()) - 1
        if place < 0 or quoted[place][1] < match.end():
            found.append(match.end())
    return found


def _bind(block: Block, identifier: str, words: str) -> Mention:
    bare = words.rstrip(" \t\n([<@*_—–-" + _MARKS).lstrip(" \t\n<@*_—–-" + _MARKS)
    return Mention(where=block.where, identifier=identifier, quote=bare)


def _is_passage(words: str) -> bool:
    return len(words.split()) >= _LEAST_WORDS or len(_HAN.findall(words)) >= _LEAST_WORDS
