"""Short parts of a page with dates in them, where they stand, and the lines of the dates.

Not for: what such a date says of the page (`archive.extract.visible_dates`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree

from archive.extract.day_text import Spotted, find_dates
from archive.extract.page import Page
from archive.extract.parts import Place
from archive.extract.places import Map, Surroundings
from archive.extract.visible import INLINE

LABEL = 70  # characters before a date in which a word for it may stand
SHORT = 160  # characters of a block that is about a date, a name and little more
_MOST_TEXTS = 3
_PAIR = 2
LONG = 600  # characters of a paragraph whose start is a dateline
# From one day to another.
_TO = re.compile(
    r"(?:[\s,]*\d{1,2}[:.h]\d\d(?:\s?(?:uhr|h|am|pm))?)?[\s,(*]*"
    r"(?:[-–—−†/~]|to|until|till|bis(?: zum)?|au|al|hasta(?: el)?|a|até|t/m|tot|do|til|по|–\s?ca)"
    r"[\s,(]*(?:[^\W\d_]{2,10},?\s)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A short part of the page with dates in it."""

    element: etree._Element
    own: etree._Element  # the innermost element of the text
    least: etree._Element  # the smallest block that holds it
    texts: tuple[str, ...]  # of that block, not of the blocks in it
    text: str
    order: int
    distance: int  # elements behind the headline; negative before it
    around: Surroundings
    is_with_headline: bool  # the two share a part of the page that is less than its body


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A date in a block: the line that it stands in, and what is said there besides."""

    block: Block
    date: Spotted
    line: str
    before: str  # of the line
    others: int  # characters of the line besides the date, or besides both of two


def list_blocks(page: Page, site: Map) -> Iterator[Block]:
    """Yield the smallest blocks with a date, wider where its parts stand in a block each."""
    places: dict[etree._Element, list[Place]] = {}
    for place in page.parts.dated:
        element = place.element
        while element.tag in INLINE or element.tag == "time":
            parent = element.getparent()
            if parent is None:
                break
            element = parent
        places.setdefault(element, []).append(place)
    for least, (place, *others) in places.items():
        element = least
        if element.tag in ("html", "head", "title"):
            continue
        text = site.read(element)
        for _ in range(2):  # day, month and year may stand in a block each
            parent = element.getparent()
            if len(text.strip()) > 12 or parent is None or parent.tag in ("body", "html"):
                break
            wider = site.read(parent)
            if len(wider) > 60:
                break
            element, text = parent, wider
        if len(text) > 4 * LONG:
            text = text[: 4 * LONG]
        yield Block(
            element=element,
            own=place.element,
            least=least,
            texts=(place.text, *(other.text for other in others)),
            text=text,
            order=place.order,
            distance=place.order - site.order if site.headline is not None else place.order,
            around=site.describe(least),
            is_with_headline=site.is_with_headline(element),
        )


def list_seen(block: Block, language: str | None) -> Iterator[Seen]:
    """Yield the first dates of a block, but those that run to another in their line."""
    dates = list(islice(find_dates(block.text, language), 5)) or _find_touching(block, language)
    # Longer ones hold blocks with dates of their own, and so may a wider one.
    is_above = len(block.text) > 2 * SHORT or (
        block.element is not block.least
        and any(block.text[date.start : date.end] in text for date in dates for text in block.texts)
    )
    for place, date in enumerate(dates[:4]):
        spelled = block.text[date.start : date.end]
        if is_above and not any(spelled in text for text in block.texts):
            continue
        near = dates[max(0, place - 1) : place] + dates[place + 1 : place + 2]
        if any(_is_span(block.text, date, other) for other in near):
            continue
        start = block.text.rfind("\n", 0, date.start) + 1
        end = block.text.find("\n", date.end)
        stop = end if end >= 0 else len(block.text)
        line = block.text[start:stop].strip()
        lengths = [
            item.end - item.start for item in dates if start <= item.start and item.end <= stop
        ]
        yield Seen(
            block=block,
            date=date,
            line=line,
            before=block.text[max(start, date.start - LABEL) : date.start],
            # A change may stand beside its day; of more dates each is beside the others.
            others=len(line) - (sum(lengths) if len(lengths) == _PAIR else date.end - date.start),
        )


def _find_touching(block: Block, language: str | None) -> list[Spotted]:
    """Return dates that nothing but their look parts from the words of the element before."""
    found = []
    for text in block.texts[:_MOST_TEXTS]:
        start = block.text.find(text)
        dates = islice(find_dates(text[:LONG], language), 2) if start >= 0 else ()
        found += [replace(date, start=start + date.start, end=start + date.end) for date in dates]
    return found


def _is_span(text: str, one: Spotted, other: Spotted) -> bool:
    first, last = sorted((one, other), key=lambda date: date.start)
    between = text[first.end : last.start]
    if not any(letter.isalpha() for letter in between) and len(between) <= 12:
        return "\n" not in between and first.value != last.value
    return len(between) < 60 and first.value != last.value and bool(_TO.fullmatch(between))
