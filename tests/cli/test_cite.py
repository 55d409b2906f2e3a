"""``archive cite``, ``check-quotes`` and ``resolve``, as they are typed.

Not for: what they say (``tests/workflows/test_cite.py``).
"""

import json
from pathlib import Path

import pytest

from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from tests.support.archives import SETTINGS, capture_all, make_archive, run_archive
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
PASSAGE = "The ferry leaves at nine, and again at noon"
PAGE = (
    '<!doctype html><html lang="en"><title>Ferry \x1b[31m news \u202e!</title>'
    '<meta name="author" content="Ida Lindqvist"><meta property="og:site_name" content="Harbour">'
    '<meta property="article:published_time" content="2024-02-05">'
    f"<article><p>{PASSAGE}, in all weathers, from the old quay.</p></article>"
).encode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, str, str]:
    """An archive of two pages, read, and their captures; nobody changes it."""
    made = make_archive(tmp_path_factory.mktemp("cited") / "archive")
    more = '[citation]\nbase_url = "https://archive.example"\narchive = "Press Archive"\n'
    made.layout.settings.write_text(SETTINGS.format(name="archive") + more, "utf-8")
    other = PAGE.replace(b"nine", b"ten")
    pages = {"/a": answer_page(PAGE, fields=HTML), "/b": answer_page(other, fields=HTML)}
    with serve_raw(pages) as server:
        run = CaptureRun(batch=None, read=True, wait=True)
        found = capture_all(made, [server.url("/a"), server.url("/b")], run=run)
    by_url = {item.last.url[-1]: item.last.id for item in found}
    return made, by_url["a"], by_url["b"]


Made = tuple[Archive, str, str]


def test_a_citation_is_printed_and_nothing_controls_the_terminal(archive: Made) -> None:
    made, first, _ = archive
    for form in ("text", "csl-json", "biblatex", "wikipedia", "schema-org"):
        done = run_archive(["cite", first, "--format", form], root=made.layout.root)
        assert done.returncode == 0, done.stderr
        assert f"https://archive.example/capture/{first}" in done.stdout
        assert "is not proved" in done.stdout
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout


def test_a_quotation_is_told_in_json(archive: Made) -> None:
    made, first, _ = archive
    done = run_archive(["cite", first, "--quote", PASSAGE, "--json"], root=made.layout.root)
    (line,) = map(json.loads, done.stdout.splitlines())
    selectors = line["quotation"]["target"]["selector"]
    assert [item["type"] for item in selectors] == ["TextQuoteSelector", "TextPositionSelector"]
    assert selectors[0]["exact"] == PASSAGE
    assert line["fragment"].endswith("#:~:text=The%20ferry%20leaves%20at%20nine%2C%20and%20again"
                                     "%20at%20noon")  # fmt: skip
    assert line["later"] == []
    assert line["held"]["leaf"] >= 0
    wrong = run_archive(["cite", first, "--quote", "leaves at ten"], root=made.layout.root)
    assert wrong.returncode == 2
    assert "leaves at nine" in wrong.stderr


def test_several_make_a_bibliography_and_a_failure_costs_only_itself(
    archive: Made, tmp_path: Path
) -> None:
    made, first, second = archive
    path = tmp_path / "refs.bib"
    names = [first, "zzzzzzzz", second, first]
    done = run_archive(
        ["cite", *names, "--format", "biblatex", "--output", str(path)], root=made.layout.root
    )
    assert done.returncode == 1
    assert "zzzzzzzz" in done.stderr
    assert done.stdout == ""
    text = path.read_text("utf-8")
    assert text.count("@online") == 2
    checked = run_archive(["check-quotes", str(path), "--json"], root=made.layout.root)
    assert checked.returncode == 0
    lines = [json.loads(line) for line in checked.stdout.splitlines()]
    assert [line["capture"] for line in lines] == [first, second]


def test_a_manuscript_in_ci(archive: Made, tmp_path: Path) -> None:
    made, first, _ = archive
    path = tmp_path / "paper.md"
    path.write_text(f"“{PASSAGE}” (capture {first})\n", "utf-8")
    green = run_archive(["check-quotes", str(path)], root=made.layout.root)
    assert green.returncode == 0, green.stdout
    assert f"paper.md, line 1: {first}  stands" in green.stdout
    path.write_text(f"“{PASSAGE.replace('nine', 'six')}” (capture {first})\n", "utf-8")
    red = run_archive(["check-quotes", str(path)], root=made.layout.root)
    assert red.returncode == 1
    assert "not in the cited version" in red.stdout


def test_a_quotation_is_green_until_the_page_is_edited_and_captured_again(tmp_path: Path) -> None:
    """From the quotation to its citation, to the manuscript, to the alteration."""
    made = make_archive(tmp_path / "archive")
    pages = {"/a": answer_page(PAGE, fields=HTML)}
    paper = tmp_path / "paper.md"
    with serve_raw(lambda _: pages["/a"]) as server:
        url = server.url("/a")

        def run(*arguments: str) -> tuple[int, str, str]:
            done = run_archive(list(arguments), root=made.layout.root)
            return done.returncode, done.stdout, done.stderr

        assert run("capture", url, "--wait")[0] == 0
        code, citation, told = run("cite", url, "--quote", PASSAGE, "--format", "markdown")
        assert code == 0, told
        assert "no other version has been captured since" in told
        paper.write_text(f"The office says so.\n\n{citation}\n", "utf-8")
        code, checked, _ = run("check-quotes", str(paper))
        assert code == 0, checked
        assert "stands" in checked
        pages["/a"] = answer_page(PAGE.replace(b"nine", b"seven"), fields=HTML)
        assert run("capture", url, "--wait")[0] == 0
        code, checked, _ = run("check-quotes", str(paper))
        assert code == 1
        assert "altered: “nine" in checked
        assert "is now “seven" in checked
        code, _, told = run("cite", f"{url}@v1", "--quote", PASSAGE)
        assert code == 0, told
        assert "version 2  altered: “nine" in told


def test_an_identifier_is_resolved(archive: Made) -> None:
    made, first, _ = archive
    card = json.loads(run_archive(["resolve", first, "--json"], root=made.layout.root).stdout)
    for identifier in (card["record"], card["ni"], card["archived_url"], card["url"]):
        done = run_archive(["resolve", identifier], root=made.layout.root)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{first}   (by its ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["cite"],
        ["cite", "zzzzzzzz"],
        ["cite", "zzzzzzzz", "--at", "never"],
        ["cite", "a1b2c3", "d4e5f6", "--quote", "so it is"],
        ["cite", "a1b2c3", "--style", "apa", "--format", "ris"],
        ["cite", "a1b2c3", "--style", "harvard"],
        ["resolve", "ark:12345/kx0aess6mwg99vfd"],
        ["resolve", "nothing!"],
        ["check-quotes"],
        ["check-quotes", "missing.md"],
    ],
)
def test_what_cannot_be_meant_is_refused(archive: Made, arguments: list[str]) -> None:
    assert run_archive(arguments, root=archive[0].layout.root).returncode == 2
