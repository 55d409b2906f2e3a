"""Claims of meta elements, Open Graph, headings and HTTP fields.  Not for: JSON-LD."""

import pytest

from archive.extract.claims import read_claims
from archive.extract.source import LONGEST, MOST, read_language, read_name
from tests.extract.pages import HTML, URL, list_claims_of, list_places


@pytest.mark.parametrize(
    ("element", "field", "source", "value"),
    [
        ('<meta property="og:title" content="H">', "title", "open-graph", "H"),
        ('<meta name="og:title" content="H">', "title", "open-graph", "H"),
        ('<meta property="og:site_name" content="Gazette">', "publisher", "open-graph", "Gazette"),
        ('<meta property="og:locale" content="en_gb">', "language", "open-graph", "en-GB"),
        (
            '<meta property="og:updated_time" content="2024-03-06">',
            "modified",
            "open-graph",
            "2024-03-06",
        ),
        (
            '<meta property="article:published_time" content="2024-03-06T08:00:00Z">',
            "published",
            "open-graph",
            "2024-03-06T08:00:00Z",
        ),
        (
            '<meta property="article:modified_time" content="2024-03">',
            "modified",
            "open-graph",
            "2024-03",
        ),
        (
            '<meta property="article:author" content="A. Writer">',
            "author",
            "open-graph",
            "A. Writer",
        ),
        (
            '<meta property="article:publisher" content="https://e.example/g">',
            "publisher",
            "open-graph",
            None,
        ),
        (
            '<meta name="parsely-pub-date" content="2024-03-06">',
            "published",
            "analytics",
            "2024-03-06",
        ),
        (
            '<meta name="sailthru.date" content="1709728496">',
            "published",
            "analytics",
            "2024-03-06T12:34:56Z",
        ),
        (
            '<meta name="cXenseParse:author" content="A. Writer">',
            "author",
            "analytics",
            "A. Writer",
        ),
        ('<meta name="citation_author" content="Writer, A.">', "author", "citation", "Writer, A."),
        (
            '<meta name="citation_publication_date" content="2024/3/6">',
            "published",
            "citation",
            "2024-03-06",
        ),
        (
            '<meta name="DC.date.issued" content="2024-03-06">',
            "published",
            "dublin-core",
            "2024-03-06",
        ),
        (
            '<meta name="DCTERMS.modified" content="2024-03-06">',
            "modified",
            "dublin-core",
            "2024-03-06",
        ),
        ('<meta name="dc:creator" content="A. Writer">', "author", "dublin-core", "A. Writer"),
        ('<meta name="DC.Language" content="DE">', "language", "dublin-core", "de"),
        ('<meta name="twitter:title" content="H">', "title", "twitter", "H"),
        ('<meta name="twitter:site" content="@gazette">', "publisher", "twitter", "@gazette"),
        ('<meta name=author content="by A. Writer">', "author", "meta", "A. Writer"),
        ('<meta name="Date" content="1709728496">', "published", "meta", None),
        (
            '<meta itemprop="datePublished" content="2024-03-06">',
            "published",
            "itemprop",
            "2024-03-06",
        ),
        ('<meta name="last-modified" content="2024-03-06">', "modified", "meta", "2024-03-06"),
        ('<meta http-equiv="Content-Language" content="fr">', "language", "meta", "fr"),
        ('<meta http-equiv="content-language" content="fr, de">', "language", "meta", None),
        ("<title> The\n title </title>", "title", "title", "The title"),
    ],
)
def test_a_claim_of_the_head(element: str, field: str, source: str, value: str | None) -> None:
    (claim,) = list_claims_of(element)
    assert (claim.field, claim.source, claim.value) == (field, source, value)


def test_locators_tell_elements_of_one_name_apart() -> None:
    claims = list_claims_of(
        '<meta name="author" content="A"><meta name="Author" content="B">'
        '<meta name=author content="">'
        '<meta name="author" property="author" content="C">'
    )
    assert list(list_places(claims)) == [
        ("author", "meta[name=author]", "A"),
        ("author", "meta[name=Author][2]", "B"),
        ("author", "meta[property=author]", "C"),
    ]


@pytest.mark.parametrize(
    "element",
    [
        '<meta name="author">',
        '<meta name="author" content="  ">',
        '<meta name="description" content="2024-03-06">',
        '<meta property="og:image" content="x">',
        '<meta content="x">',
        "<meta>",
        "<svg><title>Icon</title></svg>",
        "<title></title>",
    ],
)
def test_what_claims_nothing(element: str) -> None:
    assert list_claims_of(element) == ()


def test_raw_text_stays_verbatim() -> None:
    (claim,) = list_claims_of('<meta name="author" content=" by  A.\n Writer &amp;amp; B ">')
    assert claim.raw == " by  A.\n Writer &amp; B "
    assert claim.value == "A. Writer & B"


def test_what_is_far_too_long_is_cut_and_has_no_value() -> None:
    (claim,) = list_claims_of(f"<title>{'x' * 3_000_000}</title>")
    assert (len(claim.raw), claim.value) == (LONGEST, None)


def test_a_page_that_claims_too_much_is_heard_at_first() -> None:
    elements = (f'<meta name="author" content="A{number}">' for number in range(5000))
    claims = list_claims_of("".join(elements))
    assert len(claims) == MOST
    assert claims[0].value == "A0"


def test_headings() -> None:
    assert list(
        list_places(list_claims_of("", "<h1>One <b>he</b>ading<script>x()</script></h1>"))
    ) == [("title", "h1[0]", "One heading")]
    claims = list_claims_of("", "<h1>Menu</h1>" * 2 + "<h1>News<br>today</h1><h1>More</h1>")
    assert [(claim.locator, claim.value, claim.rule) for claim in claims] == [
        ("h1[0]", "Menu", "headings/1"),
        ("h1[1]", "Menu", "headings/1"),
        ("h1[2]", "News today", "headings/1"),
    ]


def test_the_language_of_the_document() -> None:
    (claim,) = read_claims(b"<html lang='de-ch'><p>Worte", (HTML,), URL)
    assert (claim.locator, claim.value) == ("html[lang]", "de-CH")


DATE = ("Date", "Wed, 06 Mar 2024 12:34:56 GMT")


@pytest.mark.parametrize(
    ("modified", "value"),
    [
        ("Tue, 05 Mar 2024 12:34:56 GMT", "2024-03-05T12:34:56Z"),
        ("Wed, 06 Mar 2024 12:24:56 GMT", "2024-03-06T12:24:56Z"),
        ("Wed, 06 Mar 2024 12:24:57 GMT", None),
        ("Wed, 06 Mar 2024 12:34:56 GMT", None),
        ("Thu, 07 Mar 2024 12:34:56 GMT", None),
        ("0", None),
        ("", None),
    ],
)
def test_last_modified_counts_well_before_date(modified: str, value: str | None) -> None:
    claims = list_claims_of("", "", ("last-modified", modified), DATE)
    expected = [] if value is None else [("modified", "http:last-modified", value)]
    assert list(list_places(claims)) == expected


def test_last_modified_without_a_date_is_not_believed() -> None:
    assert list_claims_of("", "", ("Last-Modified", "Tue, 05 Mar 2024 12:34:56 GMT")) == ()


def test_content_language() -> None:
    claims = list_claims_of("", "", ("Content-Language", "EN-us"))
    assert list(list_places(claims)) == [("language", "http:content-language", "en-US")]


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        (" fr ", "fr"),
        ("", None),
        ("english", None),
        ("en,de", None),
        ("e", None),
        ("{{lang}}", None),
        ("en-" + "a" * 20, None),
    ],
)
def test_language_tags(raw: str, tag: str | None) -> None:
    assert read_language(raw) == tag


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("A. Writer", "A. Writer"),
        ("BY: A. Writer", "A. Writer"),
        ("Written by A. Writer", "A. Writer"),
        ("Byron Smith", "Byron Smith"),
        ("Author: A. Writer", "A. Writer"),
        ("null", None),
        ("undefined", None),
        ("--", None),
        ("https://example.org/a", None),
        ("www.example.org/writer", None),
        ("Example.org", "Example.org"),
    ],
)
def test_names_of_authors(raw: str, name: str | None) -> None:
    assert read_name(raw, is_author=True) == name
