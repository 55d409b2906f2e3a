"""The verbs with which people correct what is said, as they are typed.

Not for: what follows from an annotation (``tests/workflows/test_curate.py``).
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.index.search import open_reader, select_captures
from archive.store.log import read_log
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from tests.datasette_plugin.site import Site
from tests.support.archives import capture_all, list_findings, make_archive, run_archive
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
PAGE = (
    b'<!doctype html><html lang="en"><title>Ferry \x1b[31m news</title>'
    b'<meta property="article:published_time" content="2024-02-05">'
    b'<meta property="og:site_name" content="Harbour"><article><p>The ferry leaves at nine, and'
    b" again at noon, in all weathers, from the old quay.</p></article>"
)
WHY = ("--reason", "The printed copy says so.")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive of one capture, read; nobody changes it."""
    archive = make_archive(tmp_path_factory.mktemp("begun") / "archive")
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        capture_all(archive, [server.url("/a")], run=CaptureRun(batch=None, read=True, wait=True))
    return archive


@pytest.fixture
def archive(begun: Archive, tmp_path: Path) -> Archive:
    """A copy of it, with its keys."""
    shutil.copytree(begun.layout.root.parent, tmp_path / "copy")
    return make_archive(tmp_path / "copy" / "archive")


def run_json(archive: Archive, *arguments: str) -> list[dict[str, Any]]:
    """Run a verb with --json, and return the lines of its answer."""
    done = run_archive([*arguments, "--json"], root=archive.layout.root)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(archive: Archive, *arguments: str) -> str:
    """Run a verb, and return what it prints."""
    done = run_archive(arguments, root=archive.layout.root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_date_is_corrected_shown_rebuilt_and_taken_back(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    name, page = statement["id"], "2024-02-05   ("
    (said,) = run_json(
        *(archive, "assert", name, "published=2024-03-06", *WHY, "--by", "C. Curator"),
        *("--evidence", "title", "--evidence", "https://elsewhere.example/"),
    )
    assert (said["field"], said["value"], said["by"]) == ("published", "2024-03-06", "C. Curator")
    for _ in range(2):  # before and after the index is made again
        card = run(archive, "show", name)
        corrected = card.partition("  published   2024-03-06")[2].partition("publisher")[0]
        assert f"(C. Curator, {said['time']}; {said['id']})" in corrected
        assert "why: The printed copy says so." in corrected
        assert "see: locator title" in corrected
        assert "see: url https://elsewhere.example/" in corrected
        assert f"machine:    {page}" in corrected
        (listed,) = run_json(archive, "list")
        assert (listed["published"], listed["curated"]) == ("2024-03-06", "published")
        run(archive, "rebuild")
    (back,) = run_json(archive, "retract", said["id"], "--reason", "Another edition.")
    assert back["retracted"] == said["id"]
    card = run(archive, "show", name)
    assert f"  published   {page}" in card
    assert "published=2024-03-06   (retracted)" in card
    assert "why: Another edition." in card
    assert run_json(archive, "list") == [statement]
    states = [row["state"] for row in run_json(archive, "annotations", name)]
    assert states == ["in force", "retracted"]
    assert list_findings(archive) == []


def test_people_cannot_write_to_the_terminal(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    said = run(archive, "assert", statement["id"], "correction=one\ntwo", "--reason", "a\nb")
    assert "\\u{a}two" in said
    card = run(archive, "show", statement["id"])
    assert "correction  one   (A. Archivist" in card
    assert "\n              two\n" in card
    assert "\n              why: a\n                   b\n" in card


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["assert", "ID", "published=6.3.2024", *WHY], "write 2024-03-06"),
        (["assert", "ID", "published=soon", *WHY], "2024-03-01/2024-03-09"),
        (["assert", "ID", "date=2024", *WHY], "one of: published"),
        (["assert", "ID", "2024", *WHY], "FIELD=VALUE"),
        (["assert", "ID", *WHY], "Missing argument"),
        (["assert", "ID", "title=x"], "Missing option '--reason'"),
        (["assert", "ID", "title=x", "--reason", " "], "the reason is empty"),
        (["assert", "ID", "title=x", "--reason", "a\u202eb"], "U+202E"),
        (["assert", "ID", "title=x", "--reason", "x" * 100_000], "at most 20000"),
        (["assert", "ID", "title=\x1b[31m", *WHY], "U+001B"),
        (["assert", "ID", "title=x", *WHY, "--by", "\u202e"], "U+202E"),
        (["assert", "nothing!", "title=x", *WHY], "no capture id"),
        (["assert", "zzzzzzzz", "title=x", *WHY], "archive list"),
        (["retract", "zzzzzzzz", *WHY], "archive annotations"),
        (["retract", "ID", "title", *WHY], "no curator asserts title"),
        (["retract", "ID", "titel", *WHY], "one of: published"),
        (["annotations", "zzzzzzzz"], "archive list"),
        (["annotate", "ID", "\x1b[2J"], "U+001B"),
        (["publisher", "add", "A", "--ror", "05dxps056", *WHY], "checksum"),
        (["publisher", "add", "A", "--wikidata", "42", *WHY], "as in Q478214"),
        (["publisher", "add", "A", "--domain", "https://a.example/", *WHY], "domain alone"),
        (["publisher", "add", "", *WHY], "the name is empty"),
        (["publisher", "show", "Nobody"], "archive publisher list"),
        (["publisher", "remove", "Nobody", *WHY], "archive publisher list"),
        (["publisher", "merge", "Nobody", "Nobody else", *WHY], "archive publisher list"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(
    begun: Archive, arguments: list[str], said: str
) -> None:
    size = read_log(begun.layout.log).size
    with open_reader(begun.layout.database) as reader:
        name = next(iter(select_captures(reader, statement=None, host=None, limit=1)))["id"]
    typed = [name if part == "ID" else part for part in arguments]
    done = run_archive(typed, root=begun.layout.root)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    assert done.stdout == ""
    assert read_log(begun.layout.log).size == size


def test_a_capture_alone_cannot_be_retracted(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    done = run_archive(["retract", statement["id"][:6], *WHY], root=archive.layout.root)
    assert done.returncode == 2
    assert "name the field" in done.stderr


def test_a_withdrawal_tells_what_is_not_displayed_any_more(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    (said,) = run_json(archive, "assert", statement["id"], "title=Ferries", *WHY)
    done = run_archive(
        ["withdraw", said["capture"], "--reason", "an order", "--yes"], root=archive.layout.root
    )
    assert f"not displayed any more: title=Ferries by A. Archivist ({said['id']})" in done.stderr
    assert "title       Ferries" in run(archive, "show", said["capture"])


def test_nobody_said_anything(archive: Archive) -> None:
    done = run_archive(["annotations"], root=archive.layout.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "nobody said anything\n")
    done = run_archive(["publisher", "list"], root=archive.layout.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "nothing to list\n")


def test_a_publisher_is_kept(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    (added,) = run_json(
        *(archive, "publisher", "add", "Harbour Office", "--domain", "127.0.0.1"),
        *("--alias", "HO", "--wikidata", "Q42", "--ror", "05dxps055", *WHY),
    )
    assert added["statements"] == 1
    assert added["urn"] == f"urn:archive:organisation:{added['id']}"
    assert run_json(archive, "publisher", "list") == [added]
    for name in ("HO", "harbour office", "127.0.0.1", added["id"][:6], added["urn"]):
        assert run_json(archive, "publisher", "show", name) == [added]
    assert "ror         https://ror.org/05dxps055" in run(archive, "publisher", "show", "HO")
    assert f"belongs to  Harbour Office   ({added['id']}" in run(archive, "show", statement["id"])
    (card,) = run_json(archive, "show", statement["id"])
    assert card["statement"]["publisher"] == "Harbour"  # as the page declares
    run(archive, "assert", statement["id"], "credited=(HO)", *WHY)
    assert f"a name of Harbour Office   ({added['id']})" in run(archive, "show", statement["id"])
    run(archive, "publisher", "add", "Harbour & Quay Office", "--alias", "HQO", *WHY)
    (kept,) = run_json(archive, "publisher", "merge", "HO", "HQO", *WHY)
    assert kept["aliases"] == ["HO", "HQO", "Harbour & Quay Office"]
    (left,) = run_json(archive, "publisher", "remove", "HQO", "--alias", "HQO", *WHY)
    assert left["aliases"] == ["HO", "Harbour & Quay Office"]
    (removed,) = run_json(archive, "publisher", "remove", "HO", *WHY)
    assert removed["removed"] == added["id"]
    kinds = [row["kind"] for row in run_json(archive, "annotations")]
    assert sorted(kinds) == ["assertion", *["organisation"] * 5, "retraction"]
    assert "Harbour Office" in run(archive, "annotations")
    assert list_findings(archive) == []


def test_notes_are_listed_and_taken_back(archive: Archive) -> None:
    (statement,) = run_json(archive, "list")
    (note,) = run_json(archive, "annotate", statement["id"], "Seen on the notice board.")
    assert "Seen on the notice board." in run(archive, "annotations", statement["id"])
    run(archive, "retract", note["id"][:8], *WHY)
    assert "Seen on the notice board.   (retracted)" in run(archive, "show", statement["id"])


def test_a_correction_is_seen_everywhere_with_who_and_why(archive: Archive) -> None:
    """In show, claims, the database and Datasette; taken back; and after the index is made anew."""
    (statement,) = run_json(archive, "list")
    name = statement["id"]
    (said,) = run_json(archive, "assert", name, "published=2024-03-06", *WHY, "--by", "C. Curator")
    for _ in range(2):
        for verb in ("show", "claims"):
            printed = run(archive, verb, name)
            asserted = printed.partition("published   2024-03-06")[2]
            assert f"(C. Curator, {said['time']}; {said['id']})" in asserted, verb
            assert "why: The printed copy says so." in asserted, verb
            assert "machine:    2024-02-05" in asserted, verb
        (found,) = run_json(archive, "claims", name)
        assert found["curated"] == [
            {
                "field": "published",
                "value": "2024-03-06",
                "asserted_by": "C. Curator",
                "asserted_at": said["time"],
                "reason": "The printed copy says so.",
                "annotation_id": said["id"],
                "evidence": [],
            }
        ]
        assert found["assertions"]["published"]["value"] == "2024-02-05"
        with open_reader(archive.layout.database) as reader:
            rows = list(
                reader.query(
                    "SELECT value, asserted_by, reason FROM assertions WHERE field = 'published'"
                    " ORDER BY asserted_by"
                )
            )
        assert [tuple(row.values()) for row in rows] == [
            ("2024-02-05", None, None),
            ("2024-03-06", "C. Curator", "The printed copy says so."),
        ]
        with Site(archive.layout.database) as site:
            (row,) = site.visit("/archive/corrections.json").json()["rows"]
            assert (row["curator_says"], row["rules_say"]) == ("2024-03-06", "2024-02-05")
            assert (row["asserted_by"], row["reason"]) == ("C. Curator", WHY[1])
            page = site.visit(f"/archive/assertions?capture_id={row['capture_id']}").text
            assert "2024-03-06" in page
            assert "2024-02-05" in page
            assert "C. Curator" in page
        run(archive, "rebuild")
    run(archive, "retract", said["id"], "--reason", "Another edition.")
    for _ in range(2):
        assert "  published   2024-02-05   (" in run(archive, "show", name)
        printed = run(archive, "claims", name)
        assert "published: 2024-02-05   (" in printed
        assert "C. Curator" not in printed
        (found,) = run_json(archive, "claims", name)
        assert found["curated"] == []
        (listed,) = run_json(archive, "list")
        assert listed["published"] == "2024-02-05"
        with Site(archive.layout.database) as site:
            assert site.visit("/archive/corrections.json").json()["rows"] == []
        run(archive, "rebuild")
    assert list_findings(archive) == []
