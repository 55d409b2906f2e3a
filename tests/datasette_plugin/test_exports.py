"""Lists as JSON and CSV, and the feed of a publisher.  Not for: tables, which Datasette gives."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from datasette.app import Datasette

from archive.core.change import list_change
from archive.index.changes import ChangeFilter
from archive.workflows.edits import read_changes
from tests.datasette_plugin.edited import keep_edited
from tests.datasette_plugin.held import Kept, keep_archive
from tests.datasette_plugin.sample import PAGES, write_sample
from tests.datasette_plugin.site import Site
from tests.support.histories import select

SCRIPT = "</td></script><script>alert(1)</script>"  # publisher of the other statement
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kept, Site]]:
    with keep_archive(tmp_path_factory.mktemp("exports"), {}) as kept:
        keep_edited(kept)
        with kept.serve() as site:
            yield kept, site


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_edits_as_json_are_what_the_command_prints(edited: tuple[Kept, Site]) -> None:
    kept, site = edited
    printed = [list_change(one) for one in read_changes(kept.archive, ChangeFilter(), limit=100)]
    given = site.visit("/edits.json").json()
    assert given == {"page": 1, "more": False, "rows": json.loads(json.dumps(printed))}
    assert {row["kind"] for row in given["rows"]} == {"edit", "gone", "back"}
    gone = site.visit("/edits.json?kind=gone").json()["rows"]
    assert gone == [row for row in given["rows"] if row["kind"] == "gone"]
    assert site.visit("/edits.json?page=9").json()["rows"] == []


@pytest.mark.parametrize("is_open", [True, False])
def test_what_programs_read_is_open_to_other_sites_as_datasette_is(
    tmp_path: Path, *, is_open: bool
) -> None:
    index = write_sample(tmp_path / "index.db")
    with Site.around(Datasette([str(index)], cors=is_open)) as site:
        row = site.visit("/search.json?q=school").json()["rows"][0]
        for path in (
            *("/search.json?q=school", "/search.csv?q=school", "/edits.json", "/edits.csv"),
            *(f"/cdx?url={quote(row['url'])}", f"/cdx?url={quote(row['url'])}&output=json"),
            *(f"/timemap/json/{row['url']}", f"/statement/{row['statement_id']}/history.json"),
        ):
            answer = site.visit(path)
            assert answer.status_code == 200, path
            assert answer.headers.get("access-control-allow-origin") == ("*" if is_open else None)


def test_edits_as_csv_have_a_column_for_all_that_json_tells(edited: tuple[Kept, Site]) -> None:
    _, site = edited
    answer = site.visit("/edits.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = site.visit("/edits.json").json()["rows"]
    rows = read_csv(answer.text)
    assert [row["id"] for row in rows] == [row["id"] for row in told]
    assert {*rows[0]} == {name for row in told for name in row}
    assert any(row["removed"] for row in rows)


def test_a_page_of_a_search_is_had_for_programs(index: Path, site: Site) -> None:
    path = "?q=meals&language=en"
    page = site.visit(f"/search{path}").text
    (query,) = set(re.findall(r'href="/search\.json([^"]*)"', page))
    found = site.visit(f"/search.json{query.replace('&amp;', '&')}").json()
    shown = re.findall(r'/capture/(\w{16})"', page)
    assert shown
    assert [row["capture_id"] for row in found["rows"]] == shown
    assert found["more"] is False
    assert all("[meals]" in row["title"].lower() for row in found["rows"])
    rows = read_csv(site.visit(f"/search.csv{path}").text)
    assert [row["capture_id"] for row in rows] == shown
    assert [row["replaced"] for row in rows] == [str(int(row["replaced"])) for row in found["rows"]]
    assert site.visit("/search.json?q=").json()["rows"] == []
    assert site.visit("/search.csv?q=%00%22*").status_code == 200
    assert site.visit("/search.xml?q=meals").status_code == 404


def test_a_title_that_is_a_formula_is_none_in_the_csv_of_a_search(tmp_path: Path) -> None:
    sample = PAGES[3].__class__
    made = {name: getattr(PAGES[3], name) for name in sample.__dataclass_fields__}
    page = sample(**made | {"title": '=HYPERLINK("http://x.example")', "text": "=1+1 ferry"})
    with Site(write_sample(tmp_path / "archive.db", (page,))) as site:
        (row,) = read_csv(site.visit("/search.csv?q=ferry").text)
    assert all(not value.startswith("=") for value in row.values())
    assert row["title"].endswith('=HYPERLINK("http://x.example")')


def test_a_comparison_is_had_as_json_with_both_texts_in_pieces(
    edited: tuple[Kept, Site],
) -> None:
    kept, site = edited
    ((one, text),) = select(
        kept.archive,
        "SELECT versions.statement_id, text FROM versions JOIN texts ON texts.id = text_id"
        " JOIN statements ON statements.id = versions.statement_id"
        " WHERE number = 1 AND statements.url LIKE '%/ferry'",
    )
    page = site.visit(f"/compare/{one}").text
    (path,) = re.findall(r'href="(/compare/\w+/difference\.json[^"]*)"', page)
    found = site.visit(path.replace("&amp;", "&")).json()
    assert found["versions"] == [1, 2]
    assert (found["statement"], found["is_cut"]) == (one, False)
    pieces = [piece for row in found["rows"] for piece in row]
    old = "".join(text for change, text in pieces if change in ("same", "deleted", "moved away"))
    assert old.split() == str(text).split()
    assert ["deleted", "nine"] in [[change, text.strip()] for change, text in pieces]
    changes = site.visit(f"/compare/{one}/difference.json?view=changes").json()["rows"]
    assert 0 < len(changes) < len(found["rows"])
    assert site.visit(f"/compare/{one}/difference.json?a=9").status_code == 404


def test_a_publisher_has_a_feed_of_its_own_edits(edited: tuple[Kept, Site]) -> None:
    kept, site = edited
    host = quote(kept.server.origin.removeprefix("http://"), safe="")
    page = site.visit(f"/publisher/{host}").text
    assert f'href="/publisher/{host}/edits.atom"' in page
    feed = ET.fromstring(site.visit(f"/publisher/{host}/edits.atom").content)  # noqa: S314  # made by us
    every = ET.fromstring(site.visit("/edits.atom").content)  # noqa: S314  # made by us
    ids = [
        [entry.findtext(f"{ATOM}id") for entry in one.iter(f"{ATOM}entry")] for one in (feed, every)
    ]
    assert ids[0]
    assert ids[0] == ids[1]
    assert feed.findtext(f"{ATOM}id") != every.findtext(f"{ATOM}id")
    assert site.visit("/publisher/nobody.example/edits.atom").status_code == 404
    for name, count in (("Harbour Office of Norrvik", 2), (SCRIPT, 0)):
        named = site.visit(f"/publisher/{quote(name, safe='')}/edits.atom")
        assert named.status_code == 200
        root = ET.fromstring(named.content)  # noqa: S314  # made by us
        assert len(root.findall(f"{ATOM}entry")) == count
