"""Repeats: the same bytes again, at another address or later, and what may be shared of them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.core.exchange import Errand
from archive.core.http import decode_body, parse_head
from archive.extract.locator import resolve_beside, resolve_locator
from archive.extract.page import parse_page
from archive.index.database import open_readonly
from archive.store.read import read_record
from archive.workflows.capture import CaptureResult, CaptureRun
from archive.workflows.extract import extract_pending, store_readings
from archive.workflows.opening import Archive
from archive.workflows.readings import Reading, open_readings
from archive.workflows.settings import CompanionSettings
from archive.workflows.show import read_card, read_claims_of
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import START, make_clock
from tests.support.raw_server import Answer, RawServer, Script, Step, answer_page, serve_raw

RUN = CaptureRun(batch=None, read=True, wait=True, companions=CompanionSettings())
HTML = ("Content-Type: text/html; charset=utf-8",)
TAGGED = (*HTML, 'ETag: "one"')
REST = "/wp-json/wp/v2/posts/12"
STORY = "/2023/03/06/wall/"
PAGE = f"""<!doctype html><html lang="en"><head><title>Harbour wall repaired</title>
<link rel="alternate" title="JSON" type="application/json" href="{REST}">
<link rel="alternate" type="application/rss+xml" title="News" href="/feed/"></head><body>
<article><h1>Harbour wall repaired</h1><p>The wall of the old harbour has been repaired over its
whole length, and the quay is open to the public again. Boats may moor on the northern side.</p>
<p>The work began after the storms and took longer than planned.</p></article></body>""".encode()
NEVER = Script(steps=(Step(send=b"HTTP/1.1 200 OK\r\n", pause=0), Step(send=b"", pause=60)))
DOWN = answer_page(b"", status="503 Service Unavailable")


def make_rest(link: str, modified: str) -> bytes:
    """The record of a post that was changed on that day."""
    record = {
        "id": 12,
        "date_gmt": "2023-03-05T23:30:00",
        "modified_gmt": f"{modified}T09:00:00",
        "status": "publish",
        "link": link,
        "title": {"rendered": "Harbour wall repaired"},
    }
    return answer_page(json.dumps(record).encode(), fields=("Content-Type: application/json",))


def make_feed(*links: str) -> bytes:
    entries = "".join(
        f"<item><title>News</title><link>{link}</link>"
        "<pubDate>Sun, 05 Mar 2023 23:30:00 +0000</pubDate></item>"
        for link in links
    )
    feed = f'<rss version="2.0"><channel>{entries}</channel></rss>'
    return answer_page(feed.encode(), fields=("Content-Type: application/rss+xml",))


@contextmanager
def serve_site(
    answers: dict[str, Answer], *, story: str = STORY, address: str = "127.0.0.1"
) -> Iterator[RawServer]:
    """A site with one story; ``answers``, which may be changed, come before its own."""
    site: dict[str, Answer] = {story: answer_page(PAGE, fields=HTML)}

    def answer(request: bytes) -> Answer | None:
        target = request.split(b" ")[1].decode()
        return answers.get(target, site.get(target))

    with serve_raw(answer, address=address) as server:
        site[REST] = make_rest(server.url(story), "2023-03-08")
        site["/feed/"] = make_feed(server.url(story))
        yield server


def capture_at(
    archive: Archive, address: str, hours: float, run: CaptureRun = RUN
) -> CaptureResult:
    world = make_world(clock=make_clock(START + timedelta(hours=hours)), seed=f"{address} {hours}")
    errand = Errand(address=address, conditional=run.conditional)
    (result,) = capture_all(archive, [errand], world=world, run=run)
    return result


def list_beside(archive: Archive, result: CaptureResult) -> set[tuple[str, str]]:
    """Source and field of what stands beside a page, as its claims say."""
    claims = read_claims_of(archive, result.last.id).claims
    return {(claim.source, claim.field) for claim in claims if claim.record is not None}


def find_modified(archive: Archive, result: CaptureResult) -> set[str | None]:
    claims = read_claims_of(archive, result.last.id).claims
    return {claim.value for claim in claims if claim.field == "modified"}


def assert_rebuilt(archive: Archive) -> None:
    """Rebuilding gives the same rows, and nothing is found wrong."""
    before = dump_index(archive)
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0
    assert dump_index(archive) == before
    assert list_findings(archive) == []


def assert_followed(archive: Archive) -> int:
    """Every claim in the database is found where it says; returns how many there are."""
    with closing(open_readonly(archive.layout.database)) as index:
        captures = {
            row[0]: row[1:]
            for row in index.execute(
                'SELECT id, url, revisit_of, unmodified_of, warc, "offset", length FROM captures'
            )
        }
        claims = index.execute("SELECT capture_id, record, locator, raw FROM claims").fetchall()

    def read_block(capture_id: str) -> bytes:
        return read_record(archive.layout, *captures[capture_id][3:]).block

    for capture_id, record, locator, raw in claims:
        shown = record or captures[capture_id][2] or capture_id
        held = captures[shown][1] or shown
        block = read_block(held)
        head = parse_head(block)
        content = decode_body(head, block[head.length :], 1 << 20) or b""
        if record is not None:
            assert resolve_beside(locator, content) == raw
            continue
        told = parse_head(read_block(shown)).fields
        page = parse_page(content, told, captures[capture_id][0])
        assert resolve_locator(locator, page) == raw, locator
    return len(claims)


BESIDE = {
    ("wordpress-rest", "title"),
    ("wordpress-rest", "published"),
    ("wordpress-rest", "modified"),
    ("feed", "title"),
    ("feed", "published"),
}


def test_a_copy_on_another_host_was_shown_with_host_date_and_feed_of_the_first(
    empty_archive: Archive,
) -> None:
    other = "/2024/01/02/copy/"
    with ExitStack() as stack:
        first = stack.enter_context(serve_site({}))
        second = stack.enter_context(serve_site({}, story=other, address="127.0.0.2"))
        urls = [first.url(STORY), second.url(other)]
        results = [capture_at(empty_archive, url, hour) for hour, url in enumerate(urls)]
        for server in (first, second):
            assert {REST, "/feed/"} <= set(server.targets)
    assert [result.last.outcome for result in results] == ["response", "revisit"]
    assert results[0].text == results[1].text
    for result, url, host in zip(results, urls, ("127.0.0.1", "127.0.0.2"), strict=True):
        behind = read_claims_of(empty_archive, result.last.id)
        assert list_beside(empty_archive, result) == BESIDE
        dates = {claim.value for claim in behind.claims if claim.source == "url"}
        assert dates >= {"-".join(url.split("/")[3:6])}
        card = read_card(empty_archive, result.last.id)
        named = {row["field"]: row["value"] for row in card["assertions"]}
        assert named["host"] == host
        assert {item.field: item.value for item in behind.assertions} == named
        for claim in behind.claims:
            if claim.record is not None:
                beside = read_card(empty_archive, claim.record)["capture"]["url"]
                assert beside.startswith("/".join(url.split("/")[:3]) + "/")
    assert assert_followed(empty_archive) >= 20
    assert_rebuilt(empty_archive)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_page_that_stood_still_did_not_know_what_its_rest_record_said_by_then(
    conditional: bool,  # noqa: FBT001  # a table's column
    empty_archive: Archive,
) -> None:
    answers: dict[str, Answer] = {STORY: answer_page(PAGE, fields=TAGGED)}
    run = replace(RUN, conditional=conditional)
    with serve_site(answers) as server:
        story = server.url(STORY)
        first = capture_at(empty_archive, story, 0, run)
        if conditional:
            answers[STORY] = answer_page(b"", status="304 Not Modified", fields=('ETag: "one"',))
        soon = capture_at(empty_archive, story, 0.5, run)
        assert server.targets.count(REST) == 1  # answered within the hour
        answers[REST] = make_rest(story, "2023-04-09")
        later = capture_at(empty_archive, story, 48, run)
        again = capture_at(empty_archive, story, 50, run)
        assert server.targets.count(REST) == 3
    assert (later.last.unmodified_of is not None) is conditional
    assert find_modified(empty_archive, first) == {"2023-03-08T09:00:00Z"}
    assert find_modified(empty_archive, soon) == {"2023-03-08T09:00:00Z"}
    assert find_modified(empty_archive, later) == {"2023-04-09T09:00:00Z"}
    assert find_modified(empty_archive, again) == {"2023-04-09T09:00:00Z"}
    with closing(open_readonly(empty_archive.layout.database)) as index:
        assert index.execute("SELECT count(*) FROM conversions").fetchone() == (2,)
        assert index.execute("SELECT number, captures FROM versions").fetchall() == [(1, 4)]
        shown = index.execute("SELECT modified FROM statements").fetchone()
        reading = index.execute(
            "SELECT reading_of FROM captures WHERE id = ?", (again.last.id,)
        ).fetchone()
    assert (shown, reading) == (("2023-04-09T09:00:00Z",), (later.last.id,))
    assert assert_followed(empty_archive) >= 20
    assert_rebuilt(empty_archive)


def test_a_feed_that_speaks_of_other_pages_costs_an_unchanged_page_no_reading(
    empty_archive: Archive,
) -> None:
    answers: dict[str, Answer] = {}
    with serve_site(answers) as server:
        story = server.url(STORY)
        capture_at(empty_archive, story, 0)
        answers["/feed/"] = make_feed(server.url("/other/"), story)
        capture_at(empty_archive, story, 48)
        assert server.targets.count("/feed/") == 2
    with closing(open_readonly(empty_archive.layout.database)) as index:
        assert index.execute("SELECT count(*) FROM conversions").fetchone() == (1,)


FAILING: dict[str, tuple[dict[str, Answer], int]] = {
    "an error of the server": ({REST: DOWN, "/feed/": DOWN}, 2),
    "nothing": ({REST: b"", "/feed/": b""}, 2),
    "a refusal": (dict.fromkeys((REST, "/feed/"), answer_page(b"", status="401 No")), 1),
}


@pytest.mark.parametrize("kind", FAILING)
def test_companions_that_failed_were_never_asked_for_again(
    kind: str, empty_archive: Archive
) -> None:
    answers, expected = dict(FAILING[kind][0]), FAILING[kind][1]
    with serve_site(answers) as server:
        first = capture_at(empty_archive, server.url(STORY), 0)
        answers.clear()
        again = capture_at(empty_archive, server.url(STORY), 0.2)
        assert [server.targets.count(path) for path in (REST, "/feed/")] == [expected] * 2
        last = capture_at(empty_archive, server.url(STORY), 48)
    assert list_beside(empty_archive, first) == set()
    assert list_beside(empty_archive, again) == (BESIDE if expected == 2 else set())
    assert list_beside(empty_archive, last) == BESIDE
    assert_rebuilt(empty_archive)


def wait_for(server: RawServer, target: str) -> None:
    end = time.monotonic() + 60
    while target not in server.targets:
        assert time.monotonic() < end
        time.sleep(0.01)


KILLED = {"companions": (REST, "/feed/"), "requisites": ("/a.css", "/boat.png")}


@pytest.mark.parametrize("later", ["capture", "recapture"])
@pytest.mark.parametrize("kind", KILLED)
def test_a_kill_behind_the_page_lost_for_good_what_stands_beside_it_or_shows_on_it(
    kind: str, later: str, empty_archive: Archive
) -> None:
    """A real SIGKILL, while the first of it is asked for."""
    paths = KILLED[kind]
    shows = PAGE.replace(b"</head>", b'<link rel=stylesheet href="/a.css"></head>')
    shows = shows.replace(b"</article>", b'<img src="/boat.png"></article>')
    answers: dict[str, Answer] = {
        STORY: answer_page(shows, fields=TAGGED),
        **dict.fromkeys(paths, NEVER),
    }
    root = empty_archive.layout.root
    with serve_site(answers) as server:
        options = ["--no-companions"] if kind == "requisites" else []
        command = ["capture", server.url(STORY), "--no-extract", *options]
        process = subprocess.Popen(
            [sys.executable, "-m", "archive", *command, "--archive", str(root)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(server, paths[0])
        process.kill()
        process.wait()
        for path in paths:
            del answers[path]
        answers["/a.css"] = answer_page(b"p { color: red }", fields=("Content-Type: text/css",))
        answers["/boat.png"] = answer_page(
            b"\x89PNG\r\n\x1a\n", fields=("Content-Type: image/png",)
        )
        done = run_archive([later, server.url(STORY)], root=root)
        assert done.returncode == 0, done.stderr
        assert run_archive(["extract"], root=root).returncode == 0
        card = read_card(empty_archive, server.url(STORY))
    assert card["capture"]["outcome"] == "revisit"
    with closing(open_readonly(empty_archive.layout.database)) as index:
        held = index.execute(
            "SELECT url FROM captures WHERE status = 200 AND purpose NOT IN ('statement', 'robots')"
        ).fetchall()
    assert {server.url(path) for path in paths} <= {url for (url,) in held}
    beside = {(row["source"], row["field"]) for row in card["claims"] if row["record"]}
    if kind == "companions":
        assert beside == BESIDE
    assert_rebuilt(empty_archive)


def test_a_page_captured_without_companions_has_them_from_its_next_capture(
    empty_archive: Archive,
) -> None:
    """Also where another process reads: what the capture left, `archive extract` finds."""
    unread = replace(RUN, read=False, wait=False)
    with serve_site({}) as server:
        first = capture_at(empty_archive, server.url(STORY), 0, replace(RUN, companions=None))
        again = capture_at(empty_archive, server.url(STORY), 1, unread)
    assert (again.last.outcome, again.is_unread) == ("revisit", True)
    assert list_beside(empty_archive, again) == set()
    world = make_world(clock=make_clock(START + timedelta(hours=2)), seed="extract")
    assert extract_pending(empty_archive, world) == 1
    assert list_beside(empty_archive, first) == set()
    assert list_beside(empty_archive, again) == BESIDE
    assert extract_pending(empty_archive, world) == 0
    assert_rebuilt(empty_archive)


def test_withdrawing_a_companion_left_its_pages_unread(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    with serve_site({}) as server:
        result = capture_at(empty_archive, server.url(STORY), 0)
        feed = server.url("/feed/")
        story = server.url(STORY)
    done = run_archive(["withdraw", feed, "--reason", "an example", "--yes"], root=root)
    assert (done.returncode, "pages read again without it: 1" in done.stdout) == (0, True)
    assert f"{result.last.id}  {story}" in done.stderr
    assert list_beside(empty_archive, result) == {item for item in BESIDE if item[0] != "feed"}
    assert "not read yet" not in run_archive(["show", story], root=root).stdout
    assert_rebuilt(empty_archive)


def test_a_companion_withdrawn_while_its_page_was_read_came_back_with_the_reading(
    empty_archive: Archive,
) -> None:
    with serve_site({}) as server:
        result = capture_at(empty_archive, server.url(STORY), 0, replace(RUN, read=False))
        feed = server.url("/feed/")
    with write_to(empty_archive) as writing, open_readings(writing) as readings:
        readings.begin(result.last, writing.index)
        finished: tuple[Reading, ...] = ()
        while not finished:
            finished = readings.wait_some(1)
        withdraw_capture(writing, plan_withdrawal(writing, feed), reason="an example")
        assert store_readings(writing, finished) == 0
    world = make_world(clock=make_clock(START), seed="extract")
    assert extract_pending(empty_archive, world) == 1
    assert list_beside(empty_archive, result) == {item for item in BESIDE if item[0] != "feed"}
    assert_rebuilt(empty_archive)


def capture_copies(archive: Archive) -> tuple[CaptureResult, CaptureResult, CaptureResult]:
    """The same page of one site, then twice of another."""
    with ExitStack() as stack:
        first = stack.enter_context(serve_site({}))
        second = stack.enter_context(serve_site({}, address="127.0.0.2"))
        return (
            capture_at(archive, first.url(STORY), 0),
            capture_at(archive, second.url(STORY), 1),
            capture_at(archive, second.url(STORY), 1.1),
        )


def test_withdrawing_the_first_copy_takes_the_text_of_every_other(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    original, copy, last = capture_copies(empty_archive)
    done = run_archive(["withdraw", original.last.id, "--reason", "rights", "--yes"], root=root)
    assert done.returncode == 0, done.stderr
    for result in (copy, last):
        card = read_card(empty_archive, result.last.id)
        assert (card["text"], card["claims"]) == (None, [])
    assert_rebuilt(empty_archive)


def test_withdrawing_one_copy_leaves_the_next_of_its_address_to_be_read(
    empty_archive: Archive,
) -> None:
    root = empty_archive.layout.root
    original, copy, last = capture_copies(empty_archive)
    done = run_archive(["withdraw", copy.last.id, "--reason", "rights", "--yes"], root=root)
    assert done.returncode == 0, done.stderr
    assert read_card(empty_archive, last.last.id)["text"]["digest"] == original.text
    assert list_beside(empty_archive, last) == BESIDE
    assert_rebuilt(empty_archive)


@pytest.mark.parametrize("verb", ["show", "claims"])
def test_the_address_of_a_withdrawn_page_was_merely_not_found(
    verb: str, empty_archive: Archive
) -> None:
    root = empty_archive.layout.root
    with serve_site({}) as server:
        result = capture_at(empty_archive, server.url(STORY), 0, CaptureRun(batch=None))
        story = server.url(STORY)
    unknown = run_archive([verb, story + "x"], root=root)
    assert "withdrawn" not in unknown.stderr
    run_archive(
        ["withdraw", story, "--reason", "court order", "--by", "B. Keeper", "--yes"], root=root
    )
    done = run_archive([verb, story], root=root)
    assert done.returncode == 2
    assert f"{result.last.id}, withdrawn 20" in done.stderr
    assert "by B. Keeper: court order" in done.stderr
