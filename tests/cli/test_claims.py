"""``archive claims`` and ``archive calibrate``.  Not for: what claims there are."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

URL = "https://ministry.example/news/wall"
PAGE = b"""<html lang="en"><head><title>Wall repaired | Ministry</title>
<meta property="og:title" content="Wall repaired"><meta name="author" content="A. Writer">
<meta property="og:site_name" content="Ministry">
<meta property="article:published_time" content="2024-02-04T10:00:00Z"></head>
<body><article><h1>Wall repaired</h1><p>Published 4 February 2024</p>
<p>The wall in the old town has been repaired.</p></article></body></html>"""
UNDATED = b"<html><body><h1>Wall</h1><p>It stands.</p><footer>&copy; 2014-2026</footer></html>"


def run_archive(
    arguments: list[str], *, root: Path, stdin: str | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command in ``root``, which is no archive, with something on standard input."""
    command = [sys.executable, "-m", "archive", *arguments]
    return subprocess.run(
        command, cwd=root, input=stdin or "", capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "undated.html.gz").write_bytes(gzip.compress(UNDATED))
    lines = [
        {"file": "page.html", "url": URL, "published": "2024-02-05", "title": "Wall repaired",
         "author": "B. Writer", "note": 1},
        {"file": "undated.html.gz", "url": URL, "captured_at": "2026-01-01T00:00:00Z",
         "published": "2020-01-01"},
    ]  # fmt: skip
    (tmp_path / "pages.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    return tmp_path


def test_a_page_in_a_file(folder: Path) -> None:
    done = run_archive(["claims", "--file", "page.html", "--url", URL, "--json"], root=folder)
    page = json.loads(done.stdout)
    answers = page["assertions"]
    assert page["url"] == URL
    assert {claim["field"] for claim in page["claims"]} >= {"published", "title", "author"}
    assert {key: answers["published"][key] for key in ("value", "edtf", "earliest", "latest")} == {
        "value": "2024-02-04",
        "edtf": "2024-02-04T10:00:00Z",
        "earliest": "2024-02-04",
        "latest": "2024-02-04",
    }
    assert answers["published"]["confidence"] >= 0.9
    assert answers["published"]["basis"]["supports"]
    assert answers["publisher"]["value"] == "Ministry"
    assert answers["publisher"]["roles"] == {
        "host": "ministry.example",
        "declared": "Ministry",
        "credited": None,
        "origin": None,
    }
    assert answers["author"]["value"] == ["A. Writer"]
    assert answers["title"]["value"] == "Wall repaired"
    assert answers["language"]["value"] == "en"
    assert answers["modified"]["value"] is None


def test_many_pages_pass_their_other_keys_through(folder: Path) -> None:
    lines = (folder / "pages.jsonl").read_text("utf-8")
    for source, given in (("pages.jsonl", None), ("-", lines)):
        done = run_archive(["claims", "--from", source, "--json"], root=folder, stdin=given)
        dated, undated = (json.loads(line) for line in done.stdout.splitlines())
        assert (dated["note"], dated["published"]) == (1, "2024-02-05")
        assert undated["assertions"]["published"]["value"] is None
        assert undated["assertions"]["published"]["edtf"] == "../2026-01-01"


def test_for_a_reader_claims_stand_below_their_question(folder: Path) -> None:
    done = run_archive(["claims", "--file", "page.html", "--url", URL], root=folder)
    assert "published: 2024-02-04T10:00:00Z" in done.stdout
    assert "agrees       2024-02-04   (visible-labelled/4)" in done.stdout
    assert "#text[10:25]: 4 February 2024" in done.stdout


def test_a_page_that_is_not_there_costs_only_itself(folder: Path) -> None:
    line = json.dumps({"file": "gone.html", "url": URL}) + "\n"
    (folder / "more.jsonl").write_text(line + (folder / "pages.jsonl").read_text("utf-8"), "utf-8")
    done = run_archive(["claims", "--from", "more.jsonl", "--json"], root=folder)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert "gone.html" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["claims"],
        ["claims", "--file", "page.html"],
        ["claims", "abcdef", "--from", "pages.jsonl"],
        ["claims", "--from", "nowhere.jsonl"],
        ["claims", "--file", "page.html", "--url", URL, "--captured-at", "Wednesday"],
        ["calibrate", "page.html"],
    ],
)
def test_what_names_no_page_is_refused(folder: Path, arguments: list[str]) -> None:
    assert run_archive(arguments, root=folder).returncode == 2


def test_calibration_counts_answers_and_silence(folder: Path) -> None:
    done = run_archive(["calibrate", "pages.jsonl", "--json"], root=folder)
    found = json.loads(done.stdout)
    scores = {(row["field"], row["reader"]): row for row in found["fields"]}
    ours = scores["published", "archive"]
    assert (ours["pages"], ours["asserted"], ours["right"], ours["exact"]) == (2, 1, 1, 0)
    assert scores["title", "archive"]["right"] == 1
    assert scores["author", "archive"]["right"] == 0
    assert ("published", "htmldate") in scores
    assert ("title", "trafilatura") in scores
    assert "archive" in run_archive(["calibrate", "pages.jsonl"], root=folder).stdout


def test_a_line_that_names_no_page_ended_the_others(folder: Path) -> None:
    good = (folder / "pages.jsonl").read_text("utf-8").splitlines()
    bad = (
        "{nothing",
        '["page.html"]',
        '{"file": 1, "url": "https://x.example/"}',
        '{"file": "page.html", "url": "https://x.example/", "captured_at": "yesterday"}',
        "[" * 100_000,
    )
    lines = "\n".join((good[0], *bad, good[1]))
    done = run_archive(["claims", "--from", "-", "--json"], root=folder, stdin=lines)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    told = done.stderr.splitlines()
    assert [line.split(" names no page: ")[0] for line in told] == [
        f"line {number}" for number in range(2, 2 + len(bad))
    ]
    assert all("write " in line for line in told)
    assert "Expecting" not in done.stderr
    judged = run_archive(["calibrate", "-"], root=folder, stdin=lines)
    assert judged.returncode == 1
    assert "line 2 names no page" in judged.stderr
