"""What a blind review of the forms found wrong, against the specifications of each.

Not for: the twenty-five whose every form is kept (``test_golden.py``).
"""

import json
import re
from typing import Any

import pytest

from archive.cite.forms.every import FORMATS, format_bibliography
from archive.cite.names import parse_author
from archive.core.citation import Body, Person
from tests.cite.odd import ODD
from tests.cite.statements import STATEMENTS, make_citation


def write(name: str, form: str, style: str = "chicago") -> str:
    return format_bibliography([ODD[name]], form, style)


def read(name: str, form: str) -> dict[str, Any]:
    """The only item of a form in JSON."""
    (item,) = json.loads(write(name, form))
    return dict(item)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_can_be_made_of_odd_statements(name: str, form: str) -> None:
    assert ODD[name].capture in write(name, form)


def test_a_day_without_a_month_became_june() -> None:
    assert read("no-month", "datacite")["dates"][0]["date"] == "2024"
    assert read("no-month", "schema-org")["datePublished"] == "2024"
    assert "DA  - 2024///\r\n" in write("no-month", "ris")
    assert "date = {2024}" in write("no-month", "biblatex")
    assert "EDTF 2024-XX-06" in str(read("no-month", "datacite"))


@pytest.mark.parametrize("name", ["before-christ", "far-year", "marked-parts"])
def test_a_date_that_no_rule_words_was_said_to_be_none(name: str) -> None:
    published = f"[{ODD[name].published}]"
    for style in ("chicago", "apa", "mla", "bluebook", "plain"):
        assert published in write(name, "text", style)
        assert "n.d." not in write(name, "text", style)
    assert read(name, "csl-json")["issued"] == {"literal": published}
    assert f"DA  - ///{published}\r\n" in write(name, "ris")
    assert f"|orig-date=&#91;{published[1:-1]}&#93;" in write(name, "wikipedia")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("winter-to-spring", "2023/2024"),  # W3CDTF has no seasons
        ("century", "1900/1999"),
        ("open-end", "2024-03/"),
        ("both-days", "2024"),
        ("two-months", "2024-03-04/2024-04-03"),
        ("uncertain-ends", "2024-03/2024-05"),
    ],
)
def test_a_date_of_datacite_is_w3cdtf_or_a_range_of_it(name: str, date: str) -> None:
    (issued,) = (one for one in read(name, "datacite")["dates"] if one["dateType"] == "Issued")
    assert issued["date"] == date
    assert re.fullmatch(r"(\d{4}(-\d\d){0,2})?(/(\d{4}(-\d\d){0,2})?)?", issued["date"])
    if date != ODD[name].published:
        assert issued["dateInformation"] == f"EDTF {ODD[name].published}"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("circa-year", "|date=c. 2024 "),
        ("two-months", "|date=4 March – 3 April 2024 "),  # one year is named once
        ("no-day", "|date=March 2024 "),
        ("open-end", "|orig-date=&#91;March 2024 or later&#93; "),
    ],
)
def test_a_date_of_the_template_is_one_that_it_takes(name: str, field: str) -> None:
    assert field in write(name, "wikipedia")


def test_what_is_undated_is_said_as_each_style_says_it() -> None:
    undated = make_citation(90, published=None)
    texts = {
        style: format_bibliography([undated], "text", style)
        for style in ("chicago", "apa", "mla", "bluebook")
    }
    assert "Harbour Office of Norrvik, n.d. https://" in texts["chicago"]
    assert "(n.d.)." in texts["apa"]
    assert "Harbour Office of Norrvik. Archived 22 Nov. 2026" in texts["mla"]
    assert "Harbour Office of Norrvik, https://" in texts["bluebook"]
    assert "(archived Nov. 22, 2026)." in texts["bluebook"]


AUTHORS = {
    ("apa", 2): "Examplea, I., & Exampleb, I. (2026",
    ("apa", 20): "Examples, I., & Examplet, I. (2026",
    ("apa", 21): "Examples, I., … Exampleu, I. (2026",
    ("mla", 2): "Examplea, Ida, and Ida Exampleb. “",
    ("mla", 3): "Examplea, Ida, et al. “",
    ("chicago", 3): "Examplea, Ida, Ida Exampleb, and Ida Examplec. “",
    ("chicago", 4): "Ida Examplec, and Ida Exampled. “",
    ("chicago", 20): "Examplea, Ida, Ida Exampleb, Ida Examplec, et al. “",
    ("bluebook", 2): "Ida Examplea & Ida Exampleb, ",
    ("bluebook", 3): "Ida Examplea et al., ",
}


@pytest.mark.parametrize(("style", "count"), AUTHORS)
def test_authors_are_named_as_many_as_the_style_names(style: str, count: int) -> None:
    assert AUTHORS[style, count] in write(f"authors-{count}", "text", style)


def test_an_address_is_one_in_every_form() -> None:
    """A percent sign that escapes nothing was left: no address, by RFC 3986."""
    for form in ("text", "bibtex", "ris", "wikipedia", "csl-json", "schema-org", "robust-link"):
        written = write("address", form)
        assert "c%25zz%20d" in written, form
        assert "a%7Cb%7D%7Dc" in written, form
        assert "q=%C3%BC" in written, form
    (template,) = re.findall(r"\|url=(\S*) ", write("address", "wikipedia"))
    assert "''" not in template
    assert "~~" not in template


NAMES = [
    ("AG Lindqvist", Person(family="Lindqvist", given="AG")),
    ("Lindqvist AG", Body(name="Lindqvist AG")),
    ("Court, Robert", Person(family="Court", given="Robert")),
    ("Ministry of Roads, Norrvik", Body(name="Ministry of Roads, Norrvik")),
    ("Bridges & Co., Ltd.", Body(name="Bridges & Co., Ltd.")),
]


@pytest.mark.parametrize(("name", "author"), NAMES, ids=[name for name, _ in NAMES])
def test_initials_and_family_names_were_taken_for_bodies(name: str, author: object) -> None:
    assert parse_author(name, language="en", bodies=frozenset()) == author


def test_no_browser_is_led_anywhere_by_a_urn() -> None:
    """Where the settings give no address, a text fragment hung on the URN of the capture."""
    quotation = format_bibliography(
        [
            make_citation(
                91, archived="urn:archive:capture:x", quotation=STATEMENTS["quoted"].quotation
            )
        ],
        "text",
        "chicago",
    )
    assert "#:~:text=" not in quotation
    assert "Quotation: “nine departures”" in quotation
