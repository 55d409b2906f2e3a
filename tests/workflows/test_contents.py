"""States of statements from captures and files, always under one extractor label."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import InputError
from archive.history.compare import compare_contents
from archive.workflows.contents import PageFile, describe_comparison, read_states
from archive.workflows.extract import extract_pending
from archive.workflows.opening import Archive
from tests.support.archives import capture_all, make_world
from tests.support.raw_server import answer_page, serve_raw

HTML = ("Content-Type: text/html; charset=utf-8",)
PAGE = """<html lang="en"><head><title>Wall repaired</title>
<meta property="article:modified_time" content="2024-01-04T10:00:00Z"></head>
<body><article><h1>Wall repaired</h1>
<p>The wall in the old town has been repaired by {} masons within a month of work.</p>
<p>The council thanks all who helped, and invites everyone to look at the wall.</p>
</article></body></html>"""


def capture_twice(archive: Archive) -> tuple[str, str, str]:
    """Return the ids of two captures, before and after an edit, and of a third like the second."""
    answers = {"/a": answer_page(PAGE.format("nine").encode(), fields=HTML)}
    ids = []
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        for word, seed in (("nine", "1"), ("ten", "2"), ("ten", "3")):
            answers["/a"] = answer_page(PAGE.format(word).encode(), fields=HTML)
            (result,) = capture_all(archive, [server.url("/a")], world=make_world(seed=seed))
            ids.append(result.last.id)
    extract_pending(archive, make_world(seed="4"))
    return ids[0], ids[1], ids[2]


def test_two_captures_of_a_statement(empty_archive: Archive) -> None:
    first, second, third = capture_twice(empty_archive)
    old, new = read_states(empty_archive, first, second)
    assert old.extractor == new.extractor
    assert (old.capture, new.capture) == (first, second)
    assert old.content.stated.modified == "2024-01-04T10:00:00Z"
    found = describe_comparison(old, new, compare_contents(old.content, new.content))
    assert (found["removed"], found["added"]) == (["nine"], ["ten"])
    assert (found["class"], found["verdict"]) == ("substantive", "unannounced")
    again = read_states(empty_archive, second, third)
    assert compare_contents(again[0].content, again[1].content).change == "identical"


def test_texts_under_two_labels_are_never_compared(empty_archive: Archive) -> None:
    first, second, third = capture_twice(empty_archive)
    with closing(sqlite3.connect(empty_archive.layout.database)) as database, database:
        database.execute("UPDATE conversions SET extractor = 'old/1' WHERE capture_id = ?", [first])
        database.execute("UPDATE texts SET text = 'read otherwise' WHERE text LIKE '%nine%'")
    for pair in ((first, second), (first, third)):
        old, new = read_states(empty_archive, *pair)
        assert old.extractor == new.extractor != "old/1"
        assert "nine masons" in old.content.text
        assert "ten masons" in new.content.text


def test_a_capture_beside_a_file(empty_archive: Archive, tmp_path: Path) -> None:
    first, *_ = capture_twice(empty_archive)
    (tmp_path / "page.html").write_text(PAGE.format("six"), "utf-8")
    old, new = read_states(empty_archive, first, PageFile(file=tmp_path / "page.html"))
    assert old.extractor == new.extractor
    found = describe_comparison(old, new, compare_contents(old.content, new.content))
    assert (found["removed"], found["added"]) == (["nine"], ["six"])


def test_a_file_without_an_archive_is_enough(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format("six"), "utf-8")
    page = PageFile(file=tmp_path / "page.html", url="https://town.example/wall")
    old, new = read_states(None, page, page)
    assert old == new
    assert old.content.title == "Wall repaired"
    with pytest.raises(InputError, match="no archive"):
        read_states(None, page, "0123456789")
    (tmp_path / "picture.html.gz").write_bytes(b"")
    with pytest.raises(InputError, match="nothing to compare"):
        read_states(None, page, PageFile(file=tmp_path / "picture.html.gz"))
    with pytest.raises(InputError, match="could not be read"):
        read_states(None, page, PageFile(file=tmp_path / "missing.html"))
