"""What citation managers take from a page, hostile names and titles included.

Not for: that pages hold it (``test_citations.py``).
"""

import html

import pytest

from archive.core.citation import Body, Citation, Person
from archive.datasette_plugin.importers import format_coins, list_agents, list_head, list_item
from tests.cite.statements import STATEMENTS, make_citation, name_all
from tests.datasette_plugin.zotero import Item, import_coins, import_embedded

PAGE = "http://127.0.0.1:8001/capture/0123456789abcdef"
NASTY = (
    '&rft.title=Else"><script>alert(1)</script> {x} %26rft.date=1999; \u202eesrever\u2069\n\x00 ='
)


def make_page(citation: Citation) -> str:
    """A page of ours, as far as importers look: the head, a moment, the span."""
    metas = "".join(
        f'<meta name="{html.escape(name)}" content="{html.escape(value)}">'
        for name, value in list_head(citation, PAGE)
    )
    coins = html.escape(format_coins(citation, PAGE))
    return (
        f'<!doctype html><html lang="en"><head>{metas}</head><body><time datetime="2026-11-22">now'
        f'</time><span class="Z3988" title="{coins}"></span></body></html>'
    )


def import_both(citation: Citation) -> tuple[Item, Item]:
    """What both importers find; the first finds one item."""
    page = make_page(citation)
    (first,) = import_coins(page)
    return first, import_embedded(page)


@pytest.mark.parametrize("name", STATEMENTS)
def test_importers_find_a_web_page_with_its_title_and_names(name: str) -> None:
    citation = STATEMENTS[name]
    for item in import_both(citation):
        assert item.kind == "webpage"
        assert item.fields["title"] == (citation.title or "[untitled page at harbour.example]")
        expected = citation.archived if citation.archived.startswith("http") else PAGE
        assert item.fields["url"] == expected
        families = [family.replace("\u00a0", " ") for family, _ in item.creators]
        named = [
            f"{one.particle} {one.family}".strip() if isinstance(one, Person) else one.name
            for one in citation.authors
        ]
        if name != "organisation":  # a comma in a body's name: only COinS can say what it is
            assert families == named
        for place, author in enumerate(citation.authors):
            if isinstance(author, Person):
                assert item.creators[place][1] == f"{author.given} {author.suffix}".strip()


def test_a_body_with_a_comma_in_its_name_stays_whole() -> None:
    first, _ = import_both(STATEMENTS["organisation"])
    assert first.creators == [("Ministry of Roads and Bridges, Norrvik", "")]


def test_a_single_name_with_spaces_on_both_sides_of_its_comma_was_taken_for_two() -> None:
    citation = make_citation(authors=name_all("Jan Piet van der Berg"))
    for item in import_both(citation):
        assert [(a.replace("\u00a0", " "), b) for a, b in item.creators] == [
            ("van der Berg", "Jan Piet")
        ]


@pytest.mark.parametrize(
    ("published", "date"),
    [
        ("2026-11-02T09:00:00+01:00", "2026/11/02"),
        ("2024-03", "2024/03"),
        ("2024-03~", "[c. March 2024]"),
        ("2024-03-06/2024-03-13", "[between 6 and 13 March 2024]"),
        (None, "n.d."),
    ],
)
def test_the_moment_of_the_capture_was_taken_for_the_date(published: str | None, date: str) -> None:
    """Without a date in the head, the first moment on the page is imported as one."""
    first, second = import_both(make_citation(published=published))
    assert second.fields["date"] == date
    assert first.fields.get("date", "") in (date.replace("/", "-"), "")


def test_a_title_of_highwire_press_alone_made_it_an_article() -> None:
    page = make_page(make_citation()).replace('name="z:itemType"', 'name="other"')
    assert import_embedded(page).kind == "journalArticle"


def test_the_language_of_our_page_is_not_that_of_the_statement() -> None:
    assert import_both(make_citation(language=None))[1].fields["language"] == "und"


def test_hostile_titles_and_names_gain_no_field() -> None:
    citation = make_citation(
        title=NASTY,
        publisher=NASTY,
        published=None,
        language=None,
        authors=(Body(name=NASTY), Person(family=NASTY, given=NASTY)),
    )
    page = make_page(citation)
    assert "<script" not in page
    assert "\u202e" not in page
    first, second = import_both(citation)
    for item in (first, second):
        assert item.fields["title"].startswith('&rft.title=Else"><script>')
        assert "esrever" in item.fields["title"]
        assert len(item.creators) == 2
    assert "date" not in first.fields
    assert first.fields["url"] == citation.archived


def test_a_title_without_end_is_cut() -> None:
    citation = make_citation(title="word " * 100_000, authors=(Body(name="x" * 100_000),))
    assert len(make_page(citation)) < 60_000
    assert all(len(value) <= 2000 for _, value in list_item(citation))


def test_schema_org_names_persons_and_bodies() -> None:
    assert list_agents(STATEMENTS["organisation"]) == (
        ("author", "Organization", "Ministry of Roads and Bridges, Norrvik"),
        ("publisher", "Organization", "Ministry of Roads and Bridges, Norrvik"),
        ("sdPublisher", "Organization", "Press Archive of Norrvik"),
    )
    assert list_agents(STATEMENTS["hungarian"])[0] == ("author", "Person", "Kovács Zsófia")


def test_the_description_tells_where_it_was_and_what_is_proved() -> None:
    first, _ = import_both(make_citation())
    told = first.fields["abstractNote"]
    assert "Archived copy of https://harbour.example/statements/1, captured 2026-11-22T" in told
    assert "that the publisher served them to others is not proved" in told
