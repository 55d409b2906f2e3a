"""The four roles of a publisher, on made-up pages.  Not for: names of organisations."""

import pytest

from archive.core.claim import Assertion
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from tests.extract.pages import HTML

URL = "https://www.gazette.example/2024/wall"
LONG = "The old wall in the middle of the town is being repaired, the ministry said on Tuesday."
SITE = '<meta property="og:site_name" content="The Gazette">'


def choose(head: str = SITE, body: str = f"<p>{LONG}</p>", url: str = URL) -> dict[str, Assertion]:
    markup = (
        f"<html lang=en><head><title>Wall</title>{head}</head>"
        f"<body><article><h1>Wall</h1>{body}</article></body></html>"
    )
    claims = read_claims(markup.encode(), (HTML,), url)
    return {item.field: item for item in choose_assertions(claims, url=url)}


def list_roles(roles: dict[str, Assertion]) -> tuple[str | None, ...]:
    return tuple(roles[name].value for name in ("host", "publisher", "credited", "origin"))


HOST = "www.gazette.example"


def test_without_a_credit_the_origin_is_unknown() -> None:
    assert list_roles(choose()) == (HOST, "The Gazette", None, None)


def test_nothing_declared_leaves_the_host() -> None:
    assert list_roles(choose(head="")) == (HOST, None, None, None)


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        (f"<p>BERLIN (Reuters) - {LONG}</p>", "Reuters"),
        (f"<p>Berlin (dpa) – {LONG}</p>", "Deutsche Presse-Agentur"),
        (f"<p>Berlin (dpa/lnw) – {LONG}</p>", "Deutsche Presse-Agentur"),
        (f"<p>PARIS (AFP) — {LONG}</p>", "Agence France-Presse"),
        (f"<p>WASHINGTON (AP) — {LONG}</p>", "Associated Press"),
        (f"<p>ANKARA (AA) - {LONG}</p>", "Anadolu Agency"),
        (f"<p>{LONG} (Reuters)</p>", "Reuters"),
        (f"<p>{LONG}</p><p>(APA)</p>", "Austria Presse Agentur"),
        (f"<p>{LONG}</p><p>More. [EFE].</p>", "Agencia EFE"),
    ],
)
def test_an_agency_in_the_text_is_credited_and_proposed(body: str, agency: str) -> None:
    assert list_roles(choose(body=body)) == (HOST, "The Gazette", agency, agency)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Source: City Council", "City Council"),
        ("Quelle: Stadtrat", "Stadtrat"),
        ("Fuente: Ayuntamiento", "Ayuntamiento"),
        ("Fonte: Comune", "Comune"),
        ("Bron: ANP", "ANP"),
    ],
)
def test_a_source_line_is_credited_and_proposes_no_origin(line: str, name: str) -> None:
    roles = choose(body=f"<p>{LONG}</p><p>{line}</p>")
    assert list_roles(roles) == (HOST, "The Gazette", name, None)


def test_an_agency_as_author_is_credited() -> None:
    roles = choose(head=SITE + '<meta name="author" content="Reuters">')
    assert list_roles(roles) == (HOST, "The Gazette", "Reuters", "Reuters")


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{LONG}</p><figure><figcaption><p>The wall (Reuters)</p></figcaption></figure>",
        f'<p>{LONG}</p><div class="photo-credit"><p>Source: Reuters</p></div>',
        f'<p>{LONG}</p><p class="caption">The wall (AFP)</p>',
        f'<p>{LONG}</p><div class="comments"><p>Source: Reuters</p></div>',
        f"<p>{LONG} (see below)</p>",
        f"<p>The Alcoholics (AA) met. {LONG}</p>".replace("(AA) met", "(no agency) met"),
    ],
)
def test_a_photo_credit_is_no_source(body: str) -> None:
    assert list_roles(choose(body=body)) == (HOST, "The Gazette", None, None)


def link(address: str) -> str:
    return f'{SITE}<link rel="canonical" href="{address}">'


def test_a_canonical_address_elsewhere_never_replaces_the_host() -> None:
    roles = choose(head=link("https://apnews.com/article/wall"))
    assert list_roles(roles) == (HOST, "The Gazette", None, "apnews.com")
    assert roles["origin"].confidence < 0.7


@pytest.mark.parametrize(
    "address",
    [
        URL,
        "/2024/wall",
        "https://GAZETTE.example/2024/wall",
        "https://m.gazette.example/wall",
        "https://www.gazette.test/wall",
        "https://feedproxy.google.example/~r/wall",
        "not an address",
    ],
)
def test_other_spellings_of_a_site_and_redirectors_propose_nothing(address: str) -> None:
    assert choose(head=link(address))["origin"].value is None


def test_a_dateline_and_a_canonical_address_agree() -> None:
    roles = choose(link("https://www.reuters.com/world/wall"), f"<p>BERLIN (Reuters) - {LONG}</p>")
    assert roles["origin"].value == "Reuters"
    assert len(roles["origin"].supports) == 2
    assert roles["origin"].contradicts == ()


def test_sister_titles_stay_apart() -> None:
    data = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Wall","publisher":'
        '{"@type":"Organization","name":"Herald Group"},"isBasedOn":"https://herald.example/wall"}'
        "</script>"
    )
    roles = choose(head=SITE + data)
    assert roles["host"].value == HOST
    assert roles["publisher"].value in ("The Gazette", "Herald Group")
    assert roles["publisher"].contradicts
    assert roles["origin"].value == "herald.example"


def test_is_based_on_itself_says_nothing() -> None:
    data = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Wall",'
        f'"isBasedOn":"{URL}"}}</script>'
    )
    assert choose(head=SITE + data)["origin"].value is None
