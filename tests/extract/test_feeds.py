"""Feeds: their entries, whole and broken, and what hostile ones cost.  Not for: sitemaps."""

import json
from itertools import pairwise

import feedparser
import pytest

from archive.extract.feeds import MOST_ENTRIES, FeedEntry, parse_feed

URL = "https://example.org/news/feed/"

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:maker="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Harbour Office</title><link>https://example.org</link>
<atom:link href="https://example.org/news/feed/" rel="self" type="application/rss+xml"/>
<pubDate>Thu, 07 Mar 2024 00:00:00 +0000</pubDate>
<item><title>Wall &amp; quay repaired</title><link>
  https://example.org/2024/wall?a=1&amp;b=2 </link>
<maker:creator><![CDATA[A. Writer]]></maker:creator><maker:creator>B. Writer</maker:creator>
<pubDate>Wed, 06 Mar 2024 08:00:00 +0100</pubDate>
<guid isPermaLink="false">https://example.org/?p=12</guid></item>
<item><title>Dredging</title><guid>https://example.org/dredging</guid>
<author>writer@example.org (C. Writer)</author>
<pubDate>in spring</pubDate><atom:updated>2024-03-05T10:00:00Z</atom:updated></item>
</channel></rss>"""

RDF = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.org/"><title>Hafenamt</title></channel>
<item rdf:about="urn:x:1"><title>K\xe4ne ge\xf6ffnet</title><link>/kai</link>
<dc:date>2024-03-06</dc:date><dc:creator>Amt</dc:creator></item></rdf:RDF>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/statements/">
<title>All</title><updated>2024-03-09T00:00:00Z</updated><author><name>Office</name></author>
<entry><id>tag:example.org,2024:1</id><title type="html">The &lt;em&gt;new&lt;/em&gt; crane</title>
<link rel="edit" href="edit/1"/><link type="application/pdf" href="crane.pdf"/>
<link rel="alternate" type="text/html" href="crane"/>
<published>2024-03-06T08:00:00.5+01:00</published><updated>2024-03-07T08:00:00+01:00</updated>
<author><name>D. Writer</name></author></entry></feed>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            "no object",
            {
                "id": 7,
                "url": "/tide",
                "title": "Tide tables",
                "date_published": "2024-03-06T08:00:00+01:00",
                "date_modified": "2024-03-08",
                "authors": [{"name": "E. Writer"}, {"url": "https://example.org/f"}],
            },
        ],
    }
).encode()


def describe(entry: FeedEntry) -> dict[str, object]:
    """The entry as plain values: what was read, and from where."""
    stated = {"title": entry.title, "published": entry.published, "updated": entry.updated}
    told: dict[str, object] = {"at": entry.locator, "url": entry.url, "id": entry.id}
    told |= {name: (item.value, item.locator) for name, item in stated.items() if item}
    return told | {"authors": [(item.value, item.locator) for item in entry.authors]}


FEEDS = {
    "RSS 2.0": (
        RSS,
        [
            {
                "at": "item[1]",
                "url": "https://example.org/2024/wall?a=1&b=2",
                "id": "https://example.org/?p=12",
                "title": ("Wall & quay repaired", "item[1]/title"),
                "published": ("2024-03-06T08:00:00+01:00", "item[1]/pubDate"),
                "authors": [
                    ("A. Writer", "item[1]/dc:creator"),
                    ("B. Writer", "item[1]/dc:creator[2]"),
                ],
            },
            {
                "at": "item[2]",
                "url": "https://example.org/dredging",
                "id": "https://example.org/dredging",
                "title": ("Dredging", "item[2]/title"),
                "published": (None, "item[2]/pubDate"),
                "updated": ("2024-03-05T10:00:00Z", "item[2]/atom:updated"),
                "authors": [("C. Writer", "item[2]/author")],
            },
        ],
    ),
    "RSS 1.0 in Latin-1": (
        RDF,
        [
            {
                "at": "item[1]",
                "url": "https://example.org/kai",
                "id": "urn:x:1",
                "title": ("Käne geöffnet", "item[1]/title"),
                "published": ("2024-03-06", "item[1]/dc:date"),
                "authors": [("Amt", "item[1]/dc:creator")],
            }
        ],
    ),
    "Atom": (
        ATOM,
        [
            {
                "at": "atom:entry[1]",
                "url": "https://example.org/statements/crane",
                "id": "tag:example.org,2024:1",
                "title": ("The new crane", "atom:entry[1]/atom:title"),
                "published": ("2024-03-06T08:00:00+01:00", "atom:entry[1]/atom:published"),
                "updated": ("2024-03-07T08:00:00+01:00", "atom:entry[1]/atom:updated"),
                "authors": [("D. Writer", "atom:entry[1]/atom:author/atom:name")],
            }
        ],
    ),
    "JSON Feed": (
        JSON,
        [
            {
                "at": "$.items[1]",
                "url": "https://example.org/tide",
                "id": "7",
                "title": ("Tide tables", "$.items[1].title"),
                "published": ("2024-03-06T08:00:00+01:00", "$.items[1].date_published"),
                "updated": ("2024-03-08", "$.items[1].date_modified"),
                "authors": [("E. Writer", "$.items[1].authors[0].name")],
            }
        ],
    ),
}


@pytest.mark.parametrize("kind", FEEDS)
def test_every_kind_of_feed_gives_its_entries(kind: str) -> None:
    content, expected = FEEDS[kind]
    assert [describe(entry) for entry in parse_feed(content, URL)] == expected


@pytest.mark.parametrize("content", [RSS, RDF, ATOM], ids=["rss", "rdf", "atom"])
def test_somebody_elses_reader_finds_the_same_entries(content: bytes) -> None:
    theirs = feedparser.parse(content, response_headers={"content-location": URL}).entries
    ours = parse_feed(content, URL)
    assert [entry.url for entry in ours] == [entry.link for entry in theirs]
    assert [entry.title and entry.title.value for entry in ours] == [
        entry.title.replace("<em>", "").replace("</em>", "") for entry in theirs
    ]


def test_raw_is_what_stands_there() -> None:
    (entry, _) = parse_feed(RSS, URL)
    assert entry.published is not None
    assert entry.published.raw == "Wed, 06 Mar 2024 08:00:00 +0100"


def make_rss(*items: str) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss><channel>{body}</channel></rss>".encode()


BROKEN = {
    "an ampersand too many": (make_rss("<title>A & B &amp; C</title>"), ["A & B & C"]),
    "an entity that HTML knows": (make_rss("<title>A&nbsp;&uuml; &lt;</title>"), ["A ü <"]),
    "an entity that nobody knows": (make_rss("<title>A &zzz; &lt;</title>"), ["A &zzz; <"]),
    "a prefix that is not declared": (make_rss("<dc:title>A</dc:title>"), ["A"]),
    "no end": (make_rss("<title>A</title>", "<title>B</title>")[:-30], ["A", "B"]),
    "white space first": (b" \n " + make_rss("<title>A</title>"), ["A"]),
    "UTF-16": (make_rss("<title>Ä &amp; B</title>").decode().encode("utf-16"), ["Ä & B"]),
    "bytes that are no UTF-8": (make_rss("<title>A</title>", "<title>\\</title>"), ["A", "\\"]),
    "CDATA": (make_rss("<title><![CDATA[A &amp; <b>B</b>]]> &amp; C</title>"), ["A & B & C"]),
    "a title without one": (make_rss("<title> </title>"), [None]),
    "no feed": (b"<html><body><p>404</body></html>", []),
    "nothing": (b"", []),
    "no JSON": (b'{"items": [', []),
    "JSON of something else": (b'{"items": {"a": 1}}', []),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_feed_is_read_as_far_as_it_goes(kind: str) -> None:
    content, titles = BROKEN[kind]
    found = [entry.title.value if entry.title else None for entry in parse_feed(content, URL)]
    assert found == titles


def test_addresses_that_are_none_are_left_out() -> None:
    links = ["javascript:alert(1)", "ftp://example.org/a", "https://user@example.org/", "//[", ""]
    content = make_rss(*(f"<link>{link}</link>" for link in links))
    assert [entry.url for entry in parse_feed(content, URL)] == [None] * len(links)


def test_a_redirector_of_feeds_is_not_the_page() -> None:
    content = make_rss(
        "<link>https://feeds.example.net/~r/1</link>"
        "<feedburner:origLink>https://example.org/1</feedburner:origLink>"
    )
    assert [entry.url for entry in parse_feed(content, URL)] == ["https://example.org/1"]


def list_entities(count: int) -> bytes:
    names = [f"e{number}" for number in range(count)]
    first = b'<!ENTITY e0 "aaaaaaaaaa">'
    more = (f'<!ENTITY {name} "{20 * f"&{other};"}">' for other, name in pairwise(names))
    return first + "".join(more).encode()


HOSTILE = {
    "entities in entities": (
        b"<!DOCTYPE rss [" + list_entities(12) + b']><rss><item><title x="&e11;">&e11;</title>'
        b"</item></rss>",
        "&e11;",
    ),
    "a file of ours": (
        b'<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><item><title>&f;</title>',
        "&f;",
    ),
    "a document type elsewhere": (
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss><item><title>A</title></item></rss>',
        "A",
    ),
    "elements without end": (b"<rss>" + b"<a/>" * 2_000_000, None),
    "elements in an item": (b"<rss><item>" + b"<a/>" * 1_000_000 + b"<title>A</title>", None),
    "depth": (b"<rss>" + b"<a>" * 1_000_000, None),
    "attributes": (b"<rss " + b" ".join(b'a%d="1"' % place for place in range(200_000)), None),
    "references": (b"<rss><item><title>" + b"&" * 2_000_000 + b"</title></item></rss>", "&" * 4096),
    "nested lists": (b'{"items":' + b"[" * 1_000_000, None),
    "50 MB": (make_rss("<title>A</title>") + b" " * 50_000_000, "A"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_feed_costs_bounded_time_and_reads_nothing_else(kind: str) -> None:
    content, title = HOSTILE[kind]
    entries = parse_feed(content, URL)
    assert [entry.title.value for entry in entries if entry.title] == ([title] if title else [])


def test_a_feed_has_only_so_many_entries() -> None:
    assert len(parse_feed(make_rss(*["<title>A</title>"] * 5_000), URL)) == MOST_ENTRIES
