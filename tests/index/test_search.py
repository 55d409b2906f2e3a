"""Lists and searches as they are typed, on an index alone.

Not for: which words are quoted (``test_quote.py``), or an index that is behind its log
(``tests/workflows/test_verify.py``).
"""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from archive.index.full_text import format_query
from archive.index.search import open_reader, search_statements
from archive.workflows.opening import Archive
from tests.datasette_plugin.sample import PAGES, write_sample
from tests.support.archives import make_archive, run_archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of the sample's pages and of one that repeats a word."""
    archive = make_archive(tmp_path / "archive")
    endless = replace(PAGES[3], url="https://a.example/the", title="", text="the " * 400_000)
    write_sample(archive.layout.database, (*PAGES, endless))
    return archive


@pytest.mark.parametrize("words", ["the", "the " * 1000, '"the the" the "the the the"'])
def test_a_page_that_repeats_one_word_took_minutes_to_search(archive: Archive, words: str) -> None:
    with open_reader(archive.layout.database) as reader:
        begun = time.monotonic()
        rows = list(search_statements(reader, words, limit=20))
        assert time.monotonic() - begun < 1
    assert any("[the" in row["snippet"] and len(row["snippet"]) < 600 for row in rows)


def test_what_is_typed_twice_is_asked_for_once() -> None:
    assert format_query('the THE "thé" bridge') == '"the" "bridge"'
    assert format_query('the "the bridge"') == '"the bridge"'
    assert format_query('"') == ""


@pytest.mark.parametrize("verb", [["list"], ["list", "--captures"], ["search", "bridge"]])
def test_a_limit_beyond_what_sqlite_counts_ended_in_a_traceback(
    archive: Archive, verb: list[str]
) -> None:
    done = run_archive([*verb, "--limit", "9" * 20], root=archive.layout.root)
    assert done.returncode == 2
    assert "1000000" in done.stderr
    assert "Traceback" not in done.stderr
    assert run_archive([*verb, "--limit", "1000000"], root=archive.layout.root).returncode == 0


@pytest.mark.parametrize("verb", [[b"list", b"--host"], [b"search"]])
def test_words_that_are_not_utf8_ended_in_a_traceback(archive: Archive, verb: list[bytes]) -> None:
    place = [b"--archive", str(archive.layout.root).encode()]
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"archive", *verb, b"\xff", *place],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_list_is_read_where_no_log_lies(archive: Archive) -> None:
    done = run_archive(["list"], root=archive.layout.root)
    assert done.returncode == 0
    assert "Old bridge" in done.stdout
    assert "cannot be compared with the capture log" in done.stderr
