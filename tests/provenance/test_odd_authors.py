"""Authors that are stated oddly: turned round, of markup, of nobody.

Not for: how sources are weighed (`tests/provenance/test_assertions.py`).
"""

import pytest

from archive.provenance.assertions import choose_assertions
from tests.extract.pages import format_json_ld, list_claims_of

TEXT = "<p>The wall has been repaired, and the path along the river is open again.</p>"


def _choose(head: str) -> str | None:
    claims = list_claims_of(head, TEXT)
    asserted = choose_assertions(claims, url="https://example.org/wall", captured=None)
    return next(item.value for item in asserted if item.field == "author")


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("Walker, Ann; Reed, Tom", "Ann Walker; Tom Reed"),
        ("Walker, Ann", "Ann Walker"),
        ("Ann Walker; Tom Reed", "Ann Walker; Tom Reed"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", None),
        ("undefined", None),
        ("admin", None),
        ("ann@paper.example", None),
        ("王明", "王明"),
    ],
)
def test_odd_authors_were_read_as_they_stood(stated: str, names: str | None) -> None:
    assert _choose(f'<meta name="author" content="{stated}">') == names


def test_authors_that_are_no_text_name_nobody_else() -> None:
    people = [None, 5, {"@type": "Person"}, {"@type": "Person", "name": ["Ann Walker", None]}]
    block = {"@type": "NewsArticle", "headline": "The wall", "author": people}
    assert _choose(format_json_ld(block)) == "Ann Walker"
