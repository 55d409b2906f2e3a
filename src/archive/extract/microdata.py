"""Claims of microdata and RDFa: elements with ``itemprop`` or ``property``.

Only what belongs to the page itself counts: properties outside navigation and comments,
whose nearest item is an article or a page, or none.  Where a page holds several articles,
the one with the headline counts, else the first.  Not for: JSON-LD (`archive.extract.json_ld`),
Open Graph.
"""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from archive.core.claim import Claim, Field
from archive.core.edtf import read_date
from archive.extract.day_text import find_dates
from archive.extract.page import Page
from archive.extract.places import format_path, map_page
from archive.extract.source import make_claim, read_host, state_claim
from archive.extract.visible import read_visible_text

_MOST = 400
_NAMES: dict[str, Field] = {
    "datepublished": "published",
    "datecreated": "published",
    "datemodified": "modified",
    "dateupdated": "modified",
    "author": "author",
    "creator": "author",
    "headline": "title",
    "publisher": "publisher",
    "sourceorganization": "credited",
    "isbasedon": "origin",
    "isbasedonurl": "origin",
    "inlanguage": "language",
}
# Dublin Core in RDFa: Drupal writes it beside what readers see.
_DUBLIN_CORE: dict[str, Field] = {
    "date": "published",
    "issued": "published",
    "created": "published",
    "modified": "modified",
    "creator": "author",
    "title": "title",
    "publisher": "publisher",
    "language": "language",
}
_PREFIXES = ("dc:", "dct:", "dcterms:", "http://purl.org/dc/")
_OTHERS = ("comment", "event", "person", "organization", "breadcrumb", "product", "video", "image")
_DATES = ("published", "modified")


def parse_microdata(page: Page) -> Iterator[Claim]:
    """Yield the claims of properties, in the order of the document."""
    if page.tree is None:
        return
    found = [
        element
        for element in [*page.parts.metas, *page.parts.props[:_MOST]]
        if _find_field(element) is not None
    ][:_MOST]
    if not found:
        return
    site = map_page(page)
    main: etree._Element | None = None
    told: set[Field] = set()
    for element in found:
        around = site.describe(element)
        if around.is_comment or (around.is_aside and element.tag != "meta"):
            continue
        field = _find_field(element)
        if field is None:
            continue
        item = _find_item(element)
        kind = "" if item is None else (item.get("itemtype") or item.get("typeof") or "").lower()
        if any(other in kind for other in _OTHERS) or _is_answer(item):
            continue
        if item is not None and ("article" in kind or "posting" in kind):
            if main is None:
                main = item
            elif item is not main and not _holds(item, site.headline):
                continue
        if field in told and field in _DATES:
            continue
        for claim in _state(field, element, _choose_rule(element)):
            told.add(field)
            yield claim


def _is_answer(item: etree._Element | None) -> bool:
    """Tell whether an item is what somebody says of another: its review or its comment."""
    part = "" if item is None else (item.get("itemprop") or item.get("property") or "").lower()
    return part.rpartition(":")[2] in ("review", "reviews", "comment", "suggestedanswer")


def _holds(item: etree._Element, headline: etree._Element | None) -> bool:
    return headline is not None and item in headline.iterancestors()


def _find_name(element: etree._Element) -> str:
    written = element.get("itemprop")
    if written is None:
        written = "" if element.tag == "meta" else (element.get("property") or "")
    return written.strip().rpartition(":")[2].rpartition("/")[2].lower()


def _find_field(element: etree._Element) -> Field | None:
    """Return what the element states: of schema.org, or of Dublin Core in RDFa."""
    dublin = next((_DUBLIN_CORE[name] for name in _list_dublin_core(element)), None)
    return dublin or _NAMES.get(_find_name(element))


def _list_dublin_core(element: etree._Element) -> list[str]:
    """Return the names of Dublin Core among the tokens of ``property`` (RDFa 1.1 Lite)."""
    if element.tag == "meta" or "itemprop" in element.attrib:
        return []
    tokens = (element.get("property") or "").lower().split()[:10]
    names = [
        token.rpartition(":")[2].rpartition("/")[2]
        for token in tokens
        if token.startswith(_PREFIXES)
    ]
    return [name for name in names if name in _DUBLIN_CORE]


def _choose_rule(element: etree._Element) -> str:
    if _list_dublin_core(element):
        return "rdfa-dublin-core/1"
    return "itemprop-created/1" if _find_name(element) == "datecreated" else "itemprop/1"


def _find_item(element: etree._Element) -> etree._Element | None:
    """Return the item that the property belongs to; an item that is the value stands below it."""
    for above in element.iterancestors():
        if "itemscope" in above.attrib or "typeof" in above.attrib:
            return above
    return None


def _state(field: Field, element: etree._Element, rule: str) -> Iterator[Claim]:
    path = format_path(element)
    if "itemscope" in element.attrib or "typeof" in element.attrib:
        for below in element.iter(etree.Element):
            if below is not element and _find_name(below) == "name":
                yield from _state(field, below, rule)
                return
    for attribute in ("content", "datetime"):
        raw = element.get(attribute)
        if raw and raw.strip():
            locator = f"{path}/@{attribute}"
            break
    else:
        raw, locator = read_visible_text(element), f"{path}#text"
        address = element.get("href") or element.get("resource")
        if field == "origin" and address:
            raw, locator = address, f"{path}/@{'href' if element.get('href') else 'resource'}"
    if field == "origin":
        yield make_claim(field, raw, read_host(raw), source="itemprop", locator=locator, rule=rule)
        return
    if field in _DATES and read_date(raw) is None:  # "Published: 30.07.2019, 9:35"
        for spotted in islice(find_dates(raw[:80], None), 1):
            yield make_claim(
                field,
                raw,
                spotted.value,
                source="itemprop",
                locator=locator,
                rule=rule,
                zone=spotted.note,
            )
            return
    yield from state_claim(field, raw, source="itemprop", locator=locator, rule=rule)
