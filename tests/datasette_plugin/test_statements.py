"""Pages of statements, comparisons, edits, publishers.  Not for: captures (``test_captures``)."""

import html
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from archive.cite.forms.every import format_bibliography
from archive.core.organisation import parse_organisation
from archive.index.database import open_readonly
from archive.workflows.cite import cite_capture
from archive.workflows.history import read_history
from archive.workflows.opening import open_for_writing
from archive.workflows.organisations import add_organisation
from tests.datasette_plugin.edited import FERRY, HOSTILE, QUOTED, keep_edited
from tests.datasette_plugin.held import Kept, keep_archive
from tests.datasette_plugin.site import Site, has_foreign_script
from tests.support.archives import make_world

ATOM = "{http://www.w3.org/2005/Atom}"
ROUTES = (
    "/statement/{ferry}",
    "/statement/{ferry}/history.json",
    "/statement/{ferry}/edits.atom",
    "/compare/{ferry}",
    "/compare/{ferry}/difference.json",
    "/edits",
    "/edits.atom",
    "/edits.json",
    "/edits.csv",
    "/publisher/{host}",
    "/publisher/{host}/edits.atom",
    "/capture/{nine}/citation/ris",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An archive that is served, and what its routes are filled in with."""

    kept: Kept
    site: Site
    names: dict[str, str]

    def visit(self, route: str, **more: Any) -> Any:
        """The response to a GET of a route."""
        return self.site.visit(route.format(**self.names), **more)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with keep_archive(tmp_path_factory.mktemp("edited"), {}) as kept:
        ids = keep_edited(kept)
        with closing(open_readonly(kept.archive.layout.database)) as index:
            statements = dict(index.execute("SELECT url, id FROM statements").fetchall())
        names = {
            **ids,
            "ferry": statements[kept.url(FERRY)],
            "hostile": statements[kept.url(HOSTILE)],
            "host": quote(kept.server.origin.removeprefix("http://"), safe=""),
        }
        with kept.serve() as site:
            yield Shown(kept=kept, site=site, names=names)


def read_words(page: Any) -> str:
    """What a reader of the page reads, on one line."""
    text = re.sub(r"<[^>]*>", " ", page.text)
    return " ".join(html.unescape(text).split())


def test_the_page_of_a_statement_tells_who_when_and_what_became_of_it(shown: Shown) -> None:
    page = shown.visit("/statement/{ferry}")
    assert page.status_code == 200
    words = read_words(page)
    for said in (
        *("New timetable of the ferry", "By Ida Lindqvist", "Harbour Office of Norrvik"),
        *("Present when it was last captured", "2 versions in 6 captures, 1 edit"),
        *("2024-02-20T08:00:00+01:00 (moment)", "rule agreeing-days", "Inferred origin unknown"),
        *("seen identical 2 times", "unannounced change", "+2 −2 words", "headline, number"),
        *("Gone : status 404", "there again by 2024-04-29", "no capture for 41 days"),
        *("Version 2, as before", "Nothing so far", "not that the publisher served them"),
    ):
        assert said in words, said
    assert page.text.count("<h1>") == 1
    assert page.text.count("<svg") == 1
    assert f'href="/compare/{shown.names["ferry"]}">Compare versions' in page.text


def test_the_declared_publisher_was_not_linked_to_its_page(shown: Shown) -> None:
    page = shown.visit("/statement/{ferry}").text
    said = re.search(r'Statement by <a href="(/publisher/[^"]+)"><bdi>([^<]+)</bdi></a>', page)
    assert said
    found = shown.site.visit(said[1])
    assert (found.status_code, said[2] in found.text) == (200, True)


def test_claims_are_one_click_away_verbatim(shown: Shown) -> None:
    page = shown.visit("/statement/{ferry}").text
    inside = re.findall(r"<details><summary>What it rests on.*?</details>", page, re.DOTALL)
    assert any("meta[property=article:published_time]" in one for one in inside)
    assert any("Ida Lindqvist" in one and shown.names["back"] not in one for one in inside)


def test_every_link_of_these_pages_leads_somewhere(shown: Shown) -> None:
    links: set[str] = set()
    for route in ("/statement/{ferry}", "/compare/{ferry}", "/edits", "/publisher/{host}", "/"):
        found = re.findall(r'href="(/[^"#]*)', shown.visit(route).text)
        assert len(found) > 5
        links |= {html.unescape(link) for link in found}
    for link in sorted(links):
        assert shown.visit(link.replace("{", "{{")).status_code in (200, 302), link


@pytest.mark.parametrize("route", ROUTES)
def test_head_answers_like_get(shown: Shown, route: str) -> None:
    path = route.format(**shown.names)
    got = shown.visit(route)
    head = shown.site.run(shown.site.datasette.client.head(path))
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("denied", [{"id": "nobody"}, False])
def test_a_table_that_is_closed_closes_the_pages_that_show_it(
    shown: Shown, route: str, denied: object
) -> None:
    tables = {name: {"allow": denied} for name in ("statements", "edits")}
    databases = {"archive": {"tables": tables}}
    with Site(shown.kept.archive.layout.database, databases=databases) as site:
        assert site.visit(route.format(**shown.names)).status_code == 403


@pytest.mark.parametrize(
    "route",
    [
        *("/statement/zzzzzzzzzzzzzzzz", "/statement/%22%3E%3Cscript%3E", "/statement/x"),
        *("/statement/zzzzzzzzzzzzzzzz/edits.atom", "/compare/zzzzzzzzzzzzzzzz"),
        *("/compare/{ferry}?a=1&b=99", "/compare/{ferry}?a=-1", "/compare/{ferry}?a=x&b=2"),
        *("/publisher/nobody", "/publisher/%3Cscript%3E%FF", "/capture/{nine}/citation/word"),
        "/capture/{gone}/citation/ris",
    ],
)
def test_what_is_not_there_is_not_found(shown: Shown, route: str) -> None:
    page = shown.visit(route)
    assert page.status_code == 404
    assert not has_foreign_script(page)


def test_nothing_hostile_becomes_markup(shown: Shown) -> None:
    publisher = quote("</td></script><script>alert(1)</script>", safe="")
    for route in (
        *("/statement/{hostile}", "/compare/{hostile}", "/compare/{hostile}?view=unified"),
        *("/edits", "/", "/search?q=office", f"/publisher/{publisher}"),
    ):
        page = shown.visit(route)
        assert page.status_code == 200, route
        assert "&lt;script&gt;" in page.text, route
        assert not has_foreign_script(page)
        assert not re.search(r"<img|\u202e|onerror=alert\(2\)\s*>", page.text), route
        policy = page.headers["content-security-policy"]
        assert re.fullmatch(r"(?s).*; script-src 'nonce-[\w-]{22}'|(?!.*script-src).*", policy)


def test_the_history_is_what_the_command_prints(shown: Shown) -> None:
    sent = shown.visit("/statement/{ferry}/history.json").json()
    assert sent == read_history(shown.kept.archive, shown.kept.url(FERRY))


# --- comparisons ----------------------------------------------------------------------------------


def test_versions_stand_side_by_side_with_words_for_the_colours(shown: Shown) -> None:
    page = shown.visit("/compare/{ferry}")
    assert page.text.count('<table class="sides wide-only">') == 1
    words = read_words(page)
    for said in (
        *("Substantive; unannounced change", "2 words deleted, 2 inserted", "headline, number"),
        *("at [removed: nine ] in the morning", "at [added: ten ] in the morning"),
        *("[removed: Summer timetable of the ferry ]", "6 unchanged paragraphs"),
    ):
        assert said in words, said
    assert words == read_words(shown.visit("/compare/{ferry}?a=1&b=2&view=sides"))


def test_a_comparison_backwards_takes_and_gives_the_other_way_round(shown: Shown) -> None:
    words = read_words(shown.visit("/compare/{ferry}?a=2&b=1&view=unified"))
    assert "at [removed: ten ] [added: nine ] in the morning" in words


def test_changes_alone_leave_out_what_stayed(shown: Shown) -> None:
    page = shown.visit("/compare/{ferry}?view=changes").text
    assert "nine" in page
    assert "Tickets are sold" not in page
    assert "Tickets are sold" in shown.visit("/compare/{ferry}?view=unified").text


def test_one_version_cannot_be_compared(shown: Shown) -> None:
    page = shown.visit("/compare/{ferry}?a=2&b=2")
    assert "The texts are the same" in page.text


# --- edits and feeds ------------------------------------------------------------------------------


def test_edits_disappearances_and_returns_are_listed_the_latest_first(shown: Shown) -> None:
    words = read_words(shown.visit("/edits"))
    back, gone = words.index("there again"), words.index("gone: status 404")
    assert back < gone < words.index("about headline, number")


@pytest.mark.parametrize(
    ("kind", "there", "missing"),
    [
        ("gone", "gone: status 404", "there again"),
        ("back", "there again", "gone: status"),
        ("headline", "about headline", "gone: status"),
        ("<script>", "gone: status 404", "<script"),
    ],
)
def test_a_kind_narrows_the_edits(shown: Shown, kind: str, there: str, missing: str) -> None:
    page = shown.visit(f"/edits?kind={quote(kind)}")
    assert there in read_words(page)
    assert missing not in page.text


def test_a_page_behind_the_last_edit_is_empty(shown: Shown) -> None:
    assert "No further changes" in shown.visit("/edits?page=7").text


def test_feeds_hold_what_is_confirmed_and_lead_to_the_pages(shown: Shown) -> None:
    feed = ET.fromstring(shown.visit("/edits.atom").content)  # noqa: S314  # our own
    entries = feed.findall(f"{ATOM}entry")
    # That it is there again was seen once only.
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "gone: status 404: New timetable of the ferry",
        "unannounced change, +2 −2 words: New timetable of the ferry",
    ]
    page = entries[0].find(f"{ATOM}link[@rel='alternate']")
    assert page is not None
    assert page.attrib["href"].endswith(f"/statement/{shown.names['ferry']}")
    one = ET.fromstring(shown.visit("/statement/{ferry}/edits.atom").content)  # noqa: S314
    other = ET.fromstring(shown.visit("/statement/{hostile}/edits.atom").content)  # noqa: S314
    assert len(one.findall(f"{ATOM}entry")) == 2
    assert other.findall(f"{ATOM}entry") == []
    assert len({root.findtext(f"{ATOM}id") for root in (feed, one, other)}) == 3


# --- publishers, home and search ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["{host}", "Harbour%20Office%20of%20Norrvik"])
def test_a_publisher_has_a_page_by_host_and_by_name(shown: Shown, name: str) -> None:
    words = read_words(shown.visit(f"/publisher/{name}"))
    assert "New timetable of the ferry" in words
    assert "gone: status 404" in words
    assert ("2 Edited" in words) or ("1 Edited" in words) or ("Edited 1" in words)


def test_the_home_page_tells_edits_and_that_nothing_was_checked(shown: Shown) -> None:
    words = read_words(shown.visit("/"))
    assert "Last check of the stored bytes: none is recorded" in words
    assert "there again" in words


def test_a_search_names_the_version_that_matched(shown: Shown) -> None:
    words = read_words(shown.visit("/search?q=nine+pier"))
    assert "version 1 of 2, an earlier text" in words


@pytest.mark.parametrize(
    ("narrowed", "number"),
    [
        *(("state=changed", 2), ("state=gone", 0), ("year=2024", 2), ("year=2023", 0)),
        *(("language=en", 2), ("year=x", 0)),
        ("publisher=Harbour+Office+of+Norrvik&year=2024&state=changed", 2),
    ],
)
def test_facets_narrow_a_search(shown: Shown, narrowed: str, number: int) -> None:
    page = shown.visit(f"/search?q=ferry&{narrowed}").text
    assert page.count('class="snippet"') == number
    assert 'class="state">Only: ' in page


def test_facets_are_links_with_counts(shown: Shown) -> None:
    page = shown.visit("/search?q=ferry").text
    assert '/search?q=ferry&amp;publisher=Harbour+Office+of+Norrvik"' in page
    assert '/search?q=ferry&amp;state=changed"' in page


# --- citing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form", "style"),
    [("apa", "text", "apa"), ("ris", "ris", "chicago"), ("csl-json", "csl-json", "chicago")],
)
def test_the_citation_is_what_the_command_prints(
    shown: Shown, name: str, form: str, style: str
) -> None:
    cited = cite_capture(shown.kept.archive, shown.names["nine"])
    expected = format_bibliography([cited.citation], form, style)
    sent = shown.visit(f"/capture/{{nine}}/citation/{name}")
    assert sent.text.replace("\r\n", "\n") == expected.replace("\r\n", "\n")
    assert sent.headers["content-disposition"].startswith("attachment")
    page = html.unescape(shown.visit("/statement/{ferry}?version=1").text)
    assert expected.split("\n")[0].strip() in page


def test_a_passage_is_cited_where_it_stands(shown: Shown) -> None:
    page = shown.visit(f"/capture/{{nine}}?quote={quote(QUOTED)}")
    words = read_words(page)
    assert f'<mark id="passage">{QUOTED}</mark>' in page.text
    assert "The passage stands in this version" in words
    assert f"{shown.names['ten']} : altered" in words
    assert f"Quotation: “{QUOTED}”" in words


def test_a_passage_that_differs_is_refused_with_the_nearest(shown: Shown) -> None:
    asked = QUOTED.replace("nine", "seven<script>")
    page = shown.visit(f"/capture/{{nine}}?quote={quote(asked)}")
    assert page.status_code == 200
    words = read_words(page)
    assert "The passage does not stand in this version." in words
    assert f"The nearest passage of this version: {QUOTED}" in words
    assert "It stands in no text of this statement" in words
    assert not has_foreign_script(page)
    assert 'id="passage"' not in page.text


def test_citation_managers_find_title_author_day_and_language(shown: Shown) -> None:
    for route in ("/statement/{ferry}", "/capture/{back}"):
        page = shown.visit(route).text
        for name, value in (
            ("citation_title", "New timetable of the ferry"),
            ("citation_author", "Lindqvist, Ida"),
            ("citation_publication_date", "2024/02/20"),
            ("citation_language", "en"),
        ):
            assert f'<meta name="{name}" content="{value}">' in page
        assert 'class="Z3988" title="ctx_ver=Z39.88-2004&amp;' in page
        assert '<meta itemprop="datePublished" content="2024-02-20">' in page


def test_a_copy_of_the_index_alone_shows_statements_without_citations(site: Site) -> None:
    found = re.search(r"/statement/([0-9a-z]{16})", site.visit("/edits").text)
    assert found
    page = site.visit(f"/statement/{found[1]}")
    assert page.status_code == 200
    assert "a copy of the index alone" in page.text
    assert site.visit(f"/compare/{found[1]}").status_code == 200


# --- reading without eyes -------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["/statement/{ferry}", "/compare/{ferry}", "/edits", "/search"])
def test_landmarks_labels_and_headings(shown: Shown, route: str) -> None:
    page = shown.visit(route).text
    assert page.count("<main ") == page.count("<h1>") == 1
    assert 'lang="en"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for labelled in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert labelled in ids
    controls = re.findall(
        r"<(?:input(?![^>]*hidden)|select|textarea)\b[^>]*\bid=\"([^\"]+)\"", page
    )
    assert len(controls) == len(re.findall(r"<(?:input(?![^>]*hidden)|select|textarea)\b", page))
    for control in controls:
        assert f'<label for="{control}">' in page
    tables, captions = page.count("<table"), page.count("<caption")
    assert tables == captions
    assert "style=" not in page


def test_what_a_curator_says_stands_before_what_the_rule_says(site: Site) -> None:
    found = re.search(r'/statement/([0-9a-z]{16})"><bdi>Old bridge', site.visit("/").text)
    assert found
    words = read_words(site.visit(f"/statement/{found[1]}"))
    assert words.index("2026-01-30 (day) C. Curator, curator") < words.index("2026-02 (month) rule")
    assert "because: The printed <b>edition</b>" in words


@pytest.mark.parametrize(
    ("domain", "told"),
    [("127.0.0.1", " ; curators know it as Harbour Office"), ("elsewhere.example", "")],
)
def test_who_keeps_the_archive_stood_in_the_place_of_the_hosts_organisation(
    tmp_path: Path, domain: str, told: str
) -> None:
    own = {"statement-archive": {"organisation": "Library of Examples"}}
    with keep_archive(tmp_path, {}) as kept:
        ids = keep_edited(kept)
        with open_for_writing(
            kept.archive, make_world(seed="organisations"), options="t"
        ) as writing:
            described = parse_organisation("Harbour Office", domains=[domain])
            add_organisation(writing, described, reason="their imprint")
        with closing(open_readonly(kept.archive.layout.database)) as index:
            (statement,) = index.execute(
                "SELECT statement_id FROM captures WHERE id = ?", (ids["nine"],)
            ).fetchone()
        with Site(kept.archive.layout.database, plugins=own) as site:
            words = read_words(site.visit(f"/statement/{statement}"))
    host = kept.server.origin.removeprefix("http://")
    assert f"Host captured {host}{told} Declared publisher" in words
