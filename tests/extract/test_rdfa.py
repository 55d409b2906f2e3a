"""RDFa: properties of schema.org and of Dublin Core on elements that readers see."""

import pytest

from tests.extract.pages import list_claims_of

STATED = "6 March 2024"
ELEMENTS = {
    f"<span property='dc:date dc:created' content='2024-03-06T08:00:00+01:00'>{STATED}</span>": (
        "published",
        "2024-03-06T08:00:00+01:00",
        "rdfa-dublin-core/1",
    ),
    f"<span property='http://purl.org/dc/terms/modified'>{STATED}</span>": (
        "modified",
        "2024-03-06",
        "rdfa-dublin-core/1",
    ),
    "<a property='dcterms:creator' href='/u/7'>A. Writer</a>": (
        "author",
        "A. Writer",
        "rdfa-dublin-core/1",
    ),
    f"<span property='schema:datePublished' content='2024-03-06'>{STATED}</span>": (
        "published",
        "2024-03-06",
        "itemprop/1",
    ),
    "<div typeof='sioct:Comment'><i property='dc:date' content='2024-03-09'>x</i></div>": None,
    "<i property='foaf:date' content='2024-03-09'>x</i>": None,
}


@pytest.mark.parametrize("element", ELEMENTS)
def test_what_an_element_states(element: str) -> None:
    claims = list_claims_of("", f"<article typeof='sioc:Item'><h1>H</h1>{element}</article>")
    found = [
        (claim.field, claim.value, claim.rule)
        for claim in claims
        if claim.rule in ("rdfa-dublin-core/1", "itemprop/1")
    ]
    expected = ELEMENTS[element]
    assert found == ([expected] if expected else [])
