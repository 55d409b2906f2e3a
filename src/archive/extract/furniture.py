"""What of a page is furniture, and not the statement.

Furniture is what changes from one request to the next though nobody edited the statement: related
and most-read lists, share bars, advertisements, newsletter boxes, counters, clocks, tickers,
cookie banners, comments; and what is the same all over a site: navigation, sidebars, footers.

Rules:

1. Structure says what is furniture: the tag, the role, a word of class, id or label; a block of
   nothing but links; a block whose heading or first words lead to other pages; a block that is a
   count and no more ("12 comments").
2. What holds the headline, the article body or the page's ``main`` never is; nor what holds half
   of the page's words outside links, unless a known vendor's name stands on it.
3. A list of links behind a paragraph that ends with a colon belongs to that paragraph, and a list
   of files or of places within the page is none of other pages.
4. A table that holds the headline, or half of the page's words in one cell, only lays the page out:
   its cells are parts of the page as any others.

Not for: taking the text out
(`archive.extract.main_text`), or the part of the page that a claim stands in
(`archive.extract.places`).
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from copy import copy
from functools import lru_cache
from itertools import islice
from typing import Literal, cast

from lxml import etree, html

from archive.extract.furniture_words import (
    AGO,
    CLOCK,
    CLOCK_BEHIND,
    COUNT,
    LABEL,
    LEAD,
    LEAD_LINE,
    NAMED,
    NO_NAME,
    VENDORS,
    WHOLE,
)
from archive.extract.page import Page
from archive.extract.places import map_page
from archive.extract.visible import Measured, Size, measure_text, read_visible_text

_MOST_LEADS = 40
_MANY_LINKS = 200
_LONGEST_NAME = 300
_LONGEST_COUNT = 40
_LONGEST_LEAD = 60
_LONGEST_LINE = 300
_LONGEST_BARE = 120  # of one without links, which can only be a count or a heading
_LONGEST_BEFORE = 2_000
_FEW_LINKS = 3

# A vendor's name is certain; another name is believed within rule 2.
Sureness = Literal["vendor", "named"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JOINT = re.compile(r"[-_:]+")
_ROLES = frozenset(["marquee", "timer"])

_LINES = frozenset(
    "h2 h3 h4 h5 h6 p div li span strong b a header summary dt time small font center".split()
)
_BARE_COUNT = re.compile(r"\d[\d.,]*\s?[km]?\+?", re.IGNORECASE)
_WITHIN_LINES = frozenset("span strong b a time small font".split())
_TABLE_PARTS = frozenset("tbody thead tfoot tr td th".split())
_LISTS = frozenset("ul ol dl div section table".split())
# An attribute that no page has: names of HTML are small letters to the parser.
_MARK, _LAID, _LEFT = "MARK", "laid", "left"
_FIND_MARKED = etree.XPath(f"//*[@{_MARK}]")
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|zip|csv|rtf|epub|mp[34])(?:[?#]|\Z)", re.IGNORECASE
)


def measure_page(page: Page) -> Measured:
    """Return the visible text of a page and its sizes; of one without a tree all is empty."""
    if page.tree is None:
        return Measured(text="", sizes={})
    body = page.tree.find("body")
    return measure_text(page.tree if body is None else body)


def find_furniture(page: Page, measured: Measured) -> frozenset[etree._Element]:
    """Return the elements of ``page`` that are furniture; what they hold is not looked at."""
    if page.tree is None or not measured.sizes:
        return frozenset()
    headline = map_page(page).headline
    is_above = headline is not None
    protected = _list_protected(page, headline)
    sizes = measured.sizes
    whole = next(reversed(sizes.values()))
    half = (whole.letters - whole.linked) / 2
    laid = find_layout(page, measured)
    found: set[etree._Element] = set()
    leads: list[etree._Element] = []
    waiting = [next(reversed(sizes))]
    while waiting:
        element = waiting.pop()
        size = sizes[element]
        inner = [child for child in element if child in sizes]
        if element in protected:
            is_above = is_above and element is not headline
        elif (sureness := _find_name(element)) is not None:
            if sureness == "vendor" or size.letters - size.linked <= half:
                found.add(element)
                continue
        elif inner and sizes[inner[-1]] == size:
            pass  # it shows no more than what it holds, and that is looked at
        elif size.links >= _FEW_LINKS and _is_of_links(
            element, size, sizes, is_cell=element in laid
        ):
            found.add(element)
            continue
        elif size.letters <= (_LONGEST_LINE if size.links else _LONGEST_BARE) and (
            element in laid or (element.tag in _LINES and _stands_apart(element))
        ):
            words = _read_words(element)
            is_number = _is_count(words, is_above=is_above) or _is_pressed(element, words)
            if is_number or (size.links and _is_lead_line(words, size)):
                found.add(element)
                continue
            if len(leads) < _MOST_LEADS and _is_lead(words):
                leads.append(element)
        waiting += reversed(inner)
    for lead in leads:
        found.update(_find_led(lead, sizes, protected))
    return frozenset(found)


def find_layout(page: Page, measured: Measured) -> frozenset[etree._Element]:
    """Return the tables that only lay the page out, with their rows and cells (rule 4)."""
    if page.tree is None or not measured.sizes or page.tree.find(".//table") is None:
        return frozenset()
    sizes = measured.sizes
    whole = next(reversed(sizes.values()))
    half = (whole.letters - whole.linked) / 2
    inner = [*page.parts.mains, map_page(page).headline]
    inner += [cell for cell in page.tree.iter("td") if cell in sizes and _own(sizes[cell]) > half]
    tables = {table for item in inner if item is not None for table in item.iterancestors("table")}
    return frozenset(part for table in tables for part in [table, *_list_parts(table)])


def _own(size: Size) -> int:
    return size.letters - size.linked


def _list_parts(table: etree._Element) -> Iterator[etree._Element]:
    """Yield the groups, rows and cells of a table, those of tables within it aside."""
    parts = list(table)
    for _ in range(3):
        parts = [part for part in parts if part.tag in _TABLE_PARTS]
        yield from parts
        parts = [part for above in parts for part in above]


def leave_out(
    tree: html.HtmlElement,
    furniture: AbstractSet[etree._Element],
    layout: AbstractSet[etree._Element] = frozenset(),
) -> html.HtmlElement:
    """Return ``tree`` without the furniture, and with ``layout`` as plain blocks.

    It is a copy, unless there is nothing to change.
    """
    if not furniture and not layout:
        return tree
    marked = dict.fromkeys(layout, _LAID) | dict.fromkeys(furniture, _LEFT)
    for element, mark in marked.items():
        element.set(_MARK, mark)
    try:
        rest = copy(tree)
    finally:
        for element in marked:
            del element.attrib[_MARK]
    for twin in cast("list[html.HtmlElement]", _FIND_MARKED(rest)):
        if twin.attrib.pop(_MARK) == _LAID:
            twin.tag = "div"
        else:
            twin.drop_tree()
    return rest


def _list_protected(page: Page, headline: etree._Element | None) -> set[etree._Element]:
    """Return what is never furniture (rule 2)."""
    protected = set(page.parts.mains)
    for element in [*protected, *([] if headline is None else [headline])]:
        protected.add(element)
        protected.update(element.iterancestors())
    return protected


def _find_name(element: etree._Element) -> Sureness | None:
    attributes = element.keys()
    sureness: Sureness | None = None
    for attribute in ("class", "id"):
        if attribute in attributes and (name := element.get(attribute)):
            known = _read_name(name[:_LONGEST_NAME])
            if known == "vendor":
                return known
            sureness = sureness or known
    if sureness is None and "role" in attributes and element.get("role") in _ROLES:
        return "named"
    if sureness is None and "aria-label" in attributes and element.tag != "a":
        label = element.get("aria-label") or ""
        return "named" if len(label) <= _LONGEST_COUNT and LABEL.search(label) else None
    return sureness


@lru_cache(maxsize=8192)
def _read_name(names: str) -> Sureness | None:
    """Return how surely the words of a class or id name furniture."""
    sureness: Sureness | None = None
    for name in names.split():
        joined = _JOINT.sub("-", _CAMEL.sub("-", name)).lower()
        if NO_NAME.fullmatch(joined):
            continue
        if VENDORS.match(joined):
            return "vendor"
        if joined in WHOLE or NAMED.search(joined):
            sureness = "named"
    return sureness


def _is_of_links(
    element: etree._Element, size: Size, sizes: dict[etree._Element, Size], *, is_cell: bool
) -> bool:
    """Tell whether an element is a list of links to other pages, and nothing more (rule 3)."""
    if not (is_cell or element.tag in _LISTS) or (size.letters - size.linked) * 8 > size.letters:
        return False
    before = element.getprevious()
    if before is not None:
        own = sizes.get(before)
        is_short = own is not None and own.letters <= _LONGEST_BEFORE
        if (before.tail or "").strip():
            return False
        if is_short and read_visible_text(before).rstrip().endswith(":"):
            return False
    return all(_leads_elsewhere(link) for link in islice(element.iter("a"), _MANY_LINKS))


def _leads_elsewhere(link: etree._Element) -> bool:
    address = link.get("href") or ""
    return not address.startswith("#") and _FILE.search(address) is None


def _read_words(element: etree._Element) -> str:
    """Return the words of an element, spaces folded; empty where it holds more than a line."""
    words: list[str] = []
    length = 0
    for text in element.itertext():
        for word in str(text).split():
            length += len(word) + 1
            if length > 2 * _LONGEST_LINE:
                return ""
            words.append(word)
    return " ".join(words)


def _stands_apart(element: etree._Element) -> bool:
    """Tell whether an element is no part of a line of text: neither before nor behind it is any."""
    if element.tag not in _WITHIN_LINES:
        return True
    before, parent = element.getprevious(), element.getparent()
    above = parent.text if before is None and parent is not None else None
    beside = f"{above or ''}{'' if before is None else before.tail or ''}{element.tail or ''}"
    return not any(letter.isalnum() for letter in beside)


def _is_count(words: str, *, is_above: bool) -> bool:
    """Tell whether words are a count of views and the like, or a clock above the headline."""
    if len(words) > _LONGEST_COUNT:
        return False
    if COUNT.fullmatch(words) or AGO.fullmatch(words):
        return True
    return is_above and bool(CLOCK.fullmatch(words) or CLOCK_BEHIND.search(words))


def _is_pressed(element: etree._Element, words: str) -> bool:
    """Tell whether a bare number stands beside a button: how often it was pressed."""
    if len(words) > _LONGEST_COUNT or not _BARE_COUNT.fullmatch(words):
        return False
    beside = element.getprevious(), element.getnext()
    return any(item is not None and item.tag == "button" for item in beside)


def _is_lead(words: str) -> bool:
    return len(words) <= _LONGEST_LEAD and LEAD.fullmatch(words) is not None


def _is_lead_line(words: str, size: Size) -> bool:
    """Tell whether a line is no more than "Read also:" and links."""
    match = LEAD_LINE.match(words)
    return match is not None and size.letters - size.linked <= match.end() + 4


def _find_led(
    lead: etree._Element, sizes: dict[etree._Element, Size], protected: set[etree._Element]
) -> Iterator[etree._Element]:
    """Yield what stands under a heading that leads to other pages: its block, or what follows."""
    holder, parent = lead, lead.getparent()
    size = sizes[lead]
    for _ in range(_FEW_LINKS):  # up to the block that holds more than the heading
        if parent is None or parent in protected or parent not in sizes:
            break
        if sizes[parent].letters > size.letters:
            rest = sizes[parent].letters - size.letters
            is_first = not (parent.text or "").strip() and not any(
                before in sizes or (before.tail or "").strip()
                for before in holder.itersiblings(preceding=True)
            )
            if is_first and sizes[parent].links and sizes[parent].linked * 3 >= rest:
                yield parent
                return
            break
        holder, parent = parent, parent.getparent()
    after = holder.getnext()
    is_led = False
    while after is not None and (own := sizes.get(after)) is not None:
        if after in protected or not own.links or own.linked * 3 < own.letters:
            break
        yield after
        is_led = True
        after = after.getnext()
    if is_led:
        yield holder
