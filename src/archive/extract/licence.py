"""Claims of the licence: ``rel=license``, links to Creative Commons.

A link to Creative Commons counts outside captions only: there it is a picture's.  Not for:
licences in metadata (`archive.extract.json_ld`), or what a licence permits.
"""

import re
from collections.abc import Iterator

from lxml import etree

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import Map, format_path, map_page
from archive.extract.source import make_claim

_MOST = 20
_CREATIVE = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/(?:licenses/(?P<kind>[a-z-]{2,8})/(?P<version>\d\.\d)"
    r"(?:/(?P<country>[a-z]{2}))?|publicdomain/(?P<free>zero|mark)/(?P<level>\d\.\d))",
    re.IGNORECASE,
)


def parse_licence(page: Page) -> Iterator[Claim]:
    """Yield the claims of licence links, each address once."""
    if page.tree is None:
        return
    site: Map | None = None
    told: set[str] = set()
    for element in [*page.parts.links, *page.parts.anchors]:
        raw = element.get("href") or ""
        is_stated = "license" in (element.get("rel") or "").lower().split()
        if not raw or raw in told or not (is_stated or "creativecommons.org/" in raw):
            continue
        site = site or map_page(page)
        if _is_in_caption(element) or site.describe(element).is_comment:
            continue
        value = read_licence(raw)
        if value is None and not is_stated:
            continue
        told.add(raw)
        yield make_claim(
            "licence",
            raw,
            value,
            source="licence",
            locator=f"{format_path(element)}/@href",
            rule="rel-license/1" if is_stated else "licence-link/1",
        )
        if len(told) >= _MOST:
            return


def read_licence(raw: str) -> str | None:
    """Return the name of a Creative Commons licence, the address of another; None if neither."""
    if match := _CREATIVE.match(raw.strip()):
        if match["free"]:
            return {"zero": "CC0", "mark": "PDM"}[match["free"].lower()] + f" {match['level']}"
        country = f" {match['country'].upper()}" if match["country"] else ""
        return f"CC {match['kind'].upper()} {match['version']}{country}"
    text = raw.strip()
    return text if text.startswith(("http://", "https://")) else None


def _is_in_caption(element: etree._Element) -> bool:
    return any(
        node.tag in ("figure", "figcaption") or "caption" in (node.get("class") or "")
        for node in list(element.iterancestors())[:4]
    )
