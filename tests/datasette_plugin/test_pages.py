"""The home page and the search page.  Not for: how they look (``test_browser.py``)."""

import html
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from datasette.app import Datasette
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.checkpoint import format_checkpoint
from archive.store.layout import Layout
from archive.store.log import format_empty_checkpoint
from tests.datasette_plugin.sample import HOSTILE_TITLE, ORIGIN, PAGES, write_sample
from tests.datasette_plugin.site import Site

AWKWARD = [
    '"',
    '""',
    '"unbalanced phrase',
    "C++",
    "school-meals",
    "NEAR(",
    "title:meals",
    "meals*",
    "AND OR NOT",
    "^meals",
    "' OR 1=1 --",
    "{x} : y",
    "\x00\x01",
    "\x02meals\x03",
    "\U0001f600",
    "<script>alert(1)</script>",
    "\u202emeals",
    "%",
    "a " * 250,
    "a" * 5000,
    "(" * 500,
]


# --- home -----------------------------------------------------------------------------------------


def test_the_home_page_says_what_this_is(site: Site) -> None:
    page = site.visit("/")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert page.text.count("<main") == 1
    assert page.text.count("<h1>") == 1
    assert "this archive held these bytes by the time they received it" in page.text
    assert "It does not prove that the publisher served them" in page.text


def test_the_home_page_names_publishers_and_what_they_published(site: Site) -> None:
    text = site.visit("/").text
    section = text[text.index('id="publishers"') : text.index('id="proof"')]
    names = re.findall(r'<a href="(/publisher/[^"]+)"><bdi>([^<]+)</bdi></a>', section)
    counts = [int(found) for found in re.findall(r">(\d+) statements?<", section)]
    assert len(names) == len(counts) > 0
    assert counts == sorted(counts, reverse=True)
    for path, name in names:
        page = site.visit(path)
        assert page.status_code == 200
        assert f"<bdi>{name}</bdi>" in page.text


def test_the_home_page_tells_size_and_health(site: Site) -> None:
    text = site.visit("/").text
    assert "<dt>Statements</dt><dd>7</dd>" in text
    assert "<dt>Captures</dt><dd>8</dd>" in text
    assert re.search(r"<dt>Edited</dt><dd><a [^>]*>1</a>", text)
    assert re.search(r"<dt>Without the page</dt><dd><a [^>]*>2</a>", text)
    assert "This index reflects 16 leaves" in text
    assert ORIGIN in text
    assert '<time datetime="2026-03-09T08:00:00.000000Z"' in text


def test_the_number_without_the_page_is_that_of_the_list(site: Site) -> None:
    assert len(site.visit("/archive/failures.json").json()["rows"]) == 2


def test_the_latest_statements_come_first(site: Site) -> None:
    text = site.visit("/").text
    assert text.index("winter term") < text.index("Old bridge") < text.index("Störung")
    assert "autumn term" not in text.partition('id="edits"')[0]
    assert "no answer: dns" in text
    assert "answered 404" in text


def test_an_empty_archive_has_a_home_page(tmp_path: Path) -> None:
    with Site(write_sample(tmp_path / "archive.db", ())) as site:
        page = site.visit("/")
        assert page.status_code == 200
        assert "Nothing has been captured yet" in page.text
        assert "reflects 0 leaves" in page.text
        assert site.visit("/search?q=anything").status_code == 200


def test_who_keeps_the_archive_is_said_and_escaped(index: Path) -> None:
    own = {"statement-archive": {"organisation": "Library <of> Examples", "contact": "a@b.example"}}
    with Site(index, plugins=own) as site:
        text = site.visit("/").text
    assert "Kept by Library &lt;of&gt; Examples." in text
    assert "Contact: a@b.example." in text


def test_a_title_of_the_curators_own_is_shown(index: Path) -> None:
    with Site(index) as site:
        site.run(site.datasette.invoke_startup())
        site.run(site.datasette.set_instance_metadata("title", "River & Sea <Archive>"))
        assert "<h1>River &amp; Sea &lt;Archive&gt;</h1>" in site.visit("/").text


def find_links(text: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'(?:href|action)="(/[^"]*)"', text)}


def test_every_link_of_our_pages_leads_somewhere(site: Site) -> None:
    for start in ("/", "/search?q=meals"):
        links = find_links(site.visit(start).text)
        assert len(links) > 5
        for link in sorted(links):
            assert site.visit(link).status_code == 200, link


def test_without_our_description_no_link_leads_nowhere(index: Path) -> None:
    with Site.around(Datasette([str(index)])) as site:
        links = find_links(site.visit("/").text)
        assert "/archive/claims" in links
        for link in sorted(links):
            assert site.visit(link).status_code == 200, link


@pytest.mark.parametrize("path", ["/", "/search?q=hostile", "/search?q=%3Cscript%3Ealert(1)"])
def test_nothing_captured_becomes_markup(site: Site, path: str) -> None:
    text = site.visit(path).text
    assert "<script" not in text
    assert "<img" not in text
    assert "onerror" not in re.sub(r">[^<]*<", "><", text)
    assert "\u202e" not in text


def test_a_hostile_title_is_shown_as_it_is(site: Site) -> None:
    shown = re.sub(r"<[^>]*>", "", site.visit("/").text)
    visible = HOSTILE_TITLE.replace("\u202e", "U+202E").replace("\u202c", "U+202C")
    assert visible in html.unescape(shown)


# --- search ---------------------------------------------------------------------------------------


def find_titles(text: str) -> list[str]:
    entries = re.findall(r'class="entry-title">(.*?)</p>', text, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", entry)) for entry in entries]


def test_search_marks_what_matched(site: Site) -> None:
    text = site.visit("/search?q=october").text
    assert find_titles(text) == ["School meals to be free from the winter term"]
    assert "<mark>October</mark>" in text
    assert "the latest text, in" in text


def test_a_publisher_that_goes_by_what_is_typed_is_named(site: Site) -> None:
    text = site.visit("/search?q=ministry%20of").text
    assert 'Publishers of this name: <a href="/publisher/Ministry%20of%20Schools">' in text
    assert site.visit("/publisher/Ministry%20of%20Schools").status_code == 200
    assert "Publishers of this name" not in site.visit("/search?q=october").text
    assert "Publishers of this name" in site.visit("/search?q=المثال").text
    assert site.visit(f"/search?q={'%25' * 500}").status_code == 200


def test_search_finds_earlier_texts_and_says_so(site: Site) -> None:
    text = site.visit("/search?q=june").text
    assert find_titles(text) == ["School meals to be free from the autumn term"]
    assert "an earlier text, last seen in" in text


def test_a_match_in_the_title_comes_before_one_in_the_text(tmp_path: Path) -> None:
    passing = replace(
        PAGES[3], url="https://a.example/1", title="Harbour", text=f"A bridge. {PAGES[0].text}"
    )
    with Site(write_sample(tmp_path / "archive.db", (passing, PAGES[3]))) as site:
        assert (
            find_titles(site.visit("/search?q=bridge").text)[0] == "Old bridge closes for repairs"
        )


def test_search_folds_diacritics_and_knows_other_scripts(site: Site) -> None:
    assert find_titles(site.visit("/search?q=storung").text) == [PAGES[2].title]
    assert find_titles(site.visit("/search?q=الطريق").text) == [PAGES[4].title]


def test_a_phrase_is_asked_for_as_one(site: Site) -> None:
    assert len(find_titles(site.visit('/search?q="meals will be free"').text)) == 2
    assert not find_titles(site.visit('/search?q="free be will meals"').text)
    assert "No text holds all of this." in site.visit("/search?q=unheard").text


def test_what_was_asked_stays_in_the_field(site: Site) -> None:
    text = site.visit('/search?q="a%26b"><i>').text
    assert 'value="&#34;a&amp;b&#34;&gt;&lt;i&gt;"' in text


@pytest.mark.parametrize("words", AWKWARD)
def test_search_takes_any_words(site: Site, words: str) -> None:
    page = site.visit("/search", params={"q": words})
    assert page.status_code == 200
    assert "<script" not in page.text
    stored = site.visit("/archive/search.json", params={"q": words})
    assert stored.status_code == 200


def test_search_takes_whatever_is_typed(site: Site) -> None:
    @settings(max_examples=60)
    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
    def search(words: str) -> None:
        assert site.visit("/search", params={"q": words}).status_code == 200

    search()


@pytest.mark.parametrize("words", ["the", "the " * 100, '"the the" "the the the" the'])
@pytest.mark.parametrize("path", ["/search", "/archive/search.json"])
def test_a_page_that_repeats_one_word_stopped_the_server(
    tmp_path: Path, path: str, words: str
) -> None:
    page = replace(PAGES[3], text="the " * 400_000)
    with Site(write_sample(tmp_path / "archive.db", (page,))) as site:
        site.visit("/search?q=bridge")  # templates are read the first time
        begun = time.monotonic()
        found = site.visit(path, params={"q": words})
        assert time.monotonic() - begun < 1
        assert found.status_code == 200
        assert "news.example" in found.text


def test_the_home_page_says_how_far_the_index_is_behind(tmp_path: Path) -> None:
    metadata = tmp_path / "metadata"
    metadata.mkdir()
    layout = Layout(root=tmp_path)
    path = write_sample(layout.database)
    log = format_empty_checkpoint(ORIGIN)
    layout.log.mkdir()
    (layout.log / "origin").write_text(f"{ORIGIN}\n")
    for size, said in ((16, "reflects 16 leaves"), (20, "reflects 16 of 20 leaves")):
        checkpoint = format_checkpoint(replace(log, size=size, root=bytes(32))) + "\n"
        (layout.log / "checkpoint").write_text(checkpoint)
        with Site(path) as site:
            text = site.visit("/").text
        assert said in text
        assert ("archive rebuild" in text) is (size > 16)


def test_results_go_on_over_pages(tmp_path: Path) -> None:
    pages = tuple(
        replace(
            PAGES[3],
            url=f"https://news.example/{number}",
            title=f"Notice {number}",
            text=f"The council notes point {number}.",
        )
        for number in range(45)
    )
    with Site(write_sample(tmp_path / "archive.db", pages)) as site:
        seen: list[str] = []
        for page, count in ((1, 20), (2, 20), (3, 5)):
            text = site.visit(f"/search?q=council&page={page}").text
            found = find_titles(text)
            assert len(found) == count
            assert ('rel="next"' in text) is (page < 3)
            assert ('rel="prev"' in text) is (page > 1)
            seen += found
        assert len(set(seen)) == 45
        assert "No further texts." in site.visit("/search?q=council&page=9").text


def test_a_narrowed_search_finds_what_was_written_since(tmp_path: Path) -> None:
    """The texts of what is chosen are gathered once, for as long as the index stays as it is."""
    pages = [
        replace(PAGES[3], url=f"https://news.example/{number}", title=f"Notice {number}")
        for number in range(3)
    ]
    path = tmp_path / "archive.db"
    asked = "/search?q=notice&publisher=Nobody+in+particular"
    with Site(write_sample(path, tuple(pages[:2]))) as site:
        assert find_titles(site.visit(asked).text) == []
        named = replace(pages[2], publisher="Nobody in particular")
        write_sample(path, (*pages[:2], named))
        assert find_titles(site.visit(asked).text) == ["Notice 2"]
        assert find_titles(site.visit(asked.replace("+in", "+else")).text) == []


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "²", ""])
def test_a_page_that_is_no_number_is_some_page(site: Site, page: str) -> None:
    assert site.visit(f"/search?q=meals&page={page}").status_code == 200


# --- who may see it, and where --------------------------------------------------------------------


def test_pages_ask_for_permission(index: Path) -> None:
    nobody = {"archive": {"allow": {"id": "root"}}}
    with Site(index, databases=nobody) as site:
        assert site.visit("/").status_code == 403
        assert site.visit("/search?q=meals").status_code == 403
        assert site.visit("/", actor={"id": "root"}).status_code == 200


def test_a_closed_table_closes_the_pages_that_show_it(index: Path) -> None:
    without_texts = {"archive": {"tables": {"texts": {"allow": False}}}}
    with Site(index, databases=without_texts) as site:
        assert site.visit("/").status_code == 200
        assert site.visit("/search?q=meals").status_code == 403


def test_pages_work_below_another_path(index: Path) -> None:
    with Site(index, settings={"base_url": "/prefix/"}) as site:
        home = site.visit("/")
        assert "What is proved" in home.text
        assert 'action="/prefix/search"' in home.text
        links = set(re.findall(r'(?:href|action)="(/[^"]*)"', home.text))
        assert all(link.startswith("/prefix/") for link in links)
        search = site.visit("/search?q=meals")
        assert find_titles(search.text)
