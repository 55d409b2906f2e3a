"""Which captures lie under an address.  Not for: answers to clients (``test_memento.py``)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.core.uri import format_surt, parse_url
from archive.index.database import open_database, write_rows
from archive.index.mementos import find_latest, find_shown, is_held, select_cdx
from archive.index.rows import CaptureRow
from tests.datasette_plugin.sample import Page, make_rows

ADDRESSES = (
    *("https://a.example/", "https://a.example/b", "https://a.example/b/c", "http://a.example/b"),
    *("https://www.a.example/b?q=1", "https://sub.a.example/b", "https://aa.example/b"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    connection = open_database(path)
    rows = []
    for number, url in enumerate(ADDRESSES):
        page = Page(url=url, title="", text="", status=200)
        for row in make_rows(number, page):
            assert isinstance(row, CaptureRow)
            named = {name: getattr(row, name) for name in row.__slots__}
            rows.append(CaptureRow(**named | {"surt": format_surt(parse_url(url))}))
    write_rows(connection, rows, leaves=99, origin="archive.example/log")
    connection.close()
    return path


@pytest.mark.parametrize(
    ("asked", "match", "count"),
    [
        ("https://a.example/b", "exact", 2),
        ("https://a.example/b", "prefix", 4),
        ("https://a.example/", "host", 5),
        ("https://a.example/", "domain", 6),
        ("https://example/", "domain", 7),
        ("https://a.example/x", "exact", 0),
    ],
)
def test_captures_are_found_by_how_widely_is_asked(
    path: Path, asked: str, match: str, count: int
) -> None:
    connection = open_database(path)
    found = select_cdx(connection, parse_url(asked), match=match, start=None, end=None, limit=99)
    connection.close()
    assert len(found) == count
    assert [row.surt for row in found] == sorted(row.surt for row in found)


def test_http_and_https_are_one_for_links_and_two_for_pictures(path: Path) -> None:
    connection = open_database(path)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert is_held(connection, parse_url("http://a.example/"))
    assert find_latest(connection, parse_url("http://a.example/")) is not None
    assert find_shown(connection, "https://a.example/", moment) is not None
    assert find_shown(connection, "http://a.example/", moment) is None
    connection.close()
