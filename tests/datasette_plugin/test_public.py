"""What strangers may do where the archive is served to them.  Not for: the pages they see."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from archive.core.access import Open, Private
from archive.errors import InputError
from archive.index.describe import format_datasette_yml
from archive.store.layout import Layout
from archive.workflows.access import say_access
from archive.workflows.serve import serve_archive
from tests.datasette_plugin.costly import ALLOWED, REFUSED, Question, ask
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.server import find_free_port, run_server
from tests.support.archives import capture_all, make_archive, write_to
from tests.support.raw_server import answer_page, serve_raw

SECONDS = 0.05
BYTES = 100 << 20
TRIES = 10  # on a machine that has other things to do, too


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    root = tmp_path_factory.mktemp("public")
    (root / "metadata").mkdir()
    # The folder's own description opens everything; --public closes it again.
    described = yaml.safe_load(format_datasette_yml())
    described["settings"] |= {"default_allow_sql": True, "allow_download": True}
    described["settings"] |= {"sql_time_limit_ms": 90_000, "allow_csv_stream": True}
    described["databases"]["archive"] |= {"allow_sql": True}
    described["plugins"] = {"statement-archive": {"public": False}}
    Layout(root=root).datasette.write_text(yaml.safe_dump(described))
    write_sample(Layout(root=root).database)
    with run_server(root, public=True) as running:
        ask(running[0], Question(what="what is loaded first", path="/archive", status=200))
        yield running


@pytest.fixture
def address(server: tuple[str, int]) -> str:
    return server[0]


@pytest.mark.parametrize("question", REFUSED, ids=lambda one: one.what)
def test_costly_questions_are_refused_at_once(server: tuple[str, int], question: Question) -> None:
    address, pid = server
    costs = [ask(address, question, pid=pid)]
    while costs[-1].seconds >= SECONDS and len(costs) < TRIES:
        costs.append(ask(address, question, pid=pid))
    assert {cost.status for cost in costs} == {question.status}, costs[0].body[:300]
    assert min(cost.seconds for cost in costs) < SECONDS
    assert max(cost.memory for cost in costs) < BYTES


@pytest.mark.parametrize("question", ALLOWED, ids=lambda one: one.what)
def test_lists_and_searches_stay(server: tuple[str, int], question: Question) -> None:
    address, pid = server
    cost = ask(address, question, pid=pid)
    assert cost.status == 200, cost.body[:300]
    assert cost.memory < BYTES


@pytest.mark.parametrize("question", [*REFUSED, *ALLOWED], ids=lambda one: one.what)
def test_every_answer_tells_the_browser_to_run_nothing(address: str, question: Question) -> None:
    headers = ask(address, question).headers
    assert "frame-ancestors" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_a_row_leads_to_its_page(address: str) -> None:
    rows = json.loads(ask(address, _make("/archive/captures.json?_shape=array")).body)
    key = rows[0]["id"]
    assert ask(address, _make(f"/archive/captures/{key}")).headers["location"] == f"/capture/{key}"
    assert json.loads(ask(address, _make(f"/archive/captures/{key}.json")).body)["rows"]
    target = ask(address, _make(f"/archive/claims/{key},0")).headers["location"]
    assert target == f"/archive/claims?capture_id__exact={key}&position__exact=0"
    assert ask(address, _make(target)).status == 200


@pytest.mark.parametrize(
    "key", ["~0D~0AX-Injected:~201", "%0d%0aX-Injected:1", "~F0~9F", "../..", ""]
)
def test_a_key_that_is_none_writes_no_header(address: str, key: str) -> None:
    cost = ask(address, _make(f"/archive/captures/{key}"))
    assert "x-injected" not in cost.headers
    assert cost.status in (302, 400, 403, 404)


def test_what_a_stranger_brings_along_makes_nobody_of_him(address: str) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(
        "GET", "/", headers={"Cookie": "ds_actor=x", "Authorization": "Bearer dstok_x"}
    )
    assert connection.getresponse().status == 200
    connection.close()


def test_answers_hold_no_place_of_this_machine(address: str, tmp_path: Path) -> None:
    for question in (*ALLOWED, *REFUSED):
        body = ask(address, question).body
        assert str(tmp_path.parents[1]).encode() not in body, question


def test_an_archive_with_something_closed_is_not_opened_to_strangers(tmp_path: Path) -> None:
    with serve_raw(lambda _: answer_page(b"<p>x")) as server:
        archive = make_archive(tmp_path / "archive")
        capture_all(archive, [server.url("/a")])
        with write_to(archive) as writing:
            say_access(writing, server.url("/a"), Private(), reason="A reason.")
    with pytest.raises(InputError, match="private or under embargo"):
        serve_archive(archive.layout.root, port=find_free_port(), public=True)
    assert serve_archive(archive.layout.root, port=find_free_port())


def test_what_was_closed_while_strangers_were_served_was_served_on(tmp_path: Path) -> None:
    with serve_raw(lambda _: answer_page(b"<title>Quokkaberry</title><p>x")) as server:
        archive = make_archive(tmp_path / "archive")
        capture_all(archive, [server.url("/a")])
        with run_server(archive.layout.root, public=True) as (address, _):
            for access, status in ((None, 200), (Private(), 503), (Open(), 200)):
                if access is not None:
                    with write_to(archive) as writing:
                        say_access(writing, server.url("/a"), access, reason="A reason.")
                cost = ask(address, _make("/archive/captures.json"))
                assert cost.status == status
                assert (b"/a" in cost.body) == (status == 200)
                assert "content-security-policy" in cost.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("archive.example", 200), ("archive.example:8001", 200), ("[::1]:8001", 200)),
        *(('a"><script>', 400), ("a/b", 400), ("a, b", 400), ("a@b", 400), ("a:port", 400)),
    ],
)
def test_a_host_that_is_none_stood_in_links(address: str, host: str, status: int) -> None:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", "/edits.atom", headers={"Host": host})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == status
    assert (host.encode() in body) == (status == 200)
    assert answer.headers["content-security-policy"]


def test_crawlers_are_told_what_to_leave_alone(address: str) -> None:
    cost = ask(address, _make("/robots.txt"))
    assert cost.status == 200
    assert cost.headers["content-type"].startswith("text/plain")
    assert b"Disallow: /replay/\n" in cost.body


def _make(path: str) -> Question:
    return Question(what=path, path=path, status=200)
