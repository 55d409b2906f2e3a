"""Claims to assertions.  Not for: where claims come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.claim import FIELDS, Assertion, Claim, Field
from archive.provenance.assertions import choose_assertions
from archive.provenance.title import strip_site_name


def make_claim(field: Field, value: str | None, source: str, rule: str = "") -> Claim:
    return Claim(
        field=field,
        raw=value or "?",
        value=value,
        source=source,
        locator=source,
        rule=f"{rule or source}/1",
    )


def choose(field: Field, *claims: Claim) -> Assertion:
    return next(item for item in choose_assertions(claims) if item.field == field)


def published(value: str | None, source: str, rule: str = "") -> Claim:
    return make_claim("published", value, source, rule)


def test_without_evidence_every_field_is_unknown() -> None:
    assert choose_assertions(()) == tuple(
        Assertion(field=field, value=None, rule="none", confidence=0.0, supports=(), contradicts=())
        for field in FIELDS
    )


def test_an_unreadable_claim_is_no_evidence() -> None:
    assert choose("published", published(None, "open-graph")).value is None


def test_a_modified_date_is_never_read_as_published() -> None:
    claim = make_claim("modified", "2024-03-06", "open-graph")
    assert choose("published", claim).value is None
    assert choose("modified", claim).value == "2024-03-06"


ARTICLE = published("2024-03-06T08:00:00+01:00", "json-ld", "json-ld-article")
GRAPH = published("2024-03-06", "open-graph")
ANALYTICS = published("2024-03-06T07:00:00Z", "analytics")
CORE = published("2024-03-06", "dublin-core")


@pytest.mark.parametrize(
    ("claims", "value", "confidence", "supports", "contradicts"),
    [
        ((ARTICLE,), ARTICLE.value, 0.9, (0,), ()),
        ((ARTICLE, ARTICLE), ARTICLE.value, 0.9, (0, 1), ()),  # one family says it twice
        ((ARTICLE, GRAPH), GRAPH.value, 0.96, (0, 1), ()),
        ((ARTICLE, GRAPH, ANALYTICS), ANALYTICS.value, 0.99, (0, 1, 2), ()),
        ((ARTICLE, GRAPH, ANALYTICS, CORE), ANALYTICS.value, 0.99, (0, 1, 2, 3), ()),
        # The lighter of two days lowers confidence where it does not forbid an answer.
        (
            (published("2023-01-01", "meta"), ARTICLE, GRAPH, ANALYTICS),
            ANALYTICS.value,
            0.87,
            (1, 2, 3),
            (0,),
        ),
    ],
)
def test_agreement_of_families_decides(
    claims: tuple[Claim, ...],
    value: str | None,
    confidence: float,
    supports: tuple[int, ...],
    contradicts: tuple[int, ...],
) -> None:
    assertion = choose("published", *claims)
    assert assertion.value == value
    assert assertion.confidence == confidence
    assert assertion.supports == supports
    assert assertion.contradicts == contradicts
    assert assertion.rule == "agreeing-days/5"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2024-03-06", "2024-03-06T23:30:00-05:00", True),
        ("2024-03-06T23:30:00-05:00", "2024-03-07T04:30:00Z", True),  # one moment, two days
        ("2024-03-06T23:30:00-05:00", "2024-03-07T04:45:00Z", False),
        ("2024-03-06T23:30:00", "2024-03-07T04:30:00Z", True),  # in some zone
        ("2024-03-06T23:30:00", "2024-03-08T04:30:00Z", False),
        ("2024-03", "2024-03-06", True),
        ("2024", "2024-03-06T10:00:00Z", True),
        ("2024-03", "2024-04-06", False),
        ("2023", "2024-03-06", False),
    ],
)
def test_when_dates_agree(one: str, other: str, agree: bool) -> None:  # noqa: FBT001
    for claims in (
        (published(one, "json-ld"), published(other, "meta")),
        (published(other, "json-ld"), published(one, "meta")),
    ):
        assert (choose("published", *claims).confidence == 0.96) == agree


def test_a_day_is_preferred_to_its_month_and_never_made_from_it() -> None:
    month = published("2024-03", "analytics")
    assert choose("published", month).value == "2024-03"
    assert choose("published", month, published("2024-03-06", "meta")).value == "2024-03-06"


def test_names_compare_folded_and_the_best_source_spells_them() -> None:
    assertion = choose(
        "publisher",
        make_claim("publisher", "THE GAZETTE", "open-graph"),
        make_claim("publisher", "The Gazette", "json-ld", "json-ld-site"),
        make_claim("publisher", "Gazette Group", "json-ld", "json-ld-article"),
    )
    assert (assertion.value, assertion.supports, assertion.contradicts) == (
        "The Gazette",
        (0, 1),
        (2,),
    )
    assert assertion.confidence == 0.63


GAZETTE = make_claim("publisher", "The Gazette", "open-graph")


@pytest.mark.parametrize(
    ("title", "stripped"),
    [
        ("Wall repaired | The Gazette", "Wall repaired"),
        ("Wall repaired \u2013 THE GAZETTE", "Wall repaired"),
        ("The Gazette - Wall repaired", "Wall repaired"),
        ("Wall repaired | Local | The Gazette", "Wall repaired | Local"),
        ("Wall repaired | Another Paper", "Wall repaired | Another Paper"),
        ("Wall-repaired: The Gazette says", "Wall-repaired: The Gazette says"),
        ("The Gazette", "The Gazette"),
        ("", ""),
    ],
)
def test_a_site_name_comes_off_only_where_it_is_claimed(title: str, stripped: str) -> None:
    assert strip_site_name(title, frozenset({"thegazette"})) == stripped
    assert strip_site_name(title, frozenset()) == title


def test_a_title_is_what_most_sources_say() -> None:
    assertion = choose(
        "title",
        GAZETTE,
        make_claim("title", "Wall repaired", "open-graph"),
        make_claim("title", "Wall repaired | The Gazette", "title", "title-element"),
        make_claim("title", "Menu", "heading"),
    )
    assert (assertion.value, assertion.supports, assertion.contradicts) == (
        "Wall repaired",
        (1, 2),
        (3,),
    )


def test_a_longer_title_supports_its_first_part() -> None:
    assertion = choose(
        "title",
        make_claim("title", "Wall repaired | harbour.example | News", "open-graph"),
        make_claim("title", "Wall repaired", "heading"),
    )
    assert (assertion.value, assertion.supports) == ("Wall repaired", (0, 1))


def test_all_authors_of_the_best_source_in_its_order() -> None:
    assertion = choose(
        "author",
        GAZETTE,
        make_claim("author", "The Gazette", "json-ld", "json-ld-article"),
        make_claim("author", "A. Writer", "meta"),
        make_claim("author", "B. Second", "json-ld", "json-ld-article"),
        make_claim("author", "a writer", "json-ld", "json-ld-article"),
        make_claim("author", "b. second", "json-ld", "json-ld-article"),
    )
    assert assertion.value == "B. Second; a writer"
    assert (assertion.supports, assertion.contradicts) == ((2, 3, 4, 5), (1,))


def test_a_publisher_who_alone_is_named_is_the_author() -> None:
    assertion = choose("author", GAZETTE, make_claim("author", "The Gazette", "meta"))
    assert assertion.value == "The Gazette"


def test_a_language_is_supported_by_the_same_less_exactly() -> None:
    general = make_claim("language", "en", "html", "html-language")
    exact = make_claim("language", "en-GB", "open-graph")
    assertion = choose("language", general, exact)
    assert (assertion.value, assertion.supports) == ("en-GB", (0, 1))
    assertion = choose("language", general, make_claim("language", "enm", "open-graph"))
    assert (assertion.value, assertion.contradicts) == ("en", (1,))


VALUES = st.sampled_from(
    ["2024", "2024-03", "2024-03-06", "2024-03-06T10:00:00Z", "A", "A | B", "B", None]
)
DATES = st.sampled_from(["2024", "2024-03", "2024-03-06", "2024-03-06T10:00:00+01:00", None])
CLAIMS = st.lists(
    st.sampled_from([field for field in FIELDS if field != "host"]).flatmap(
        lambda field: st.builds(
            make_claim,
            st.just(field),
            DATES if field in ("published", "modified") else VALUES,
            st.sampled_from(["json-ld", "open-graph", "meta", "title", "unheard-of"]),
        )
    ),
    max_size=12,
).map(tuple)


@given(CLAIMS)
def test_every_claim_with_a_value_stands_on_one_side(claims: tuple[Claim, ...]) -> None:
    assertions = choose_assertions(claims)
    assert tuple(item.field for item in assertions) == FIELDS
    for assertion in assertions:
        sides = assertion.supports + assertion.contradicts
        stated = {
            place
            for place, claim in enumerate(claims)
            if claim.field == assertion.field and claim.value is not None
        }
        assert len(set(sides)) == len(sides)
        assert set(sides) == stated or (assertion.value is None and not sides)
        assert bool(assertion.supports) == (assertion.value is not None)
        assert 0 <= assertion.confidence <= 1
    assert choose_assertions(claims) == assertions


def test_a_date_of_something_else_in_the_text_set_the_days_in_conflict() -> None:
    """A book's release in the text, outside the month that the address gives."""
    month = published("2017-09", "url", "url-month")
    posted = published("2017-09-09", "visible", "visible-class")
    release = published("2017-08-14", "visible", "visible-labelled")
    assert choose("published", posted, release, month).value == "2017-09-09"
    assert choose("published", posted, release).value == "2017-08-14"
    # By itself it may still be the date, of an address that was made later.
    assert choose("published", release, month).earliest == "2017-08-14"


def test_a_month_that_both_days_lie_in_decides_nothing_between_them() -> None:
    month = published("2015-01", "url", "url-month")
    first = published("2015-01-21", "visible", "visible-dateline")
    second = published("2015-01-05", "visible", "visible-beside")
    assert choose("published", first, second, month).value == "2015-01-21"
    rival = published("2015-01-05", "open-graph")
    assert choose("published", first, rival, month).rule.startswith("days-in-conflict")


def test_a_sitemap_bounds_a_page_and_does_not_date_it() -> None:
    changed = make_claim("modified", "2024-03-08T09:00:00Z", "sitemap")
    found = choose("published", changed)
    assert (found.value, found.latest) == (None, "2024-03-08")
    assert choose("modified", changed).value == "2024-03-08T09:00:00Z"
