"""Datasette's own pages with our plug-in and our ``datasette.yml``, and without an index of ours.

Not for: our own pages (``test_pages.py``).
"""

import html
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from archive.index.database import open_database
from archive.index.describe import read_descriptions
from tests.datasette_plugin.sample import HOSTILE_URL, PAGES, WHY, write_sample
from tests.datasette_plugin.site import Site

EVERY_KIND = [
    "/",
    "/-/",
    "/search?q=meals",
    "/archive",
    "/archive/statements",
    "/archive/statements.json",
    "/archive/captures.csv",
    "/archive/search?q=meals",
    "/-/static/app.css",
    "/-/static-plugins/statement-archive/archive.css",
    "/no/such/page",
]
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
POLICY = ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "form-action 'self'")


def find_nonce(page: Any) -> str:
    match = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
    assert match
    return match[1]


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_response_is_guarded(site: Site, path: str) -> None:
    headers = site.visit(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    (policy,) = headers.get_list("content-security-policy")
    assert all(part in policy for part in POLICY)
    assert "unsafe-eval" not in policy
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "'unsafe-inline'" not in scripts


@pytest.mark.parametrize("path", ["/", "/search?q=meals"])
def test_our_pages_allow_no_script_and_no_inline_style(site: Site, path: str) -> None:
    page = site.visit(path)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)


@pytest.mark.parametrize("path", ["/archive", "/archive/statements", "/archive/search?q=meals"])
def test_scripts_of_datasette_have_the_nonce_and_those_in_data_do_not(
    site: Site, path: str
) -> None:
    page = site.visit(path)
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert scripts
    assert all(f'nonce="{find_nonce(page)}"' in script for script in scripts)
    assert find_nonce(page) != find_nonce(site.visit(path))


def test_a_script_that_slips_into_data_would_have_no_nonce(index: Path) -> None:
    """Even where Datasette itself is told to trust HTML."""
    with Site(index) as site:
        site.run(site.datasette.invoke_startup())
        hostile = "<script>alert(1)</script>"
        site.run(
            site.datasette.set_resource_metadata(
                "archive", "statements", "description_html", hostile
            )
        )
        assert hostile in site.visit("/archive/statements").text


@pytest.mark.parametrize("path", ["/archive", "/archive/statements", "/no/such/page"])
def test_pages_of_datasette_have_a_main_landmark(site: Site, path: str) -> None:
    assert site.visit(path).text.count('role="main"') == 1


# --- tables ---------------------------------------------------------------------------------------


def test_tables_and_columns_are_described(site: Site) -> None:
    for table in read_descriptions():
        if table.name in ("texts_fts", "pairs_fts"):
            continue
        text = site.visit(f"/archive/{table.name}").text
        assert '<dl class="column-descriptions">' in text
        for column, _ in table.columns:
            assert f"<dt>{column}</dt>" in text, f"{table.name}.{column}"


def test_facets_are_there_and_none_is_suggested(site: Site) -> None:
    data = site.visit("/archive/statements.json?_extra=facet_results,suggested_facets").json()
    facets = data["facet_results"]["results"]
    assert list(facets) == [
        *("publisher", "published_year", "language", "last_outcome", "host"),
        *("organisation_id", "curated", "state"),
    ]
    assert not data["facet_results"]["timed_out"]
    assert not data["suggested_facets"]
    data = site.visit("/archive/captures.json?_extra=facet_results").json()
    facets = data["facet_results"]["results"]
    assert list(facets) == ["outcome", "status", "year", "media_type", "purpose"]


def test_helper_tables_are_hidden(site: Site) -> None:
    tables = {
        table["name"]
        for table in site.visit("/archive.json").json()["tables"]
        if not table["hidden"]
    }
    assert tables == {
        *("statements", "captures", "conversions", "claims", "assertions", "annotations"),
        *("events", "organisations", "organisation_domains", "organisation_names", "watches"),
        *("readings", "versions", "edits", "absences"),
    }


def test_the_latest_row_comes_first_and_a_page_has_fifty(tmp_path: Path) -> None:
    with Site(write_sample(tmp_path / "archive.db", PAGES * 8)) as site:
        rows = site.visit("/archive/captures.json").json()["rows"]
    assert len(rows) == 50
    moments = [row["captured_at"] for row in rows]
    assert moments == sorted(moments, reverse=True)


def test_captures_are_searched_through_their_texts(site: Site) -> None:
    assert site.visit("/archive/captures.json?_search=wass").json()["rows"] == []
    rows = site.visit("/archive/captures.json?_search=wasser").json()["rows"]
    assert [row["url"] for row in rows] == [PAGES[2].url]


def test_a_capture_names_its_statement(site: Site) -> None:
    text = site.visit("/archive/captures").text
    assert re.search(
        r'<a href="/archive/statements/\w{16}">Old bridge closes for repairs</a>', text
    )


def test_addresses_are_words_with_a_careful_link(site: Site) -> None:
    text = site.visit("/archive/statements").text
    assert '<span class="archive-address">https://council.example/minutes/7</span>' in text
    leaving = re.findall(r'<a [^>]*href="https?://(?!localhost/|datasette\.io/)[^>]*>', text)
    assert len(leaving) == 7
    assert all('rel="noopener nofollow noreferrer"' in link for link in leaving)


def test_hostile_cells_stay_words(site: Site) -> None:
    tables = ("statements", "captures", "claims", "annotations", "assertions", "corrections")
    for path in (f"/archive/{table}" for table in tables):
        page = site.visit(path)
        table = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert "<script" not in table
        assert "\u202e" not in re.sub(r"<[^>]*>", "", table)  # attributes are not shown
    assert HOSTILE_URL in html.unescape(site.visit("/archive/captures").text)


def test_ids_in_results_of_queries_are_links(site: Site) -> None:
    text = site.visit("/archive/search?q=october").text
    assert re.search(r'<a href="/statement/(\w{16})">\1</a>', text)
    assert re.search(r'<a href="/archive/captures/(\w{16})">\1</a>', text)
    # In JSON they are what they are.
    row = site.visit("/archive/search.json?q=october").json()["rows"][0]
    assert re.fullmatch(r"\w{16}", row["statement_id"])
    assert row["beginning"].startswith("The ministry announced")


def test_what_curators_assert_stands_beside_what_rules_conclude(site: Site) -> None:
    (row,) = site.visit("/archive/corrections.json").json()["rows"]
    assert (row["field"], row["curator_says"], row["rules_say"]) == (
        *("published", "2026-01-30"),
        "2026-02",
    )
    assert (row["asserted_by"], row["reason"]) == ("C. Curator", WHY)
    text = site.visit("/archive/corrections").text
    for place in ("statement", "archive/captures", "archive/annotations"):
        assert re.search(rf'<a href="/{place}/(\w{{16}})">\1</a>', text), place
    assert html.escape(WHY, quote=False) in text
    shown = site.visit("/archive/statements?_where=curated='published'").text
    assert "2026-01-30" in shown
    assert "Example Courier Group" in shown
    capture = f"/archive/assertions?capture_id={row['capture_id']}&field=published"
    both = site.visit(capture).text
    assert "2026-01-30" in both
    assert "2026-02" in both
    home = site.visit("/").text
    assert "curator says 2026-01-30" in home
    assert 'href="/archive/corrections"' in home
    assert "curator says 2026-01-30" in site.visit("/search?q=bridge").text


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("search.json?q=meals", 2),
        ("search.json?q=", 0),
        ("changed-statements.json", 1),
        ("corrections.json", 1),
        ("failures.json", 2),
        ("captures-of-address.json?address=https://ministry.example/press/2026/school-meals", 2),
        ("captures-of-address.json?address=", 0),
    ],
)
def test_stored_queries_answer(site: Site, path: str, count: int) -> None:
    page = site.visit(f"/archive/{path}")
    assert page.status_code == 200
    assert len(page.json()["rows"]) == count


# --- what a reader can do -------------------------------------------------------------------------


def ask(site: Site, sql: str) -> Any:
    return site.visit("/archive/-/query.json", params={"sql": sql})


def test_a_reader_cannot_take_a_gigabyte(site: Site) -> None:
    answer = ask(site, "select length(randomblob(1000000000))")
    assert answer.status_code == 400
    assert "too big" in answer.text
    assert ask(site, "select length(randomblob(1000000))").json()["rows"]


def test_a_reader_cannot_attach_or_write(site: Site) -> None:
    assert ask(site, "attach database '/tmp/x.db' as x").status_code == 400
    database = site.datasette.databases["archive"]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        site.run(database.execute_write("insert into about values ('a', 'b')"))


def test_the_index_itself_is_not_handed_out(site: Site) -> None:
    assert site.visit("/archive.db").status_code == 403


def test_what_a_reader_sends_stays_out_of_the_log(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.visit("/no/such/page", headers={"x-example": "very-own-words"}).status_code == 404
    said = capsys.readouterr()
    assert "very-own-words" not in said.out + said.err


# --- not ours -------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "search.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table about (key text, value text); insert into about values ('a', 'b');"
        "create table pages (id integer primary key, url text);"
        "insert into pages values (1, 'https://a.example/');"
    )
    connection.close()
    return path


def test_where_there_is_no_index_of_ours_nothing_changes(other: Path) -> None:
    datasette = Datasette([str(other)])
    site = Site.around(datasette)
    with site:
        home = site.visit("/")
        assert "What is proved" not in home.text
        assert "/search" in home.text
        # A database called "search" keeps its address.
        assert "pages" in site.visit("/search").text
        table = site.visit("/search/pages")
        assert '<a href="https://a.example/">https://a.example/</a>' in table.text
        assert "nonce" not in table.text
        assert "statement-archive" not in table.text
        assert 'role="main"' not in table.text
        for page in (home, table):
            assert "content-security-policy" not in page.headers
            assert "x-content-type-options" not in page.headers
        assert site.visit("/-/statement-archive/home").status_code == 404
        assert site.visit("/-/statement-archive/search?q=a").status_code == 404
        sql = {"sql": "select length(zeroblob(100000000))"}
        assert site.visit("/search/-/query.json", params=sql).status_code == 200
        site.run(datasette.databases["search"].execute_write("insert into pages values (2, 'x')"))


def test_an_index_of_another_version_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    connection = open_database(path)
    connection.execute("update about set value = '0' where key = 'schema'")
    connection.close()
    with Site(path) as site:
        assert "What is proved" not in site.visit("/").text


def test_an_index_beside_another_database_is_found(index: Path, other: Path) -> None:
    with Site(other, index) as site:
        assert "What is proved" in site.visit("/").text
        # The other database is shown as Datasette shows it.
        assert '<a href="https://a.example/">' in site.visit("/search/pages").text


def test_the_server_reads_what_a_writer_adds(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "archive.db", PAGES[:1])
    with Site(path) as site:
        assert "<dt>Captures</dt><dd>1</dd>" in site.visit("/").text
        write_sample(path)
        assert "<dt>Captures</dt><dd>8</dd>" in site.visit("/").text
