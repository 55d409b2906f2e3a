"""Memento and the CDX server: what RFC 7089 asks for, and pywb as the judge of which capture.

Not for: dates and addresses (``tests/core/test_memento.py``).
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from memento_client import MementoClient

from archive.core.memento import format_http_date, format_stamp, parse_http_date
from archive.core.uri import parse_url
from archive.index.database import open_database, write_rows
from archive.index.mementos import find_memento
from tests.datasette_plugin.held import HTML, Kept, keep_archive
from tests.datasette_plugin.sample import PAGES, make_rows
from tests.datasette_plugin.server import start_server
from tests.datasette_plugin.site import Site
from tests.support.archives import list_warcs
from tests.support.raw_server import answer_page
from tests.support.steps import count_steps
from tests.workflows.test_foreign_readers import serve_pywb

TIMES = [
    datetime(2020, 1, 1, tzinfo=UTC),
    datetime(2020, 1, 1, 0, 0, 10, tzinfo=UTC),
    datetime(2022, 6, 15, 12, 30, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC),
]
# Twenty, at captures and beside them.
MOMENTS = [time + timedelta(seconds=shift) for time in TIMES for shift in (-1, 0, 1, 86_400)]
TARGET = "/a//b;c?d=%20e&f=1"
MEMENTO = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="[^"]*")?(?:; datetime="([^"]*)")?')


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with keep_archive(tmp_path_factory.mktemp("memento"), {}) as kept:
        for number, time in enumerate(TIMES):
            body = f"<p>version {number} of the bridge".encode()
            kept.answers |= {TARGET: answer_page(body, fields=HTML)}
            kept.answers |= {"/other": answer_page(body, fields=HTML)}
            kept.capture(TARGET, at=time)
        kept.capture("/other", "/none", at=TIMES[-1])
        yield kept


@pytest.fixture(scope="module")
def site(kept: Kept) -> Iterator[Site]:
    with kept.serve() as site:
        yield site


@pytest.fixture(scope="module")
def original(kept: Kept) -> str:
    return kept.url(TARGET)


def read_links(header: str) -> list[tuple[str, set[str], str]]:
    return [(uri, set(words.split()), time) for uri, words, time in MEMENTO.findall(header)]


def ask_gate(site: Site, original: str, when: datetime | None) -> str:
    """The time stamp of the memento that the TimeGate leads to."""
    headers = {"accept-datetime": format_http_date(when)} if when else {}
    answer = site.visit(f"/timegate/{original}", headers=headers)
    assert answer.status_code == 302
    found = re.fullmatch(r"http://localhost/memento/(\d{14})/(.*)", answer.headers["location"])
    assert found
    assert found[2] == original
    return found[1]


def test_a_timegate_leads_to_the_nearest(site: Site, original: str) -> None:
    for time in TIMES:
        assert ask_gate(site, original, time) == format_stamp(time)
    assert ask_gate(site, original, None) == format_stamp(TIMES[-1])
    assert ask_gate(site, original, datetime(1999, 1, 1, tzinfo=UTC)) == format_stamp(TIMES[0])
    assert ask_gate(site, original, datetime(2099, 1, 1, tzinfo=UTC)) == format_stamp(TIMES[-1])
    between = datetime(2020, 1, 1, 0, 0, 5, tzinfo=UTC)  # as far from one as from the other
    assert ask_gate(site, original, between) == format_stamp(TIMES[0])
    assert ask_gate(site, original, between + timedelta(seconds=1)) == format_stamp(TIMES[1])


def test_a_timegate_says_what_rfc_7089_asks_for(site: Site, original: str) -> None:
    answer = site.visit(
        f"/timegate/{original}", headers={"accept-datetime": format_http_date(TIMES[2])}
    )
    assert "accept-datetime" in answer.headers["vary"].lower()
    assert "memento-datetime" not in answer.headers
    links = read_links(answer.headers["link"])
    assert (original, {"original"}, "") in links
    assert (f"http://localhost/timemap/link/{original}", {"timemap"}, "") in links
    said = {frozenset(words): parse_http_date(time) for _, words, time in links if time}
    assert said == {
        frozenset({"first", "memento"}): TIMES[0],
        frozenset({"prev", "memento"}): TIMES[1],
        frozenset({"memento"}): TIMES[2],
        frozenset({"next", "memento"}): TIMES[3],
        frozenset({"last", "memento"}): TIMES[4],
    }


def test_a_memento_says_what_rfc_7089_asks_for(site: Site, original: str) -> None:
    answer = site.visit(f"/memento/{format_stamp(TIMES[0])}/{original}")
    assert answer.status_code == 200
    assert answer.headers["memento-datetime"] == format_http_date(TIMES[0])
    assert "accept-datetime" not in answer.headers["vary"].lower()
    links = read_links(answer.headers["link"])
    assert (original, {"original"}, "") in links
    assert (f"http://localhost/timegate/{original}", {"timegate"}, "") in links
    assert {"first", "memento"} in [words for _, words, _ in links]
    frame = re.search(r'src="(/replay/[^"]*)"', answer.text)
    assert frame
    assert "version 0 of the bridge" in site.visit(frame[1]).text


@pytest.mark.parametrize(
    ("stamp", "leads"), [("2021", 1), ("20200101000003", 0), ("202206", 2), ("99991231235959", 4)]
)
def test_any_moment_leads_to_the_nearest(site: Site, original: str, stamp: str, leads: int) -> None:
    answer = site.visit(f"/memento/{stamp}/{original}")
    assert answer.status_code == 302
    path = f"/memento/{format_stamp(TIMES[leads])}/{original}"
    assert answer.headers["location"].endswith(path)
    assert site.visit(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/timegate/http://nowhere.example/", 404),
        ("/timegate/javascript:alert(1)", 400),
        ("/timegate/http://", 400),
        ("/timemap/link/http://nowhere.example/", 404),
        ("/timemap/xml/{}", 400),
        ("/timemap/link/2/{}", 404),
        ("/timemap/link/0/{}", 200),
        ("/memento/20261322000000/{}", 400),
        ("/memento/x/{}", 400),
        ("/memento/2020/http://nowhere.example/<script>", 404),
        ("/cdx", 400),
        ("/cdx?url=http://", 400),
        ("/cdx?url={}&matchType=all", 400),
        ("/cdx?url={}&limit=x", 400),
        ("/cdx?url={}&from=x", 400),
        ("/cdx?url=http://nowhere.example/", 200),
    ],
)
def test_what_cannot_be_answered_says_so(site: Site, original: str, path: str, status: int) -> None:
    answer = site.visit(path.format(quote(original) if "?" in path else original))
    assert answer.status_code == status
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "date", ["yesterday", "2020-01-01", "Wed, 31 Feb 2020 00:00:00 GMT", "x" * 9000]
)
def test_a_date_that_is_none_is_refused(site: Site, original: str, date: str) -> None:
    answer = site.visit(f"/timegate/{original}", headers={"accept-datetime": date})
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_addresses_survive_proxies_and_variants(site: Site, original: str) -> None:
    plain = original.replace("http://", "")
    variants = [
        original.replace("http://", "http:/"),
        plain,
        f"https://{plain}",
        f"{original}&utm_source=x",
    ]
    # Another port is another site; https of this one is not, on the default ports alone.
    for variant in variants:
        stamp = format_stamp(TIMES[-1])
        assert site.visit(f"/timegate/{variant}").headers["location"].split("/")[4] == stamp
    assert site.visit(f"/timegate/{original.replace('%20', '%2520')}").status_code == 404
    assert site.visit(f"/timegate/{original.partition('?')[0]}").status_code == 404


def test_timemaps_agree(site: Site, original: str) -> None:
    link = site.visit(f"/timemap/link/{original}")
    assert link.headers["content-type"].startswith("application/link-format")
    mementos = [(uri, time) for uri, words, time in read_links(link.text) if "memento" in words]
    assert [parse_http_date(time) for _, time in mementos] == TIMES
    for uri, _ in mementos:
        assert site.visit(uri.removeprefix("http://localhost")).status_code == 200
    said = json.loads(site.visit(f"/timemap/json/{original}").text)
    assert [one["uri"] for one in said["mementos"]["list"]] == [uri for uri, _ in mementos]
    assert said["mementos"]["first"] == said["mementos"]["list"][0]
    assert said["mementos"]["last"] == said["mementos"]["list"][-1]
    assert said["original_uri"] == original
    lines = site.visit(f"/timemap/cdxj/{original}").text.splitlines()
    dated = [line.partition(" ") for line in lines if not line.startswith("!")]
    assert [stamp for stamp, _, _ in dated] == [format_stamp(time) for time in TIMES]
    assert [json.loads(rest)["uri"] for _, _, rest in dated] == [uri for uri, _ in mementos]
    for line in lines:
        json.loads(line.partition(" ")[2])


def test_head_answers_like_get(kept: Kept, original: str) -> None:
    with start_server(kept.archive.layout.root) as address:
        host = address.removeprefix("http://")
        for path in (f"/timegate/{original}", f"/memento/{format_stamp(TIMES[0])}/{original}"):
            answers = []
            for method in ("HEAD", "GET"):
                connection = HTTPConnection(host, timeout=30)
                connection.request(
                    method, path, headers={"Accept-Datetime": format_http_date(TIMES[0])}
                )
                answer = connection.getresponse()
                body = answer.read()
                kept_headers = ("Link", "Location", "Memento-Datetime", "Vary", "Content-Type")
                answers.append((answer.status, [answer.headers[name] for name in kept_headers]))
                connection.close()
                assert method == "GET" or body == b""
            assert answers[0] == answers[1]


def test_of_captures_in_one_second_the_later_answers(tmp_path: Path) -> None:
    with keep_archive(tmp_path, {}) as kept:
        ids = []
        for number, part in enumerate((0, 400_000, 800_000)):
            kept.answers["/a"] = answer_page(f"<p>version {number}".encode(), fields=HTML)
            ids.append(kept.capture("/a", at=TIMES[0] + timedelta(microseconds=part))["/a"])
        kept.capture("/a", at=TIMES[1])
        original = kept.url("/a")
        with kept.serve() as site:
            for when in (TIMES[0], TIMES[0] - timedelta(days=1), TIMES[0] + timedelta(seconds=3)):
                assert ask_gate(site, original, when) == format_stamp(TIMES[0])
            page = site.visit(f"/memento/{format_stamp(TIMES[0])}/{original}").text
            assert f"/replay/{ids[2]}/frame" in page
            lines = site.visit(f"/timemap/cdxj/{original}").text.splitlines()
            assert len([line for line in lines if line[0] != "!"]) == 2
            assert len(site.visit(f"/cdx?url={original}").text.splitlines()) == 4


def test_the_cdx_server_answers_as_pywb_does(site: Site, original: str) -> None:
    asked = quote(original)
    lines = [line.split(" ", 2) for line in site.visit(f"/cdx?url={asked}").text.splitlines()]
    assert [stamp for _, stamp, _ in lines] == [format_stamp(time) for time in TIMES]
    for _, _, rest in lines:
        assert set(json.loads(rest)) == {
            *("url", "mime", "status", "digest", "length", "offset", "filename")
        }
    ranged = site.visit(f"/cdx?url={asked}&output=json&from=2020&to=2022&limit=2").text.splitlines()
    assert [json.loads(line)["timestamp"] for line in ranged] == [
        format_stamp(t) for t in TIMES[:2]
    ]
    host = original.split("/")[2]
    for wide in (f"url={host}/*", f"url={host}/&matchType=prefix", f"url={host}&matchType=host"):
        assert len(site.visit(f"/cdx?{wide}").text.splitlines()) == len(TIMES) + 2
    assert len(site.visit(f"/cdx?url={host}/a*").text.splitlines()) == len(TIMES)


def make_long_list(path: Path, count: int) -> str:
    """An index with so many captures of one address; return the address."""
    connection = open_database(path)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    rows = []
    for number in range(count):
        time = (start + timedelta(hours=number)).isoformat(timespec="microseconds")[:26] + "Z"
        page = PAGES[6].__class__(
            url="https://gone.example/recall", title="", text="", captured_at=time, status=404
        )
        rows += make_rows(number, page)
    write_rows(connection, rows, leaves=2 * count, origin="archive.example/log")
    connection.close()
    return "https://gone.example/recall"


def test_a_timemap_of_many_mementos_has_pages(tmp_path: Path) -> None:
    original = make_long_list(tmp_path / "archive.db", 10_003)
    with Site(tmp_path / "archive.db") as site:
        first = site.visit(f"/timemap/link/{original}").text
        assert first.count("; datetime=") == 10_000
        assert f'<http://localhost/timemap/link/2/{original}>; rel="timemap"' in first
        second = site.visit(f"/timemap/link/2/{original}").text
        assert second.count("; datetime=") == 3
        assert 'rel="last memento"' in second
        assert "last memento" not in first
        said = json.loads(site.visit(f"/timemap/json/{original}").text)
        assert said["next_page"] == f"http://localhost/timemap/json/2/{original}"
        assert site.visit(f"/timemap/link/3/{original}").status_code == 404


def test_one_memento_of_many_is_found_by_index(tmp_path: Path) -> None:
    original = make_long_list(tmp_path / "archive.db", 3_000)
    connection = open_database(tmp_path / "archive.db")
    moments = [datetime(2020, month, 1, 0, 29, tzinfo=UTC) for month in range(1, 13)]
    found, steps = count_steps(
        connection, lambda: [find_memento(connection, parse_url(original), one) for one in moments]
    )
    connection.close()
    assert None not in found
    assert steps < 12 * 1_000  # however many captures there are


# --- the judge ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pywb_chooses_the_same_captures(kept: Kept, original: str, tmp_path: Path) -> None:
    with serve_pywb(tmp_path, list_warcs(kept.archive)) as pywb, kept.serve() as site:
        for moment in MOMENTS:
            theirs = ask_pywb(f"{pywb}/test/mp_/{original}", moment)
            assert ask_gate(site, original, moment) == format_stamp(theirs), moment


def test_the_memento_client_finds_the_same_captures(kept: Kept, original: str) -> None:
    """The library of those who wrote RFC 7089, over a server of its own."""
    with start_server(kept.archive.layout.root) as address, kept.serve() as site:
        client = MementoClient(timegate_uri=f"{address}/timegate/", check_native_timegate=False)
        for moment in MOMENTS:
            found = client.get_memento_info(original, moment.replace(tzinfo=None))
            closest = found["mementos"]["closest"]
            assert closest["http_status_code"] == 200
            assert found["original_uri"] == original
            time = closest["datetime"].replace(tzinfo=UTC)
            assert ask_gate(site, original, moment) == format_stamp(time), moment
            assert closest["uri"] == [f"{address}/memento/{format_stamp(time)}/{original}"]
            ends = [found["mementos"][end]["datetime"] for end in ("first", "last")]
            assert ends == [TIMES[0].replace(tzinfo=None), TIMES[-1].replace(tzinfo=None)]


def ask_pywb(address: str, moment: datetime) -> datetime:
    """The moment of the memento that pywb's TimeGate gives."""
    request = urllib.request.Request(  # noqa: S310  # loopback, ours
        address, headers={"Accept-Datetime": format_http_date(moment)}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
            headers = answer.headers
    except urllib.error.HTTPError as error:  # a redirect that it does not follow
        headers = error.headers
    return parse_http_date(headers["Memento-Datetime"])
