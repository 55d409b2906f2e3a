"""The pages that a sitemap lists, and the further sitemaps of an index.

Follows the Sitemaps protocol 0.9 and Google's news extension.  Rules:

1. A sitemap is XML, or text with an address in each line; both may be stored in gzip.
2. An address that is none is left out, and with it what is said of it.
3. Locators: ``url[3]/lastmod``, ``url[3]/news:news/news:publication_date``, ``sitemap[2]/loc``,
   and ``line[3]`` of a text.

Limits: `MOST_PAGES` pages, `MOST_FURTHER` further sitemaps, and those of
`archive.extract.xml_elements`.  Not for: which page is which (`archive.extract.companions`), or
visiting them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from archive.core.http import decode_content
from archive.extract.xml_elements import (
    LIMIT,
    Stated,
    find_children,
    find_elements,
    join_text,
    read_address,
    state_date,
    state_text,
)

MOST_PAGES = 50_000
MOST_FURTHER = 5_000
_GZIP = b"\x1f\x8b"
LISTED = frozenset({"url", "sitemap"})
_LONGEST_LINE = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPage:
    """One page that a sitemap lists; ``locator`` names its element or line."""

    locator: str
    url: str
    modified: Stated | None = None
    published: Stated | None = None
    title: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherSitemap:
    """Another sitemap that an index lists."""

    locator: str
    url: str
    modified: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap or an index of sitemaps lists, in order; both empty if it is neither."""

    pages: tuple[SitemapPage, ...]
    further: tuple[FurtherSitemap, ...]


def parse_sitemap(content: bytes, url: str) -> Sitemap:
    """Return what the sitemap served at ``url`` lists.

    ``content`` is decoded as far as HTTP encoded it; gzip within is read too.
    """
    opened = open_sitemap(content) or b""
    if opened[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"http"):
        return Sitemap(pages=tuple(islice(_read_lines(opened, url), MOST_PAGES)), further=())
    pages: list[SitemapPage] = []
    further: list[FurtherSitemap] = []
    for locator, element in find_elements(opened, LISTED):
        address = next(
            (read_address(join_text(loc), url) for _, loc in find_children(element, "", "loc")),
            None,
        )
        if address is None:
            continue
        modified = _find(element, locator, "lastmod")
        if locator.startswith("url"):
            pages.append(_read_page(element, locator, address))
        else:
            further.append(
                FurtherSitemap(locator=locator, url=address, modified=modified),
            )
        if len(pages) >= MOST_PAGES or len(further) >= MOST_FURTHER:
            break
    return Sitemap(pages=tuple(pages), further=tuple(further))


def open_sitemap(content: bytes) -> bytes | None:
    """Return a sitemap without its own gzip, at most `LIMIT` bytes; None where that is broken."""
    if not content.startswith(_GZIP):
        return content[:LIMIT]
    return decode_content(content, "gzip", LIMIT)


def _read_page(element: etree._Element, locator: str, address: str) -> SitemapPage:
    published = title = None
    for path, news in islice(find_children(element, locator, "news:news"), 1):
        published = _find(news, path, "news:publication_date")
        for place, child in islice(find_children(news, path, "news:title"), 1):
            title = state_text(join_text(child), place)
    return SitemapPage(
        locator=locator,
        url=address,
        modified=_find(element, locator, "lastmod"),
        published=published,
        title=title,
    )


def _find(element: etree._Element, locator: str, name: str) -> Stated | None:
    for path, child in islice(find_children(element, locator, name), 1):
        return state_date(join_text(child), path)
    return None


def _read_lines(content: bytes, url: str) -> Iterator[SitemapPage]:
    for number, line in enumerate(content.split(b"\n"), 1):
        text = line[:_LONGEST_LINE].decode("utf-8", "replace").lstrip("\ufeff").strip()
        if text.startswith(("http://", "https://")) and (address := read_address(text, url)):
            yield SitemapPage(locator=f"line[{number}]", url=address)
