"""Whole responses, most of them hostile.  Not for: single sources (their own tests)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.text import normalise_text
from archive.extract.claims import SOURCES, read_claims
from archive.extract.main_text import EXTRACTOR
from archive.extract.statement import read_extraction
from tests.extract.pages import HTML, URL


def test_the_sources_stand_in_their_order() -> None:
    assert [source.__name__ for source in SOURCES] == [
        "parse_json_ld",
        "parse_open_graph",
        "parse_meta",
        "parse_microdata",
        "parse_headline",
        "parse_time_elements",
        "parse_visible_dates",
        "parse_byline",
        "parse_credit",
        "parse_mentions",
        "parse_notices",
        "parse_licence",
        "parse_footer",
        "parse_addresses",
        "parse_http_fields",
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "detail"),
    [
        (None, "text/html", "no content"),
        (b"", "text/html", "no content"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "media type image/png is not read"),
        (
            b"\x00\x01",
            "text/plain",
            "content said to be text/plain, with control characters as no text has, is not read",
        ),
        (b"<!-- -->", "text/html", "no text"),
        (b"   ", "text/plain", "plain text"),
    ],
)
def test_no_text_is_an_outcome(content: bytes | None, content_type: str, detail: str) -> None:
    extraction = read_extraction(content, (("Content-Type", content_type),), URL)
    assert (extraction.outcome, extraction.text, extraction.detail) == ("none", "", detail)
    assert extraction.extractor == EXTRACTOR


def test_header_claims_stand_without_a_page() -> None:
    fields = (("Content-Type", "image/png"), ("Content-Language", "en"))
    (claim,) = read_extraction(b"\x89PNG", fields, URL).claims
    assert claim.locator == "http:content-language"


HOSTILE = {
    "3 MB of p": b"<p>" * 1_000_000,
    "p with words": b"<html><body>" + b"<p>hello world text" * 160_000,
    "1,000 div": b"<html><body>" + b"<div>" * 1000 + b"deep" + b"</div>" * 1000,
    "100,000 div": b"<html><body>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000,
    "250 div": b"<html><body>" + b"<div>" * 250 + b"deep" + b"</div>" * 250,
    "tables just under the limit": b"<table><tr><td>x</td></tr></table>" * 4_990,
    "blocks just under the limit": b"<div><div>t</div></div>" * 7_490,
    "blocks still read with care": b"<div><div>t</div></div>" * 1_990,
    "nested lists": (b"<ul><li>x" * 100 + b"</ul>" * 100) * 26,
    "list just under the limit": b"<ul>" + b"<li>item text" * 29_000,
    "1 MB nested JSON-LD": b'<script type="application/ld+json">' + b"[" * 1_000_000,
    "1 MB nested objects": b'<script type="application/ld+json">' + b'{"@graph":' * 100_000,
    "1 MB graph": b'<script type="application/ld+json">{"@graph":['
    + b'{"@type":"Article","headline":"x","author":{"@id":"#a"}},' * 17_000
    + b"{}]}</script>",
    "50,000 meta": b'<meta property="article:published_time" content="2024-01-01">' * 50_000,
    "fake dates": b"".join(
        b'<meta property="article:published_time" content="2024-01-%02d">' % (day % 28 + 1)
        for day in range(5000)
    ),
    "3 MB of less-than": b"<" * 3_000_000,
    "3 MB of open tags": b"<a " * 1_000_000,
    "1,000,000 attributes": b"<a " + b"x=1 " * 1_000_000 + b">",
    "open comments": b"<!--" * 1_000_000,
    "5 MB of nulls": b"\x00" * 5_000_000,
    "10 MB": b"<html><body><p>" + b"word " * 2_000_000,
    "4 MB of spaces": b"<title>a" + b" " * 4_000_000 + b"b</title>",
    "nested articles": b"<article>" * 250 + b"x " * 1_000_000,
    "script in title": b"<title><script>alert(1)</script></title><h1><img src=x onerror=a()>H</h1>",
    "UTF-7": b"<meta charset=utf-7><p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "escapes and bidi": "<title>\x1b[31m\u202etxt\u2066</title>".encode(),
    "10 MB JSON-LD": b'<script type="application/ld+json">{"@type":"Article","datePublished":"'
    + b"2" * 10_000_000
    + b'"}</script>',
    "100,000 meta": b'<meta name="date" content="2024-01-01">' * 100_000,
    "dates at the ends of time": b'<meta name="date" content="0000-00-00">'
    b'<meta property="article:published_time" content="99999-01-01"><h1>Title of it</h1>'
    b"<p>Published 31 February 0000</p><p>1 January 99999</p><time datetime=0000-01-01>x</time>"
    b"<p>On 99.99.9999, 00/00/0000 and 2024-13-45</p>",
    "bidi names": "<meta name=author content='\u202eevil\u2066 n'><p>By \u202eA. Name</p>".encode(),
    "10,000 dated blocks": b"<h1>Title of it</h1>" + b"<p class=date>5 March 2024</p>" * 10_000,
    "10,000 time": b"<article><h1>Title</h1>" + b"<time datetime=2024-01-01>x</time>" * 10_000,
    "10,000 siblings named author": b"<p class=author>By A. Name</p>" * 10_000,
    "10,000 properties": b"<span itemprop=datePublished>5 March 2024</span>" * 10_000,
    "one paragraph of years": b"<h1>T</h1><p>" + b"since 2019 adopted was in 2018 " * 50_000,
    "one line of dates": b"<h1>T</h1><p>Published " + b"5 March 2024, " * 50_000,
    "parentheses": b"<h1>T</h1><p>" + b"Berlin (" * 100_000,
    "copyright signs": b"<h1>T</h1><p>" + "\u00a9 2024 ".encode() * 100_000,
    "capital words": b"<h1>T</h1><p>" + b"By Aa " * 100_000 + b"</p><p>A" + b"a A" * 100_000,
    "spaces where a notice may begin": b"<p>" + b" \n\t" * 200_000 + b"The hall is open.",
    "an author of spaces": b"<h1>Title of it</h1><div class=author>" + b" " * 200_000 + b"</div>",
    "random bytes": bytes(range(256)) * 4000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_time(name: str) -> None:
    start = time.perf_counter()
    extraction = read_extraction(HOSTILE[name], (HTML,), URL)
    assert time.perf_counter() - start < 30  # a few seconds at most on an idle machine
    assert extraction.outcome == ("text" if extraction.text else "none")
    assert normalise_text(extraction.text) == extraction.text
    assert read_claims(HOSTILE[name], (HTML,), URL) == extraction.claims
    for claim in extraction.claims:
        assert f"{claim.raw}{claim.value}".encode()


def test_what_was_left_out_is_said() -> None:
    assert "only the first 5000000 bytes" in read_extraction(HOSTILE["10 MB"], (HTML,), URL).detail
    assert "too deep" in read_extraction(HOSTILE["1,000 div"], (HTML,), URL).detail


MARKUP = st.lists(
    st.sampled_from(
        [
            *"<>&;\"'= a\x00\u202e",
            "<p>",
            "</p>",
            "<div>",
            "<title>",
            "<h1>",
            "<article>",
            "<table>",
            "<tr>",
            "<td>",
            "<!--",
            "-->",
            "<![CDATA[",
            '<script type="application/ld+json">',
            "</script>",
            '{"@type":"Article","author":',
            '"@id"',
            "[",
            "]}",
            '<meta property="og:title" content=',
            "<html lang=",
            "&#xD800;",
            "2024-03-06",
        ]
    ),
    max_size=25,
).map("".join)


@given(MARKUP)
def test_no_markup_breaks_the_reader(markup: str) -> None:
    extraction = read_extraction(markup.encode(), (HTML,), URL)
    assert read_claims(markup.encode(), (HTML,), URL) == extraction.claims
    assert normalise_text(extraction.text) == extraction.text


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "", "application/xml"]))
def test_no_bytes_break_the_reader(content: bytes, content_type: str) -> None:
    extraction = read_extraction(content, (("Content-Type", content_type),), URL)
    assert extraction.text.encode().decode() == extraction.text
