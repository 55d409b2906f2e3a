"""From a claim's locator back to what stands there, in a page parsed from the stored record.

Forms: ``json-ld[N].$…`` (JSONPath in the N-th block), ``meta[attribute=name][n]``, ``title``,
``h1[n]``, ``html[lang]``, ``http:name``, ``url[a:b]``, a path of `archive.extract.places` with
``@attribute``, ``#text`` or ``#text[a:b]``, and ``program:name``, whose answer is got by asking
the program again.  Of companions: ``$…`` (JSONPath), ``item[3]/pubDate``.  Not for: reading values.
"""

import re
from itertools import islice

from lxml import etree

from archive.extract.feeds import ENTRIES
from archive.extract.json_block import Json, parse_json_block, parse_json_text
from archive.extract.json_ld import list_blocks
from archive.extract.meta_elements import list_meta_elements
from archive.extract.page import Page
from archive.extract.places import find_element
from archive.extract.programs import ask_htmldate, ask_trafilatura
from archive.extract.sitemaps import LISTED, open_sitemap
from archive.extract.visible import read_visible_text
from archive.extract.xml_elements import LIMIT, find_elements, join_text, resolve_step

_JSON = re.compile(r"json-ld\[(\d+)\]\.\$(.*)", re.DOTALL)
_KEY = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]", re.DOTALL)
_RANGE = re.compile(r"(.*)\[(\d+):(\d+)\]", re.DOTALL)


def resolve_locator(locator: str, page: Page) -> str | None:
    """Return the text that ``locator`` names in ``page``, or None if nothing stands there."""
    kind, _, name = locator.partition(":")
    if kind == "http":
        return page.find(name)
    if kind == "program":
        return _ask_program(name, page)
    if locator.startswith("url["):
        return _cut(page.url, locator)
    if page.tree is None:
        return None
    if match := _JSON.fullmatch(locator):
        return _resolve_json(int(match[1]), match[2], page)
    if locator.startswith("meta["):
        found = (meta.content for meta in list_meta_elements(page) if meta.locator == locator)
        return next(found, None)
    if locator.startswith("html["):
        stated: str | None = page.tree.get(locator[5:-1])
        return stated
    return _resolve_element(locator, page)


def resolve_beside(locator: str, content: bytes) -> str | None:
    """Return the text that ``locator`` names in a companion: a REST record, a feed, a sitemap."""
    if locator.startswith("$"):
        return _follow_path(parse_json_text(content, LIMIT), locator[1:])
    first, _, rest = locator.partition("/")
    names = LISTED if first.partition("[")[0] in LISTED else ENTRIES
    for place, element in find_elements(open_sitemap(content) or b"", names):
        if place == first:
            found = resolve_step(element, rest)
            return None if found is None else join_text(found)
    return None


def _resolve_element(locator: str, page: Page) -> str | None:
    if page.tree is None:
        return None
    if locator == "title":
        titles = (item for item in page.tree.iter("title"))
        element = next((item for item in titles if _is_in_head(item)), None)
        return None if element is None else read_visible_text(element)
    if locator.startswith("h1["):
        element = next(islice(page.tree.iter("h1"), int(locator[3:-1]), None), None)
        return None if element is None else read_visible_text(element)
    path, _, attribute = locator.partition("/@")
    if attribute:
        element = find_element(page.tree, path)
        return None if element is None else element.get(attribute)
    path, _, rest = locator.partition("#text")
    element = find_element(page.tree, path)
    if element is None:
        return None
    return _cut(read_visible_text(element), rest) if rest else read_visible_text(element)


def _is_in_head(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("head", "html", "body")


def _cut(text: str, locator: str) -> str | None:
    match = _RANGE.fullmatch(locator)
    return text[int(match[2]) : int(match[3])] if match else None


def _resolve_json(number: int, path: str, page: Page) -> str | None:
    element = next(islice(list_blocks(page), number, None), None)
    if element is None:
        return None
    return _follow_path(parse_json_block(element.text or ""), path)


def _follow_path(value: Json, path: str) -> str | None:
    at = 0
    while at < len(path):
        match = _KEY.match(path, at)
        if match is None:
            return None
        at = match.end()
        if match[3] is not None:
            if not isinstance(value, list) or int(match[3]) >= len(value):
                return None
            value = value[int(match[3])]
        else:
            key = match[1] if match[1] is not None else match[2]
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
    return value if isinstance(value, str) else str(value)


def _ask_program(name: str, page: Page) -> str | None:
    if name.startswith("htmldate"):
        return ask_htmldate(page, is_extensive=name == "htmldate-extensive")
    return ask_trafilatura(page, name.removeprefix("trafilatura-"))
