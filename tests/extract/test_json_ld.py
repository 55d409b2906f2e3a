"""Claims of JSON-LD.  Not for: mending blocks."""

import pytest

from archive.core.claim import Claim
from tests.extract.pages import URL, format_json_ld, list_claims_of, list_places, list_values

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour wall repaired",
    "datePublished": "2024-03-06T08:00:00+01:00",
    "dateModified": "2024-03-07",
    "author": {"@type": "Person", "name": "A. Writer"},
    "publisher": {"@type": "Organization", "name": "Harbour Office"},
    "inLanguage": "en-GB",
}


def test_every_field_of_an_article_with_its_place() -> None:
    claims = list_claims_of(format_json_ld(ARTICLE))
    assert list(list_places(claims)) == [
        ("title", "json-ld[0].$.headline", "Harbour wall repaired"),
        ("published", "json-ld[0].$.datePublished", "2024-03-06T08:00:00+01:00"),
        ("modified", "json-ld[0].$.dateModified", "2024-03-07"),
        ("author", "json-ld[0].$.author.name", "A. Writer"),
        ("publisher", "json-ld[0].$.publisher.name", "Harbour Office"),
        ("language", "json-ld[0].$.inLanguage", "en-GB"),
    ]
    assert claims[0] == Claim(
        field="title",
        raw="Harbour wall repaired",
        value="Harbour wall repaired",
        source="json-ld",
        locator="json-ld[0].$.headline",
        rule="json-ld-article/1",
    )


def test_a_graph_and_its_names_are_followed_across_blocks() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "@id": "#site", "name": "The Gazette"},
            {"@type": "WebPage", "@id": "#page", "datePublished": "2024-03-06"},
            {
                "@type": ["Article", "Thing"],
                "headline": "H",
                "publisher": {"@id": "#office"},
                "author": [{"@id": "#writer"}, {"@type": "Person", "name": "B. Second"}],
            },
        ],
    }
    others = [{"@id": "#office", "name": "Harbour Office"}, {"@id": "#writer", "name": "A. Writer"}]
    claims = list_claims_of(format_json_ld("{broken", graph, others))
    assert list(list_places(claims)) == [
        ("title", "json-ld[1].$['@graph'][2].headline", "H"),
        ("author", "json-ld[2].$[1].name", "A. Writer"),
        ("author", "json-ld[1].$['@graph'][2].author[1].name", "B. Second"),
        ("publisher", "json-ld[2].$[0].name", "Harbour Office"),
        ("published", "json-ld[1].$['@graph'][1].datePublished", "2024-03-06"),
        ("publisher", "json-ld[1].$['@graph'][0].name", "The Gazette"),
    ]
    rules = {claim.locator: claim.rule for claim in claims}
    assert rules["json-ld[1].$['@graph'][1].datePublished"] == "json-ld-page/1"
    assert rules["json-ld[1].$['@graph'][0].name"] == "json-ld-site/1"


def test_what_hangs_below_other_properties_is_not_about_this_page() -> None:
    related = {"@type": "NewsArticle", "headline": "Other", "datePublished": "2020-01-01"}
    page = {
        "@type": "WebPage",
        "name": "This page",
        "hasPart": related,
        "mentions": [related],
        "video": {
            "@type": "VideoObject",
            "uploadDate": "2019-01-01",
            "datePublished": "2019-01-01",
        },
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [{"@type": "ListItem", "item": related}],
        },
    }
    claims = list_claims_of(format_json_ld(page))
    # That its film was there is a bound, and no date of the page.
    assert list_values(claims, "published") == ["2019-01-01/.."]
    assert list_values(claims, "title") == ["This page"]


def test_an_article_that_a_page_is_about_counts() -> None:
    page = {"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2024-03-06"}}
    (claim,) = list_claims_of(format_json_ld(page))
    assert claim.locator == "json-ld[0].$.mainEntity.datePublished"


OTHER = {"@type": "Article", "headline": "Another", "datePublished": "2020-01-01", "url": "/x"}


@pytest.mark.parametrize(
    "mark",
    [
        {"url": URL},
        {"@id": URL + "#article"},
        {"mainEntityOfPage": URL.replace("https", "http") + "/"},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": URL + "?utm_source=feed"}},
    ],
)
def test_of_several_articles_the_one_with_this_address_counts(mark: dict[str, object]) -> None:
    claims = list_claims_of(format_json_ld([OTHER, ARTICLE | mark, OTHER]))
    assert list_values(claims, "published") == ["2024-03-06T08:00:00+01:00"]
    assert claims[0].locator == "json-ld[0].$[1].headline"


def test_an_address_can_be_that_of_the_canonical_link() -> None:
    link = '<link rel="canonical" href="https://example.net/one">'
    own = ARTICLE | {"url": "https://example.net/one"}
    claims = list_claims_of(link + format_json_ld(OTHER, own))
    assert list_values(claims, "published") == ["2024-03-06T08:00:00+01:00"]


def test_of_several_articles_the_one_with_this_title_counts() -> None:
    claims = list_claims_of(
        format_json_ld(OTHER, ARTICLE), "<h1>Harbour Wall \u201crepaired\u201d</h1>"
    )
    assert list_values(claims, "published") == ["2024-03-06T08:00:00+01:00"]


def test_of_many_strangers_the_first_stands_under_a_rule_of_its_own() -> None:
    claims = list_claims_of(format_json_ld([OTHER, OTHER | {"headline": "Third"}]))
    assert [(claim.value, claim.rule) for claim in claims] == [
        ("Another", "json-ld-listed/1"),
        ("2020-01-01", "json-ld-listed/1"),
    ]


@pytest.mark.parametrize(
    ("stated", "types"),
    [
        ("Article", True),
        ("http://schema.org/NewsArticle", True),
        ("schema:BlogPosting", True),
        ("PressRelease", True),
        ("Report", True),
        (["Thing", "TechArticle"], True),
        ("VideoObject", False),
        ("Product", False),
        (["Article's", 5, None], False),
        ({"@id": "Article"}, False),
        (None, False),
    ],
)
def test_which_types_are_articles(stated: object, types: bool) -> None:  # noqa: FBT001
    claims = list_claims_of(format_json_ld({"@type": stated, "headline": "H"}))
    assert bool(claims) == types


@pytest.mark.parametrize(
    ("stated", "values"),
    [
        ("A. Writer", ["A. Writer"]),
        ("By A. Writer", ["A. Writer"]),
        (["A. Writer", "B. Second"], ["A. Writer", "B. Second"]),
        ([{"name": ["A. Writer", "B. Second"]}], ["A. Writer", "B. Second"]),
        ({"name": {"@value": "A. Writer", "@language": "en"}}, ["A. Writer"]),
        ({"name": "", "alternateName": "Nick"}, ["Nick"]),
        ("Tom &amp; Ann", ["Tom & Ann"]),
        ("https://example.org/people/1", [None]),
        ({"@id": "#nobody"}, []),
        ({"@type": "Person"}, []),
        (["", None, True, {}], []),
        (7, ["7"]),
    ],
)
def test_how_authors_are_stated(stated: object, values: list[str | None]) -> None:
    claims = list_claims_of(format_json_ld({"@type": "Article", "author": stated}))
    assert list_values(claims, "author") == values


def test_a_count_of_seconds_is_a_date_here() -> None:
    claims = list_claims_of(format_json_ld({"@type": "Article", "datePublished": 1709728496}))
    assert [(claim.raw, claim.value) for claim in claims] == [
        ("1709728496", "2024-03-06T12:34:56Z")
    ]


def test_an_unreadable_date_is_kept_without_a_value() -> None:
    (claim,) = list_claims_of(format_json_ld({"@type": "Article", "datePublished": "Wednesday"}))
    assert (claim.raw, claim.value) == ("Wednesday", None)


def test_names_that_go_in_a_circle_end() -> None:
    circle = [
        {"@type": "Article", "@id": "#a", "author": {"@id": "#b"}},
        {"@id": "#b", "name": {"@id": "#c"}},
        {"@id": "#c", "name": {"@id": "#b"}},
        {"@id": "#d", "@graph": [{"@id": "#d"}], "author": {"@id": "#d"}},
    ]
    assert list_claims_of(format_json_ld(circle)) == ()


def test_half_a_character_does_not_get_out() -> None:
    (claim,) = list_claims_of(format_json_ld('{"@type": "Article", "headline": "a\\ud800b"}'))
    assert (claim.raw, claim.value) == ("a?b", "a?b")


def test_other_scripts_are_not_read() -> None:
    script = '<script type="text/javascript">{"@type": "Article", "headline": "H"}</script>'
    assert list_claims_of(script) == ()
    typed = format_json_ld(ARTICLE).replace("ld+json", "LD+JSON; charset=utf-8")
    assert list_claims_of(typed)


def test_what_was_made_earlier_bounds_the_page_from_below() -> None:
    article = {"@type": "NewsArticle", "headline": "H", "dateCreated": "2024-03-06T08:00:00Z"}
    film = {"@type": "VideoObject", "uploadDate": "2024-03-04", "datePublished": "2024-03-04"}
    claims = list_claims_of(format_json_ld(article | {"video": film, "uploadDate": "soon"}))
    bounds = [(item.locator, item.value) for item in claims if item.rule == "json-ld-created/1"]
    assert bounds == [
        ("json-ld[0].$.dateCreated", "2024-03-06/.."),
        ("json-ld[0].$.video.uploadDate", "2024-03-04/.."),
    ]
    assert list_values(claims, "published") == ["2024-03-06/..", "2024-03-04/.."]
