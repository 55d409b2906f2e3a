"""The parts of a page that sources of claims look at, gathered in one pass over its tree.

Every source reads these lists; none walks the tree again.  Limits: `MOST_PARTS` of each
kind are kept, the first ones, since a page with more is hostile.  Not for: what the parts
mean (the modules of the sources).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

MOST_PARTS = 2_000
MOST_META = 1_000
MOST_MAINS = 20
MOST_DATED = 400  # places with a date in them
_LONGEST_TEXT = 20_000  # characters of one text node that are looked at
_LONGEST_NAME = 1_000  # likewise, of a class or id

# A year, a date in figures, or a month's name would be needed for a date; a year or figures
# are always there.
_DATED = re.compile(
    r"\b(?:19|20|25)\d\d(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d\d|[1-9]\d?\s?[月월]"
    # Digits of Arabic, Persian, Thai and full width, as `archive.extract.day_text` reads them.
    r"|[٠-٩]{4}|[۰-۹]{4}|[๐-๙]{4}|[０-９]\s?月",
    re.ASCII,
)
# Whatever `_DATED` finds has one of these.
_FIGURE = re.compile("[0-9٠-٩۰-۹๐-๙０-９]")
_SILENT = frozenset(
    "script style noscript template svg object iframe canvas select option textarea".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A text node with a date in it: the element it belongs to, and its place in the page.

    ``element`` is the one whose visible text holds the node; ``order`` counts elements.
    """

    element: etree._Element
    order: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Elements by what they are, each list in the order of the document.

    ``order`` says which element of the page one of `headings`, `times` and `props` is.
    """

    metas: list[etree._Element] = field(default_factory=list)
    links: list[etree._Element] = field(default_factory=list)
    anchors: list[etree._Element] = field(default_factory=list)
    images: list[etree._Element] = field(default_factory=list)
    scripts: list[etree._Element] = field(default_factory=list)
    times: list[etree._Element] = field(default_factory=list)
    titles: list[etree._Element] = field(default_factory=list)
    headings: list[etree._Element] = field(default_factory=list)
    paragraphs: list[etree._Element] = field(default_factory=list)
    props: list[etree._Element] = field(default_factory=list)
    named: list[etree._Element] = field(default_factory=list)
    mains: list[etree._Element] = field(default_factory=list)
    dated: list[Place] = field(default_factory=list)
    order: dict[etree._Element, int] = field(default_factory=dict)


# Classes and ids that name who wrote, what was changed, or whose comment it is.
_PROPERTIES = frozenset(["itemprop", "property", "role"])
_NAMED = (
    *("author", "byline", "autor", "auteur", "redakt", "writer", "correct", "korrektur", "update"),
    *("comment", "kommentar", "footer", "copyright", "vcard", "credit", "source", "quelle"),
    *("dateline", "licence", "license", "createdby", "posted-by", "written-by"),
)


@lru_cache(maxsize=8192)  # a page repeats its names, and so does a site
def _is_telling(name: str) -> bool:
    return any(map(name.lower().__contains__, _NAMED))


def collect_parts(tree: etree._Element | None) -> Parts:
    """Return the parts of a page."""
    parts = Parts()
    if tree is None:
        return parts
    lists: dict[object, tuple[list[etree._Element], int]] = {
        "meta": (parts.metas, MOST_META),
        "link": (parts.links, MOST_PARTS),
        "a": (parts.anchors, MOST_PARTS),
        "img": (parts.images, MOST_PARTS),
        "script": (parts.scripts, MOST_PARTS),
        "time": (parts.times, MOST_PARTS),
        "title": (parts.titles, MOST_PARTS),
        "h1": (parts.headings, MOST_PARTS),
        "h2": (parts.headings, MOST_PARTS),
        "h3": (parts.headings, MOST_PARTS),
        "h4": (parts.headings, MOST_PARTS),
        "p": (parts.paragraphs, MOST_PARTS),
        "main": (parts.mains, MOST_MAINS),
    }
    ordered = ("time", "h1", "h2", "h3", "h4")
    for order, element in enumerate(tree.iter(etree.Element)):
        tag = element.tag
        known = lists.get(tag)
        if known is not None and len(known[0]) < known[1]:
            known[0].append(element)
            if tag in ordered:
                parts.order[element] = order
        if attributes := element.keys():
            _keep_named(parts, element, order, attributes)
        if len(parts.dated) < MOST_DATED:
            _keep_dated(parts, element, order)
    return parts


def _keep_named(
    parts: Parts, element: etree._Element, order: int, attributes: Collection[str | bytes]
) -> None:
    """Keep an element that carries a property, or whose class is one of `_NAMED`."""
    if not _PROPERTIES.isdisjoint(attributes):
        _keep_property(parts, element, order, attributes)
    name = ("class" in attributes and element.get("class")) or (
        "id" in attributes and element.get("id")
    )
    if name and len(parts.named) < MOST_PARTS and _is_telling(name[:_LONGEST_NAME]):
        parts.named.append(element)
        parts.order[element] = order


def _keep_property(
    parts: Parts, element: etree._Element, order: int, attributes: Collection[str | bytes]
) -> None:
    is_prop = ("itemprop" in attributes or "property" in attributes) and element.tag != "meta"
    if is_prop and len(parts.props) < MOST_PARTS:
        parts.props.append(element)
        parts.order[element] = order
    is_main = element.get("itemprop") == "articleBody" or element.get("role") == "main"
    if is_main and len(parts.mains) < MOST_MAINS:
        parts.mains.append(element)


def _keep_dated(parts: Parts, element: etree._Element, order: int) -> None:
    """Keep the text nodes at the start of an element, and behind it, that may hold a date."""
    if element.tag not in _SILENT and (text := element.text) and _is_dated(text):
        parts.dated.append(Place(element=element, order=order, text=text))
    if (tail := element.tail) and _is_dated(tail):
        parent = element.getparent()
        if parent is not None and parent.tag not in _SILENT:
            parts.dated.append(Place(element=parent, order=order, text=tail))


def _is_dated(text: str) -> bool:
    figure = _FIGURE.search(text, 0, _LONGEST_TEXT)
    return figure is not None and bool(_DATED.search(text, figure.start(), _LONGEST_TEXT))
