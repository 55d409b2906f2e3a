"""What strangers may do where the archive is served to them.  Not for: the pages they see."""

import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote, urlsplit

import pytest

from archive.store.layout import Layout
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.server import start_server

COSTLY = (
    "select hex(zeroblob(400000000))",
    "select length(randomblob(1000000000))",
    "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c",
    "select count(*) from captures a, captures b, captures c, captures d, captures e",
    "attach database '/etc/passwd' as x",
    "select load_extension('x')",
    "select 1",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("public")
    (root / "metadata").mkdir()
    # The folder's own description opens everything; --public closes it again.
    (root / "datasette.yml").write_text(
        "settings:\n  default_allow_sql: true\n  allow_download: true\n  sql_time_limit_ms: 90000\n"
    )
    write_sample(Layout(root=root).database)
    with start_server(root, public=True) as address:
        yield address


def ask(address: str, path: str) -> tuple[HTTPResponse, bytes]:
    """The answer of the server, and its body."""
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.mark.parametrize("query", COSTLY)
def test_costly_queries_are_refused_at_once(address: str, query: str) -> None:
    ask(address, "/archive/-/query?sql=select")  # what is loaded with the first one
    for path in ("/archive/-/query?sql=", "/archive/-/query.json?sql="):
        start = time.monotonic()
        answer, body = ask(address, path + quote(query))
        assert time.monotonic() - start < 1
        assert answer.status == 403, body[:200]


def test_a_filter_is_no_way_to_a_query(address: str) -> None:
    answer, _ = ask(address, "/archive/captures.json?_where=" + quote("1 in (select 1)"))
    assert answer.status == 403


def test_the_index_is_not_handed_out(address: str) -> None:
    assert ask(address, "/archive.db")[0].status == 403


def test_lists_and_searches_stay(address: str) -> None:
    for path in ("/", "/search?q=meals", "/archive/statements", "/archive/captures.json"):
        answer, body = ask(address, path)
        assert (answer.status, bool(body)) == (200, True), path
        assert "content-security-policy" in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_crawlers_are_told_what_to_leave_alone(address: str) -> None:
    answer, body = ask(address, "/robots.txt")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"Disallow: /replay/\n" in body
