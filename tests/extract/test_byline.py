"""Bylines: names of people, and what stands beside them that is none.

Not for: which author is asserted (`tests/provenance`).
"""

import pytest

from tests.extract.pages import list_claims_of, list_values

TEXT = "<p>The wall has been repaired, and the path along the river is open again.</p>"
BYLINES: dict[str, tuple[str, list[str]]] = {
    "two": ("By Ann Walker and Tom Reed", ["Ann Walker", "Tom Reed"]),
    "a role behind": ("By Ann Walker, Senior Correspondent", ["Ann Walker"]),
    "a place behind": ("By Ann Walker and Bob Reed in Riverton", ["Ann Walker", "Bob Reed"]),
    "an address": ("By ann@paper.example", []),
    "a sentence": ("By the time the wall fell, everyone had left the street.", []),
    "Arabic": ("كتب: أحمد علي", ["أحمد علي"]),
    "Hebrew": ("מאת: דנה לוי", ["דנה לוי"]),
    "particles": ("Von Anna von der Mauer", ["Anna von der Mauer"]),
    "an apostrophe": ("By Róisín O’Neill", ["Róisín O’Neill"]),
}


@pytest.mark.parametrize("name", BYLINES)
def test_what_is_no_name_was_taken_for_an_author(name: str) -> None:
    line, names = BYLINES[name]
    body = f'<article><h1>The old wall</h1><p class="byline">{line}</p>{TEXT}</article>'
    stated = list_values(list_claims_of("", body), "author")
    assert list(dict.fromkeys(stated)) == names
