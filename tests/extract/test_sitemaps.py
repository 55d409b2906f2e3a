"""Sitemaps: what they list, packed or not.  Not for: XML by itself (`test_feeds`)."""

import gzip

import pytest

from archive.extract.sitemaps import MOST_PAGES, Sitemap, parse_sitemap

URL = "https://example.org/sitemap.xml"

NEWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://example.org/wall?a=1&amp;b=2 </loc><lastmod>2024-03-07T08:00:00+01:00</lastmod>
<image:image><image:loc>https://example.org/wall.jpg</image:loc></image:image>
<n:news><n:publication><n:name>Harbour Office</n:name></n:publication>
<n:publication_date>2024-03-06</n:publication_date><n:title>Wall &amp; quay</n:title></n:news></url>
<url><loc>mailto:a@example.org</loc></url>
<url><loc>https://example.org/plain</loc><lastmod>soon</lastmod></url></urlset>"""

INDEX = b"""<sitemapindex xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>/news.xml.gz</loc><lastmod>2024-03-06</lastmod></sitemap></sitemapindex>"""

LINES = b"\xef\xbb\xbfhttps://example.org/a\r\n\r\nno address\nhttps://example.org/b"


def list_pages(sitemap: Sitemap) -> list[tuple[str, ...]]:
    """Locator and address of each page, then what is stated and where."""
    return [
        (
            page.locator,
            page.url,
            *(
                f"{item.locator}: {item.value}"
                for item in (page.modified, page.published, page.title)
                if item
            ),
        )
        for page in sitemap.pages
    ]


NEWS_PAGES = [
    (
        "url[1]",
        "https://example.org/wall?a=1&b=2",
        "url[1]/lastmod: 2024-03-07T08:00:00+01:00",
        "url[1]/news:news/news:publication_date: 2024-03-06",
        "url[1]/news:news/news:title: Wall & quay",
    ),
    ("url[3]", "https://example.org/plain", "url[3]/lastmod: None"),
]

SITEMAPS: dict[str, tuple[bytes, list[tuple[str, ...]]]] = {
    "news": (NEWS, NEWS_PAGES),
    "news in gzip": (gzip.compress(NEWS), NEWS_PAGES),
    "gzip cut short": (gzip.compress(b" " * 70_000 + NEWS * 9)[:-20], NEWS_PAGES),
    "text": (
        LINES,
        [("line[1]", "https://example.org/a"), ("line[4]", "https://example.org/b")],
    ),
    "a page": (b"<html><body>404</body></html>", []),
    "nothing": (b"", []),
    "gzip of nothing": (b"\x1f\x8b", []),
    "a gzip bomb": (gzip.compress(bytes(100_000_000)), []),
}


@pytest.mark.parametrize("kind", SITEMAPS)
def test_every_kind_of_sitemap_gives_its_pages(kind: str) -> None:
    content, expected = SITEMAPS[kind]
    assert list_pages(parse_sitemap(content, URL))[: len(expected) or 1] == expected


def test_an_index_names_further_sitemaps() -> None:
    sitemap = parse_sitemap(INDEX, URL)
    (further,) = sitemap.further
    assert (further.locator, further.url) == ("sitemap[1]", "https://example.org/news.xml.gz")
    assert further.modified is not None
    assert (further.modified.value, further.modified.locator) == (
        "2024-03-06",
        "sitemap[1]/lastmod",
    )
    assert not sitemap.pages


def test_a_sitemap_has_only_so_many_pages() -> None:
    page = b"<url><loc>https://example.org/a</loc></url>"
    assert len(parse_sitemap(b"<urlset>" + page * 60_000, URL).pages) == MOST_PAGES
