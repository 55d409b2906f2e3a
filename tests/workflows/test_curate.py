"""Curators: what they assert wins in display, what pages say stays, and all of it is derived.

Not for: the verbs (``tests/cli/test_people.py``).
"""

import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.core.curation import parse_assertions
from archive.core.organisation import parse_organisation
from archive.errors import InputError
from archive.index.database import open_readonly
from archive.index.rows import AnnotationRow
from archive.index.search import find_statement, open_reader, select_annotations
from archive.store.log import read_log
from archive.workflows.annotate import annotate_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.curate import assert_fields, retract
from archive.workflows.opening import Archive, OpenArchive
from archive.workflows.organisations import (
    add_organisation,
    merge_organisations,
    remove_organisation,
)
from archive.workflows.rebuild import rebuild_index
from archive.workflows.show import read_card
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    list_warcs,
    make_archive,
    make_world,
    write_to,
)
from tests.support.raw_server import answer_page, serve_raw

FERRY = (
    b'<html lang="en"><title>Ferry</title>'
    b'<meta property="article:published_time" content="2024-02-05">'
    b"<article><p>The ferry leaves at nine, and again at noon, in all weathers.</p></article>"
)
BRIDGE = (
    b'<html lang="de"><title>Bridge</title>'
    b"<article><p>The bridge over the Nor is open again since Monday.</p></article>"
)
HTML = ("Content-Type: text/html; charset=utf-8",)
WHY = "The printed copy says so."


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make_archive(tmp_path / "archive")


@pytest.fixture
def ferry(archive: Archive) -> str:
    """The id of a capture of a page that says it was published on 2024-02-05."""
    pages = {"/ferry": answer_page(FERRY, fields=HTML), "/bridge": answer_page(BRIDGE, fields=HTML)}
    with serve_raw(pages) as server:
        results = capture_all(
            archive,
            [server.url("/bridge"), server.url("/ferry")],
            run=CaptureRun(batch=None, read=True, wait=True),
        )
    return next(item.last.id for item in results if item.last.url.endswith("/ferry"))


def say(
    writing: OpenArchive, name: str, *typed: str, by: str | None = None, **more: Any
) -> tuple[AnnotationRow, ...]:
    return assert_fields(
        writing, name, parse_assertions(typed), reason=more.pop("reason", WHY), by=by, **more
    )


def read_statement(archive: Archive, name: str) -> dict[str, Any]:
    statement: dict[str, Any] = read_card(archive, name)["statement"]
    return statement


def require_rebuilt(archive: Archive) -> None:
    """Everything holds, and an index made anew is the same."""
    before = dump_index(archive)
    assert list_findings(archive) == []
    rebuild_index(archive, make_world(seed="again"))
    assert dump_index(archive) == before


def test_a_curator_corrects_a_date_and_takes_it_back(archive: Archive, ferry: str) -> None:
    untouched = read_statement(archive, ferry)
    assert (untouched["published"], untouched["curated"]) == ("2024-02-05", None)
    with write_to(archive) as writing:
        (row,) = say(writing, ferry, "published=2024-03-06", by="C. Curator")
    card = read_card(archive, ferry)
    statement = card["statement"]
    assert (statement["published"], statement["curated"]) == ("2024-03-06", "published")
    assert (statement["published_year"], statement["published_confidence"]) == (2024, None)
    curated, machine = (item for item in card["assertions"] if item["field"] == "published")
    assert (curated["value"], curated["asserted_by"], curated["reason"]) == (
        *("2024-03-06", "C. Curator"),
        WHY,
    )
    assert curated["record_id"] == row.record_id
    assert curated["rule"] == "curator"
    assert (machine["value"], machine["asserted_by"]) == ("2024-02-05", None)
    require_rebuilt(archive)
    with write_to(archive) as writing:
        (gone,) = retract(writing, row.id, reason="Another edition.", by="C. Curator")
    assert gone.supersedes == row.id
    assert read_statement(archive, ferry) == untouched
    listed = {item["id"]: item for item in read_card(archive, ferry)["annotations"]}
    assert [listed[one.id]["state"] for one in (row, gone)] == ["retracted", "in force"]
    require_rebuilt(archive)


def test_every_displayed_field_shows_the_curators_value(archive: Archive, ferry: str) -> None:
    typed = {
        "published": "2024-03-01/2024-03-09",
        "modified": "2024-04",
        "publisher": "Harbour Office",
        "title": "Winter timetable",
        "author": "Ann",
        "language": "en-GB",
    }
    with write_to(archive) as writing:
        rows = say(writing, ferry, *(f"{field}={value}" for field, value in typed.items()))
    statement = read_statement(archive, ferry)
    assert {field: statement[field] for field in typed} == typed
    assert statement["name"] == "Winter timetable"
    assert set(statement["curated"].split(", ")) == set(typed)
    assert len({row.warc for row in rows}) == 1
    require_rebuilt(archive)


def test_roles_licence_and_correction_stand_beside(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        say(
            *(writing, ferry, "credited=Anadolu Agency", "origin=Harbour Office"),
            *("licence=https://creativecommons.org/licenses/by/4.0/", "correction=one\ntwo"),
        )
    card = read_card(archive, ferry)
    asserted = {item["field"]: item["value"] for item in card["assertions"] if item["asserted_by"]}
    assert set(asserted) == {"credited", "origin", "licence", "correction"}
    assert card["statement"]["curated"] is None
    require_rebuilt(archive)


def test_the_same_person_supersedes_and_another_stands_beside(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        (first,) = say(writing, ferry, "published=2024-01", by="Ann")
        (second,) = say(writing, ferry, "published=2024-02", by="Ann")
        (third,) = say(writing, ferry, "published=2024-04", by="Bob")
    assert [row.supersedes for row in (first, second, third)] == [None, first.id, None]
    assert read_statement(archive, ferry)["published"] == "2024-04"
    with write_to(archive) as writing:
        with pytest.raises(InputError, match="several people"):
            retract(writing, ferry, "published", reason="x", by="Carol")
        retract(writing, ferry, "published", reason="x", by="Bob")
    # The earlier curator's view comes back.
    assert read_statement(archive, ferry)["published"] == "2024-02"
    require_rebuilt(archive)
    with write_to(archive) as writing:
        retract(writing, ferry, "published", reason="x", by="Carol")  # the only one that is left
    # What Ann had replaced herself does not.
    assert read_statement(archive, ferry)["published"] == "2024-02-05"
    require_rebuilt(archive)


def test_authors_are_asserted_and_replaced_together(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        (both,) = say(writing, ferry, "author=Ann", "author=Bob")
        assert read_statement(archive, ferry)["author"] == "Ann; Bob"
        (one,) = say(writing, ferry, "author=Carol")
    assert one.supersedes == both.id
    assert read_statement(archive, ferry)["author"] == "Carol"


def test_an_assertion_holds_for_the_whole_statement(archive: Archive, tmp_path: Path) -> None:
    with serve_raw({"/a": answer_page(FERRY, fields=HTML)}) as server:
        (first,) = capture_all(archive, [server.url("/a")])
        with write_to(archive) as writing:
            say(writing, first.last.id, "title=Ferries")
        (second,) = capture_all(archive, [server.url("/a")])
    card = read_card(archive, second.last.id)
    assert card["statement"]["title"] == "Ferries"
    assert [item["value"] for item in card["assertions"] if item["asserted_by"]] == ["Ferries"]
    assert [item["field"] for item in card["annotations"]] == ["title"]
    with write_to(archive) as writing:
        (again,) = say(writing, second.last.id, "title=The ferries")
    assert again.supersedes is not None
    require_rebuilt(archive)


def test_a_page_with_the_same_payload_is_not_corrected_with_it(archive: Archive) -> None:
    page = answer_page(FERRY, fields=HTML)
    with serve_raw({"/a": page, "/b": page}) as server:
        (first,) = capture_all(archive, [server.url("/a")])
        (second,) = capture_all(archive, [server.url("/b")])
    assert second.last.revisit_of
    with write_to(archive) as writing:
        say(writing, first.last.id, "title=Ferries")
    card = read_card(archive, second.last.id)
    assert card["statement"]["curated"] is None
    assert not [item for item in card["assertions"] if item["asserted_by"]]


def test_withdrawn_captures_keep_what_was_said(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        (row,) = say(writing, ferry, "published=2024-03-06")
        annotate_capture(writing, ferry, "Seen on the notice board.")
        withdraw_capture(writing, plan_withdrawal(writing, ferry), reason="a court's order")
    card = read_card(archive, ferry)
    assert card["statement"] is None
    assert [item["annotation_id"] for item in card["assertions"]] == [row.id]
    assert [item["kind"] for item in card["annotations"]] == ["withdrawal", "note", "assertion"]
    require_rebuilt(archive)
    with write_to(archive) as writing:
        with pytest.raises(InputError, match="no capture of a statement"):
            say(writing, ferry, "title=x")
        retract(writing, row.id, reason="x")
    assert read_card(archive, ferry)["assertions"] == []
    require_rebuilt(archive)


def test_a_failure_can_be_dated(archive: Archive) -> None:
    with serve_raw({}) as server:
        (gone,) = capture_all(archive, [server.url("/gone")])
    with write_to(archive) as writing:
        say(writing, gone.last.id, "published=2019", "title=What stood there")
    assert read_statement(archive, gone.last.id)["name"] == "What stood there"
    require_rebuilt(archive)


def test_notes_are_retracted_once_and_other_acts_never(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        note = annotate_capture(writing, ferry, "A note.")
        (gone,) = retract(writing, note.record_id, reason="Wrong page.")
        for name, said in ((note.id, "retracted already"), (gone.id, "cannot be retracted")):
            with pytest.raises(InputError, match=said):
                retract(writing, name, reason="x")
        for name in ("nothing", "zzzzzzzz", "urn:uuid:nothing", ferry):
            with pytest.raises(InputError, match="no annotation"):
                retract(writing, name, reason="x")
        with pytest.raises(InputError, match="no curator asserts title"):
            retract(writing, ferry, "title", reason="x")


def test_evidence(archive: Archive, ferry: str) -> None:
    card = read_card(archive, ferry)
    url, locator = card["capture"]["url"], card["claims"][0]["locator"]
    pieces = [url, "https://elsewhere.example/x", ferry[:8], locator, "/html/head/article/p#text"]
    with write_to(archive) as writing:
        say(writing, ferry, "published=2024", evidence=pieces)
        for wrong in ("zzzzzzzz", "urn:uuid:nothing", "http://", "a\u202eb", "", "x" * 3000):
            with pytest.raises(InputError):
                say(writing, ferry, "published=2025", evidence=[wrong])
    (row,) = (item for item in read_card(archive, ferry)["assertions"] if item["asserted_by"])
    record = card["capture"]["record_id"]
    assert row["evidence"] == (
        f'[{{"url": "{url}", "record": "{record}"}}, {{"url": "https://elsewhere.example/x"}},'
        f' {{"record": "{record}"}}, {{"locator": "{locator}"}},'
        ' {"locator": "/html/head/article/p#text"}]'
    )
    require_rebuilt(archive)


@pytest.mark.parametrize(
    "place",
    ["p[3], last line", "p[99]", "/p[1]", "/html/body/p[9]#text", "h1[x]",
     "h1[99999999999999999999]", "meta[name=no]",
     "url[900:910]", "json-ld[0].$.author", "http:x-none", "program:none", "/html/body/@class"],
)  # fmt: skip
def test_a_place_where_nothing_stands_is_no_evidence(
    archive: Archive, ferry: str, place: str
) -> None:
    with write_to(archive) as writing, pytest.raises(InputError, match="nothing stands"):
        say(writing, ferry, "published=2024", evidence=[place])


@pytest.mark.parametrize(
    "attempt",
    [
        lambda writing, name: say(writing, name, "title=x", reason=""),
        lambda writing, name: say(writing, name, "title=x", reason="a\u202eb"),
        lambda writing, name: say(writing, name, "title=x", reason="a\x00b"),
        lambda writing, name: say(writing, name, "title=x", reason="x" * (1 << 20)),
        lambda writing, name: say(writing, name, "title=x", by=""),
        lambda writing, name: say(writing, name, "title=x", by="x" * 1000),
        lambda writing, name: say(writing, name, "title=x", evidence=["p"] * 101),
        lambda writing, name: say(writing, name, *()),
        lambda writing, name: say(writing, f"{name}zzzzzz", "title=x"),
        lambda writing, name: retract(writing, name, "titel", reason="x"),
        lambda writing, name: annotate_capture(writing, name, "a\x1b[31mb"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_stored(
    archive: Archive, ferry: str, attempt: Callable[[OpenArchive, str], object]
) -> None:
    size, dump = read_log(archive.layout.log).size, dump_index(archive)
    stored = sum(path.stat().st_size for path in list_warcs(archive))
    with write_to(archive) as writing, pytest.raises(InputError) as caught:
        attempt(writing, ferry)
    assert caught.value.remedy
    assert len(str(caught.value)) < 500
    assert read_log(archive.layout.log).size == size
    assert dump_index(archive) == dump
    assert sum(path.stat().st_size for path in list_warcs(archive)) == stored


# --- organisations --------------------------------------------------------------------------------


def test_statements_belong_to_organisations_by_host(archive: Archive, ferry: str) -> None:
    declared = read_statement(archive, ferry)
    with write_to(archive) as writing:
        described = parse_organisation("Harbour Office", domains=["127.0.0.1"], aliases=["HO"])
        change = add_organisation(writing, described, reason="their imprint")
    assert change.is_new
    statement = read_statement(archive, ferry)
    assert statement == declared | {"organisation_id": change.found.id}
    assert read_card(archive, ferry)["organisation"]["name"] == "Harbour Office"
    require_rebuilt(archive)
    with serve_raw({"/new": answer_page(BRIDGE, fields=HTML)}) as server:
        (later,) = capture_all(archive, [server.url("/new")])
    assert read_statement(archive, later.last.id)["organisation_id"] == change.found.id
    with write_to(archive) as writing:
        assert remove_organisation(writing, "HO", reason="dissolved") is None
    assert read_statement(archive, ferry) == declared
    require_rebuilt(archive)


def test_an_organisation_is_described_further_and_merged(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:

        def add(name: str, **more: Any) -> Any:
            return add_organisation(writing, parse_organisation(name, **more), reason="r")

        agency = add("Anadolu Agency", aliases=["AA"], domains=["aa.com.tr"]).found
        further = add("anadolu agency", domains=["127.0.0.1"], wikidata="Q478214")
        assert (further.found.id, further.is_new) == (agency.id, False)
        with pytest.raises(InputError, match="belongs to Anadolu Agency"):
            add("Another", domains=["aa.com.tr"])
        with pytest.raises(InputError, match="known of"):
            add("AA")
        with pytest.raises(InputError, match="Wikidata item"):
            add("AA", wikidata="Q1")
        other = add("Anadolu Ajansı", domains=["example.com.tr"], ror="05dxps055").found
        kept = merge_organisations(writing, "AA", ["Anadolu Ajansı"], reason="the same")
        for name in ("Anadolu Ajansı", "example.com.tr", other.id, other.id[:8]):
            with pytest.raises(InputError, match="itself"):
                merge_organisations(writing, "AA", [name], reason="again")
        left = remove_organisation(writing, "AA", reason="r", domains=["aa.com.tr"])
        with pytest.raises(InputError, match=r"has no aa\.com\.tr"):
            remove_organisation(writing, "AA", reason="r", domains=["aa.com.tr"])
        with pytest.raises(InputError, match="no organisation"):
            remove_organisation(writing, "Nobody", reason="r")
    assert kept.id == agency.id
    assert kept.organisation.ror == "https://ror.org/05dxps055"
    assert left is not None
    assert left.organisation.domains == ("127.0.0.1", "example.com.tr")
    assert left.organisation.aliases == ("AA", "Anadolu Ajansı", "anadolu agency")
    assert read_statement(archive, ferry)["organisation_id"] == agency.id
    require_rebuilt(archive)


def test_a_name_leads_to_the_organisation_that_has_the_domain(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        described = parse_organisation("Anadolu Agency", aliases=["AA"], domains=["127.0.0.1"])
        known = add_organisation(writing, described, reason="r").found.id
        say(writing, ferry, "credited=(AA)", "origin=Somebody else", "title=AA")
    card = read_card(archive, ferry)
    curated = [item for item in card["assertions"] if item["asserted_by"] is not None]
    named = {item["field"]: item.get("organisation") for item in curated}
    assert named["credited"] == {"id": known, "name": "Anadolu Agency"}
    assert card["organisation"]["id"] == known
    assert named["origin"] is None
    assert named["title"] is None


def test_the_record_of_an_organisation_refers_to_none(archive: Archive, ferry: str) -> None:
    with write_to(archive) as writing:
        change = add_organisation(writing, parse_organisation("A"), reason="r")
    with open_reader(archive.layout.database) as reader:
        row = next(iter(reader.query("SELECT * FROM annotations WHERE kind = 'organisation'")))
        assert row["organisation_id"] == change.found.id == row["id"]
        assert select_annotations(reader, None)[0]["organisation"] == "A"
        assert find_statement(reader, "nothing") is None
    (path,) = [path for path in list_warcs(archive) if path.name.startswith(row["warc"])]
    raw = path.read_bytes()[row["offset"] :]
    plain = subprocess.run(["gzip", "-dc"], input=raw, capture_output=True, check=False).stdout
    head = plain.partition(b"\r\n\r\n")[0]
    assert b"WARC-Refers-To" not in head
    assert b"urn:archive:annotation:" + row["id"].encode() in head


# --- any history ----------------------------------------------------------------------------------


def test_any_history_is_rebuilt_the_same(archive: Archive, ferry: str) -> None:
    chance = random.Random(5)
    with closing(open_readonly(archive.layout.database)) as index:
        names = [row[0] for row in index.execute("SELECT id FROM captures ORDER BY id")]
    with write_to(archive) as writing:
        for number in range(60):
            for act in _list_acts(writing, chance, names, number):
                try:
                    act()
                except InputError:
                    continue
    require_rebuilt(archive)


def _list_acts(
    writing: OpenArchive, chance: random.Random, names: list[str], number: int
) -> Iterator[Callable[[], object]]:
    name, by = chance.choice(names), chance.choice(["Ann", "Bob", None])
    field = chance.choice(["published=2024", "title=T", "author=A", "origin=O"])
    which = chance.randrange(6)
    organisation = parse_organisation(
        chance.choice("ABC"), domains=[chance.choice(["127.0.0.1", f"a{number}.example"])]
    )
    known = [row[0] for row in writing.index.execute("SELECT id FROM annotations")]
    if which < 2:
        yield lambda: say(writing, name, f"{field}{number % 10}", by=by)
    elif which == 2 and known:
        yield lambda: retract(writing, chance.choice(known), reason="r", by=by)
    elif which == 3:
        yield lambda: add_organisation(writing, organisation, reason="r", by=by)
    elif which == 4:
        yield lambda: remove_organisation(writing, organisation.name, reason="r", by=by)
    else:
        yield lambda: merge_organisations(writing, "A", [chance.choice("BC")], reason="r", by=by)
