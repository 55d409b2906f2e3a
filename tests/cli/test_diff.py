"""``archive diff`` on files and captures.  Not for: what differs (`tests/history`)."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

PARAGRAPHS = (
    "The ferry leaves the harbour at seven each morning, and {cars} cars find room on it.",
    "The office said that no crossing is cancelled in the winter, even in strong wind.",
    "Tickets are sold at the quay by Anna Berg, who is there on all working days.",
    "Visitors are asked to come early, and to bring warm clothes for the crossing.",
)


def make_page(
    *,
    cars: str = "12",
    clock: str = "3",
    modified: str = "2026-01-04T10:00:00Z",
    more: str = "",
) -> bytes:
    body = "".join(f"<p>{words.format(cars=cars)}</p>" for words in PARAGRAPHS)
    return f"""<html lang="en"><head><title>Ferry timetable | Office</title>
<meta charset="utf-8"><meta property="og:title" content="Ferry timetable">
<meta property="article:published_time" content="2026-01-04T10:00:00Z">
<meta property="article:modified_time" content="{modified}"></head>
<body><nav><a href="/">Home</a></nav><main><article><h1>Ferry timetable</h1>
<p>Reading time: {clock} min</p>{body}{more}</article></main>
<footer>© 2026 Office</footer></body></html>""".encode()


def run_diff(folder: Path, *arguments: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "archive", "diff", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def read_json(folder: Path, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run_diff(folder, *arguments, "--json").stdout)
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.html").write_bytes(make_page())
    (tmp_path / "clock.html").write_bytes(make_page(clock="5"))
    (tmp_path / "new.html").write_bytes(make_page(cars="9", clock="5"))
    (tmp_path / "dated.html").write_bytes(make_page(modified="2026-01-05T10:00:00Z"))
    (tmp_path / "new.html.gz").write_bytes(gzip.compress(make_page(cars="9")))
    return tmp_path


def test_a_changed_number_between_two_saved_pages(folder: Path) -> None:
    found = read_json(folder, "old.html", "new.html", "--url", "https://office.example/ferry")
    assert found["text_changed"] is True
    assert (found["class"], found["verdict"]) == ("substantive", "unannounced")
    assert (found["facts"], found["removed"], found["added"]) == (["number"], ["12"], ["9"])
    assert found["title"] == {"old": "Ferry timetable", "new": "Ferry timetable"}
    assert found["stated"]["old"]["modified"] == "2026-01-04T10:00:00Z"
    assert found["counts"] == {"words_deleted": 1, "words_inserted": 1, "words_moved": 0}
    assert found["old"]["url"] == "https://office.example/ferry"
    texts = found["texts"]
    for edit in found["edits"]:
        side = "old" if edit["operation"] == "delete" else "new"
        assert texts[side][slice(*edit[side])] == edit["text"]
    assert {edit["text"] for edit in found["edits"] if not edit["furniture"]} == {"12", "9"}


def test_furniture_makes_no_change_of_the_statement(folder: Path) -> None:
    found = read_json(folder, "old.html", "clock.html")
    assert (found["text_changed"], found["class"]) == (False, "boilerplate")
    assert (found["removed"], found["added"], found["verdict"]) == ([], [], None)


def test_a_date_that_changed_alone(folder: Path) -> None:
    found = read_json(folder, "old.html", "dated.html")
    assert (found["class"], found["facts"]) == ("substantive", ["date"])
    assert (found["text_changed"], found["verdict"]) == (False, "date changed, text same")


def test_a_page_is_identical_to_itself(folder: Path) -> None:
    assert read_json(folder, "old.html", "old.html")["class"] == "identical"
    assert "identical" in run_diff(folder, "old.html", "old.html").stdout
    assert not run_diff(folder, "old.html", "old.html", "--unified").stdout


def test_a_gzip_file_and_plain_text_are_read(folder: Path) -> None:
    assert read_json(folder, "old.html", "new.html.gz")["added"] == ["9"]
    (folder / "a.txt").write_text("It rained.\nNobody came.\n", "utf-8")
    (folder / "b.txt").write_text("It rained.\nEverybody came.\n", "utf-8")
    found = read_json(folder, "a.txt", "b.txt")
    assert (found["removed"], found["added"]) == (["Nobody"], ["Everybody"])


def test_times_bound_what_files_state(folder: Path) -> None:
    before = "2026-01-04T12:00:00Z"
    found = read_json(folder, "old.html", "dated.html", "--times", f"{before},{before}")
    assert found["new"]["captured_at"].startswith("2026-01-04T12:00:00")
    # A change after the capture is none; that day and the next are still in doubt.
    late = read_json(folder, "old.html", "dated.html", "--times", "2026-01-02T12:00:00Z", "--times",
                     "2026-01-02T12:00:00Z")  # fmt: skip
    assert late["stated"]["new"]["modified"] is None


def test_the_terminal_marks_changes_without_colour_too(folder: Path) -> None:
    lines = run_diff(folder, "old.html", "new.html").stdout.splitlines()
    assert lines[0] == "substantive; unannounced change"
    assert any("and [-12-][+9+] cars" in line and line.startswith("* ") for line in lines)
    assert any(line.startswith("~ Reading time") for line in lines)
    assert any("unchanged paragraph" in line for line in lines)
    whole = run_diff(folder, "old.html", "new.html", "--full").stdout
    assert all(words.partition("{")[0] in whole for words in PARAGRAPHS)
    assert "unchanged paragraph" not in whole


def test_the_unified_form_is_what_patch_calls_one(folder: Path) -> None:
    lines = run_diff(folder, "old.html", "new.html", "--unified", "--context", "0").stdout
    assert lines.splitlines()[2:] == [
        "@@ -2,2 +2,2 @@",
        "-Reading time: 3 min",
        "-" + PARAGRAPHS[0].format(cars="12"),
        "+Reading time: 5 min",
        "+" + PARAGRAPHS[0].format(cars="9"),
    ]


def test_captured_text_cannot_control_terminal_or_page(folder: Path) -> None:
    words = "It came <script>alert(1)</script> \u202eesrever\u2069 and \x1b[31mred to all."
    (folder / "a.txt").write_text("It was.\n", "utf-8")
    (folder / "b.txt").write_text(f"It was.\n{words}\n", "utf-8")
    for form in ("--context=1", "--unified", "--full", "--html", "--json"):
        out = run_diff(folder, "a.txt", "b.txt", form).stdout
        assert not set(out) & set("\u202e\u2069\x1b")
        assert ("202e" in out, "1b" in out) == (True, True)
        assert ("<script>" in out) == (form != "--html")


def test_the_page_holds_everything_and_asks_for_nothing(folder: Path) -> None:
    run_diff(folder, "old.html", "new.html", "--html", "--output", "diff.html")
    page = (folder / "diff.html").read_text("utf-8")
    tree: Any = lxml_html.document_fromstring(page)
    assert not tree.xpath(
        "//script|//link|//img|//iframe|//object|//form|//@src|//@href|//@onclick"
    )
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"url\(|@import", page)
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page
    assert [item.text_content() for item in tree.xpath("//td//del")][-1] == "12"
    assert [item.text_content() for item in tree.xpath("//td//ins")][-1] == "9"
    for column, cars in ((1, "12"), (2, "9")):
        cells = tree.xpath(f"//table[@class='sides']//tr/td[{column}]/p")
        words = "".join(cell.text_content() for cell in cells)
        assert all(line.format(cars=cars) in words for line in PARAGRAPHS)


REFUSED = [
    (["old.html", "missing.html"], "there is no file missing.html"),
    (["old.html", "new.html", "--times", "2026-01-04T10:00:00Z"], "two sides"),
    (["old.html", "new.html", "--times", "yesterday,today"], "not a moment in time"),
    (["old.html", "new.html", "--url", "a", "--url", "b", "--url", "c"], "two sides"),
    (["old.html", "new.html", "--json", "--html"], "--json is a form of its own"),
    (["old.html", "new.html", "--output", "x"], "--output is for --html"),
    (["old.html", "new.html", "--json", "--output", "x"], "--output is for --html"),
    (["none.html", "none.html", "--output", "x"], "--output is for --html"),  # before any work
    (["old.html", "new.html", "--html", "--output", "none/x"], "cannot be written"),
    (["old.html", "."], "could not be read"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_bad_input_is_refused_with_a_remedy(folder: Path, arguments: list[str], words: str) -> None:
    said = run_diff(folder, *arguments, code=2).stderr
    assert words in said
    assert said.rstrip().endswith(")")
