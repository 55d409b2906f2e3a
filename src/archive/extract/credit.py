"""Claims of where a text comes from: datelines, agency tags, source lines, other addresses.

Rules:

1. "CITY (AGENCY) —" at the start of a paragraph, "(AGENCY)" at its end, and a source line
   ("Source:", "Quelle:" …) are read in the text alone, never in captions or beside pictures:
   a photo's credit is not the text's.  A short form counts in brackets or a dateline only.
2. A canonical address on another site proposes an origin; it never replaces the host captured.
   Other spellings of one site (``www``, ``m``, another national domain) and feed redirectors
   propose nothing.
3. ``original-source`` and ``syndication-source`` likewise, where they name another site.

4. Where no paragraph names a source, one among the facts beside the page's date is read, in its
   line or in a list of names and values.

Not for: who publishes the page.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.core.agency import NAMES, find_agency
from archive.core.claim import Claim
from archive.extract.meta_elements import list_meta_elements
from archive.extract.page import Page
from archive.extract.places import Map, format_path, map_page
from archive.extract.source import make_claim

_MOST = 60
_MOST_FACTS = 12
_NEAR = 30  # elements between the headline and the facts beside the date
_LONGEST = 4_000
_DATELINE = re.compile(
    r"\s*[^\W\d_a-z][^()\n]{1,60}?\((?P<agency>[^()\n]{2,40})\)\s*(?:[-–—:.,]|$)"
    r"|\s*[^\W\d_a-z][\w .'’-]{1,40},\s(?:[\w. ]{3,15}\s)?"
    r"\(?(?P<bare>[A-Z][A-Za-z]{1,20})\)?\s*[-–—]\s"
)
_TAG = re.compile(r"[(\[]\s*(?P<agency>[^()\[\]\n]{2,60})\s*[)\]]\s*\.?\s*\Z")
_LABEL = re.compile(
    r"\A\s*(?:source|sources|quelle|quellen|source\s?:|fuente|fonte|bron|źródło|kilde|källa|kaynak"
    r"|zdroj|forrás|lähde|источник|джерело|πηγή|المصدر|مصدر|מקור|来源|來源|出典|출처)"
    r"\s?[:：]\s*(?P<name>[^\n|]{2,80})",
    re.IGNORECASE,
)
# The same beside a date, in a line of such facts: "2024-03-05 14:30 来源：… 浏览：12".
_LABEL_BESIDE = re.compile(
    r"(?:source|quelle|fuente|fonte|kaynak|источник|джерело|المصدر|מקור|来源|來源|出典|출처)"
    r"\s?[:：]\s{0,20}(?P<name>[^\s|•·][^\n|•·]{1,60})",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(r"\s{2}|\s(?=[^\s:：]{1,12}[:：])")
_SOURCE_CELL = re.compile(
    r"\s*(?:source|quelle|fuente|fonte|источник|المصدر|מקור|来源)s?\s*:?\s*", re.IGNORECASE
)
# The last line of a release that a service distributes.
_WIRE_END = re.compile(r"\s*SOURCE:?\s(?P<name>[A-Z][^\n]{2,80})")
_PICTURE = re.compile(
    r"photo|foto|image|bild|picture|caption|credit|figure|gallery|media|thumb"
    r"|copyright",
    re.IGNORECASE,
)
_ORIGINALS = ("original-source", "syndication-source", "og:original-source")
_REDIRECTORS = ("feedproxy.", "feedburner.", "feeds.", "feed.", "news.google.", "t.co", "bit.ly")
_SAME_SITE = re.compile(r"^(?:www\d?|m|mobile|amp|de|en|fr|web|blog|blogs|news|edition)\.")
_SECOND_LEVEL = ("co", "com", "org", "net", "gov", "gob", "gouv", "ac", "or", "ne", "go", "edu")


def parse_credit(page: Page) -> Iterator[Claim]:
    """Yield the claims of credited sources, then those of an origin elsewhere."""
    if page.tree is None:
        return
    told = False
    for claim in _parse_text(page):
        told = told or claim.rule.startswith("source-label")
        yield claim
    if not told:
        yield from _parse_facts(page, map_page(page))
    yield from _parse_addresses(page)


def _parse_text(page: Page) -> Iterator[Claim]:
    site = map_page(page)
    paragraphs = [
        element
        for element in [*page.parts.paragraphs[:_MOST], *page.parts.paragraphs[_MOST:][-5:]]
        if not _is_beside_picture(element, site)
    ]
    told: set[str] = set()
    dateline_left = 3
    for element in paragraphs:
        text = site.read(element)[:_LONGEST]
        if len(text.strip()) < 3:
            continue
        found: list[tuple[str, str, re.Match[str]]] = []
        if dateline_left and len(text) > 40:
            dateline_left -= 1
            if match := _DATELINE.match(text):
                found.append(("dateline", "agency" if match["agency"] else "bare", match))
        if match := _TAG.search(text[-80:]):
            offset = max(0, len(text) - 80)
            yield from _state_tag(element, match, offset, told)
        match = _LABEL.match(text) or _WIRE_END.fullmatch(text)
        if match and len(text) <= 160:
            found.append(("source-label", "name", match))
        for rule, group, match in found:
            words = match[group]
            name = _find_agency(words) if rule == "dateline" else words.strip(" .")
            if name and f"{rule} {name}" not in told:
                told.add(f"{rule} {name}")
                yield _make(element, words, name, match.start(group), rule)


def _parse_facts(page: Page, site: Map) -> Iterator[Claim]:
    """Yield the source that stands among the facts beside the page's date: in a line, in a cell."""
    looked: set[etree._Element] = set()
    for place in page.parts.dated[:_MOST_FACTS]:
        element = place.element
        if not -_NEAR <= place.order - site.order <= _NEAR or _is_beside_picture(element, site):
            continue
        cells = element.getparent() if element.tag == "dd" else None
        if cells is not None and cells not in looked:
            looked.add(cells)
            for cell in islice(cells.iterchildren("dt"), 20):
                value = cell.getnext()
                if value is not None and _SOURCE_CELL.fullmatch(site.read(cell)[:40]):
                    words = site.read(value).strip()
                    if 2 <= len(words) <= 80 and "\n" not in words:
                        start = site.read(value).find(words)
                        yield _make(value, words, words, start, "source-label")
                        return
        text = site.read(element)
        if element in looked or len(text) > 200:
            continue
        looked.add(element)
        if match := _LABEL_BESIDE.search(text):
            words = _NEXT_LABEL.split(match["name"])[0].rstrip(" .")
            yield _make(element, words, words, match.start("name"), "source-label")
            return


def _state_tag(
    element: etree._Element, match: re.Match[str], offset: int, told: set[str]
) -> Iterator[Claim]:
    name = _find_agency(match["agency"])
    if name and f"agency-tag {name}" not in told:
        told.add(f"agency-tag {name}")
        start = offset + match.start("agency")
        yield _make(element, match["agency"], name, start, "agency-tag")


def _find_agency(words: str) -> str | None:
    """Return the agency among words such as ``dpa/lnw`` or ``Reuters, AFP``: the first."""
    for piece in re.split(r"[/,;+&]| and | und | et ", words):
        if agency := find_agency(piece):
            return agency
    return None


def _make(element: etree._Element, raw: str, value: str, start: int, rule: str) -> Claim:
    return make_claim(
        "credited",
        raw,
        NAMES.get(value, value),
        source="dateline" if rule == "dateline" else rule,
        locator=f"{format_path(element)}#text[{start}:{start + len(raw)}]",
        rule=f"{rule}/3",
    )


def _is_beside_picture(element: etree._Element, site: Map) -> bool:
    around = site.describe(element)
    if around.is_comment or around.is_aside or around.is_footer:
        return True
    above = [element, *list(element.iterancestors())[:2]]
    return any(
        node.tag in ("figure", "figcaption") or _PICTURE.search(node.get("class") or "")
        for node in above
    )


def _parse_addresses(page: Page) -> Iterator[Claim]:
    for link in page.parts.links:
        if (link.get("rel") or "").lower() == "canonical":
            yield from _state_address(
                page, link.get("href") or "", f"{format_path(link)}/@href", "canonical"
            )
            break
    for meta in list_meta_elements(page):
        if meta.name in _ORIGINALS:
            yield from _state_address(page, meta.content, meta.locator, "original-source")


def _state_address(page: Page, raw: str, locator: str, rule: str) -> Iterator[Claim]:
    try:
        host = (urlsplit(urljoin(page.url, raw.strip())).hostname or "").lower()
        own = (urlsplit(page.url).hostname or "").lower()
    except ValueError:
        return
    if not host or "." not in host or name_site(host) == name_site(own):
        return
    if any(host.startswith(mark) for mark in _REDIRECTORS):
        return
    yield make_claim("origin", raw, host, source="canonical", locator=locator, rule=f"{rule}/1")


def name_site(host: str) -> str:
    """Return the label of a host that its owner registered, as far as its form tells."""
    labels = _SAME_SITE.sub("", host.rstrip(".")).split(".")
    if len(labels) >= 3 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2:
        return labels[-3]
    return labels[-2] if len(labels) >= 2 else host
