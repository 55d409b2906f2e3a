"""Whether a page is the statement, or something that came instead of it.

Rules, the first that holds:

1. A page that shows much text of its own is usable, whatever it is about; each rule says how
   little it must show.  ``text`` below means letters outside links and furniture.
2. ``challenge page``: a check for robots.  1 header field, 2 a mark in the source, 3 title or
   heading, 4 sentence.
3. ``block page``: a refusal.  1 header field, 2 title with its sentence or mark, 3 sentence, 4 an
   answer 401, 403, 406, 407, 429, 451 or 503 with little text.
4. ``consent wall``: a question about data, with the buttons that answer it, and next to nothing
   else.  1 its address is a known one, 2 title or heading, 3 nothing but the question.
5. ``soft 404``: a success (200 to 299) that says the page is not there.  1 the whole title, or a
   part of it between bars, 2 the whole heading, 3 a whole line where there is hardly another.

A statement about such pages is none: their words count where they are the whole title, heading or
line.  Not for: statuses (404, 410, 500) that say so themselves, or redirects.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice

from lxml import etree

from archive.core.text import normalise_text
from archive.core.version import Quality
from archive.extract.furniture import leave_out
from archive.extract.page import Page
from archive.extract.quality_words import (
    BAR,
    BARE_NUMBER,
    BLOCK_FIELDS,
    BLOCK_SENTENCE,
    BLOCK_TITLE,
    CHALLENGE_FIELDS,
    CHALLENGE_MARK,
    CHALLENGE_SENTENCE,
    CHALLENGE_TITLE,
    GONE_SENTENCE,
    GONE_TITLE,
    WALL_BUTTON,
    WALL_HOST,
    WALL_SENTENCE,
    WALL_TITLE,
)
from archive.extract.visible import Measured, read_visible_text

Judgement = tuple[Quality, str]
USABLE: Judgement = ("usable", "")

# Letters of text, at most.
_CHALLENGE_TEXT = 1_200
_BLOCK_TEXT = 1_500
_REFUSED_TEXT = 600
_GONE_TEXT = 700
_LITTLE = 120
_NOTHING = 25
_WALL_TEXT = 20_000
_WALL_OTHER = 250

_SHOWN = 160  # characters of what a rule saw, in its reason
_SOURCE = 200_000  # characters of the source that are searched for marks
_LONGEST_TITLE = 300
_MOST_HEADINGS = 5
_MOST_LINES = 200
_LONGEST_LINE = 1_000
_MOST_BUTTONS = 300

REFUSALS = frozenset([401, 403, 406, 407, 429, 451, 503])


def judge_quality(
    page: Page, visible: str, measured: Measured, furniture: AbstractSet[etree._Element]
) -> Judgement:
    """Return what a page is, and the rule that says so with what it saw.

    ``visible`` is its visible text in normal form.
    """
    letters = _count_letters(visible, measured, furniture)
    lines = _split_lines(visible)
    titles = [_read_line(title) for title in page.parts.titles[:1]]
    headings = [_read_line(item) for item in islice(_list_headings(page), _MOST_HEADINGS)]
    named = [name for name in [*titles, *headings] if name]
    return (
        _find_challenge(page, letters, named, lines)
        or _find_block(page, letters, named, lines)
        or (_find_wall(page, letters, named, furniture) if lines else None)
        or _find_gone(page, letters, titles, headings, lines)
        or USABLE
    )


def _list_headings(page: Page) -> Iterator[etree._Element]:
    return (item for item in page.parts.headings if item.tag in ("h1", "h2"))


def _count_letters(visible: str, measured: Measured, furniture: AbstractSet[etree._Element]) -> int:
    """Return how many letters stand outside links and furniture."""
    if not measured.sizes:
        return len(visible)
    whole = next(reversed(measured.sizes.values()))
    plain = whole.letters - whole.linked
    outermost: set[etree._Element] = set()
    inside: set[etree._Element] = set()
    for element in reversed(measured.sizes):  # those above come before those in them
        if element.getparent() in inside:
            inside.add(element)
        elif element in furniture:
            inside.add(element)
            outermost.add(element)
    sizes = (measured.sizes[element] for element in outermost)
    return plain - sum(size.letters - size.linked for size in sizes)


def _read_line(element: etree._Element) -> str:
    text = read_visible_text(element)[:_LONGEST_TITLE]
    return " ".join(normalise_text(text).split())


def _judge(quality: Quality, rule: int, saw: str) -> Judgement:
    return quality, f"{quality}/{rule}: {saw[:_SHOWN]}"


def _find_field(page: Page, wanted: tuple[tuple[str, str], ...]) -> str | None:
    for name, value in wanted:
        found = page.find(name)
        if found is not None and value in found.lower():
            return f"{name}: {found}"
    return None


def _find_challenge(
    page: Page, letters: int, named: list[str], lines: list[str]
) -> Judgement | None:
    if letters > _CHALLENGE_TEXT:
        return None
    if field := _find_field(page, CHALLENGE_FIELDS):
        return _judge("challenge page", 1, field)
    if letters <= _REFUSED_TEXT and (mark := CHALLENGE_MARK.search(page.text[:_SOURCE])):
        return _judge("challenge page", 2, mark[0])
    sentence = _find_sentence(CHALLENGE_SENTENCE, lines)
    name = next((name for name in named if _is_said(CHALLENGE_TITLE, name)), None)
    if name and (sentence or letters <= _LITTLE or _is_refusal(page)):
        return _judge("challenge page", 3, f"title {name}")
    if sentence and letters <= _REFUSED_TEXT:
        return _judge("challenge page", 4, sentence)
    return None


def _find_block(page: Page, letters: int, named: list[str], lines: list[str]) -> Judgement | None:
    if letters > _BLOCK_TEXT:
        return None
    if field := _find_field(page, BLOCK_FIELDS):
        return _judge("block page", 1, field)
    sentence = _find_sentence(BLOCK_SENTENCE, lines)
    name = next((name for name in named if _is_said(BLOCK_TITLE, name)), None)
    if name and (sentence or letters <= _LITTLE):
        return _judge("block page", 2, f"title {name}")
    if sentence and letters <= _REFUSED_TEXT:
        return _judge("block page", 3, sentence)
    if _is_refusal(page) and letters <= _REFUSED_TEXT:
        return _judge("block page", 4, f"status {page.status}, {letters} letters of text")
    return None


def _is_refusal(page: Page) -> bool:
    return page.status in REFUSALS


def _find_wall(
    page: Page, letters: int, named: list[str], furniture: AbstractSet[etree._Element]
) -> Judgement | None:
    if page.tree is None or letters > _WALL_TEXT:
        return None
    if match := WALL_HOST.match(page.url):
        return _judge("consent wall", 1, f"address {match[0]}")
    name = next((name for name in named if _is_said(WALL_TITLE, name)), None)
    if name is None and letters > _WALL_OTHER:
        return None
    rest = leave_out(page.tree, furniture)
    shown = normalise_text(read_visible_text(_find_body(page.tree)))
    asked = [line for line in _split_lines(shown) if WALL_SENTENCE.search(line)]
    button = _find_button(page.tree)
    if not asked or button is None:
        return None
    left = normalise_text(read_visible_text(_find_body(rest)))
    other = sum(len(line) for line in _split_lines(left) if not WALL_SENTENCE.search(line))
    if name is not None and other <= max(_WALL_OTHER, len("".join(asked)) // 2):
        return _judge("consent wall", 2, f"title {name}; button {button}")
    if letters and other <= _NOTHING:
        return _judge("consent wall", 3, f"nothing but: {asked[0]}; button {button}")
    return None


def _find_body(tree: etree._Element) -> etree._Element:
    body = tree.find("body")
    return tree if body is None else body


def _find_button(tree: etree._Element) -> str | None:
    """Return the words of a button that answers a question about data, or None."""
    for element in islice(tree.iter("button", "input", "a"), _MOST_BUTTONS):
        spoken = element.get("value") if element.tag == "input" else read_visible_text(element)
        words = " ".join((spoken or "")[:_LONGEST_TITLE].split())
        if words and WALL_BUTTON.fullmatch(words):
            return words
    return None


def _find_gone(
    page: Page, letters: int, titles: list[str], headings: list[str], lines: list[str]
) -> Judgement | None:
    if letters > _GONE_TEXT or not (page.status is None or 200 <= page.status < 300):
        return None
    spoken = [name for name in headings if GONE_TITLE.fullmatch(name)]
    said = [line for line in lines if GONE_TITLE.fullmatch(line) or GONE_SENTENCE.search(line)]
    said = [line for line in said if not BARE_NUMBER.fullmatch(line)]
    for title in titles:
        part = next((part for part in _split(title) if GONE_TITLE.fullmatch(part)), None)
        is_clear = part is not None and not BARE_NUMBER.fullmatch(part)
        if part is not None and (said or (is_clear and (spoken or letters <= _LITTLE))):
            return _judge("soft 404", 1, f"title {title}")
    for heading in spoken:
        if not BARE_NUMBER.fullmatch(heading) or said:
            return _judge("soft 404", 2, f"heading {heading}")
    whole = next((line for line in said if GONE_TITLE.fullmatch(line)), None)
    if whole is not None and letters - len(whole) <= _LITTLE:
        return _judge("soft 404", 3, f"line {whole}")
    return None


def _split_lines(text: str) -> list[str]:
    """Return the first lines of a text, each cut, those empty left out."""
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    return [line[:_LONGEST_LINE] for line in lines if line]


def _find_sentence(pattern: re.Pattern[str], lines: list[str]) -> str | None:
    found = (match[0] for line in lines if (match := pattern.search(line)))
    return next(found, None)


def _is_said(pattern: re.Pattern[str], name: str) -> bool:
    """Tell whether a title, or a part of it between bars, is what ``pattern`` says, and whole."""
    return any(pattern.fullmatch(part.strip(" .!…?")) for part in _split(name))


def _split(title: str) -> Iterator[str]:
    yield title
    yield from (part for part in BAR.split(title) if part != title)
