"""Organisations: domains and identifiers.  Not for: storing them."""

import pytest

from archive.core.organisation import (
    list_domains,
    parse_domain,
    parse_organisation,
    parse_ror,
    parse_wikidata,
)
from archive.errors import InputError


def test_domains() -> None:
    for text, spelled in {
        "AA.com.tr": "aa.com.tr",
        " example.org ": "example.org",
        "bücher.example": "xn--bcher-kva.example",
        "127.0.0.1": "127.0.0.1",
        "2001:DB8::1": "2001:db8::1",
        "[::1]": "::1",
    }.items():
        assert parse_domain(text) == spelled
    for text in (
        *("", "com", "localhost", "https://a.example/", "a.example/x", "a.example:80"),
        *("a.example:8080", "a@b.example", "a b.example", "*.example", "a..example", ".example"),
        *("a.example.", "a\u202e.example", "127.1", "x" * 1000 + ".example", "?", "#"),
    ):
        with pytest.raises(InputError):
            parse_domain(text)


def test_hosts_belong_to_domains_the_most_exact_first() -> None:
    assert list_domains("www.news.example.org:8080") == (
        "www.news.example.org",
        "news.example.org",
        "example.org",
    )
    assert list_domains("127.0.0.1:40751") == ("127.0.0.1",)
    assert list_domains("[2001:db8::1]:80") == ("2001:db8::1",)
    assert list_domains("[::1]") == ("::1",)
    assert list_domains("localhost") == ()


# Published ids: Caltech, CERN, the European Commission, Oxford, MIT.
@pytest.mark.parametrize("text", ["05dxps055", "01ggx4157", "00k4n6c32", "052gg0110", "042nb2s44"])
def test_ror_ids_carry_a_checksum(text: str) -> None:
    for spelled in (text, text.upper(), f"https://ror.org/{text}", f"ror.org/{text}"):
        assert parse_ror(spelled) == f"https://ror.org/{text}"
    for place in range(1, 9):
        other = "1" if text[place] != "1" else "2"
        with pytest.raises(InputError):
            parse_ror(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "05dxps05", "15dxps055", "https://ror.example/05dxps055"])
def test_what_is_no_ror_id(text: str) -> None:
    with pytest.raises(InputError, match="no ROR id"):
        parse_ror(text)


def test_wikidata_items() -> None:
    for text in ("Q42", " Q42", "https://www.wikidata.org/wiki/Q42"):
        assert parse_wikidata(text) == "Q42"
    for text in ("", "42", "Q0", "Q", "P42", "Q4x", "q42", "https://example.org/wiki/Q42", "Q٤"):
        with pytest.raises(InputError):
            parse_wikidata(text)


def test_a_description_is_in_one_order() -> None:
    one = parse_organisation("A", aliases=["c", "b", "A"], domains=["b.example", "a.example"])
    two = parse_organisation("A", aliases=["b", "c", "b"], domains=["A.example", "b.example"])
    assert one == two
    with pytest.raises(InputError, match="200"):
        parse_organisation("A", aliases=[str(number) for number in range(201)])
