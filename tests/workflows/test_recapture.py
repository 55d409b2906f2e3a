"""Visiting again: what is asked for, what is stored, and what can be said at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from tempfile import TemporaryFile

import pytest

from archive.core.capture import parse_capture_metadata
from archive.core.exchange import Errand
from archive.index.database import open_readonly
from archive.index.lookup import find_capture, has_pending
from archive.index.watches import select_visits
from archive.store.log import read_log
from archive.store.read import read_record
from archive.workflows.capture import CaptureResult, CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.recapture import Recapture, recapture, select_named, select_older
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_transport,
    make_world,
    read_principal,
    run_archive,
    write_to,
)
from tests.support.clock import MovedClock
from tests.support.raw_server import Script, Step, answer_page, answer_redirect, serve_raw

PAGE = b"""<!doctype html><html lang="en"><head><title>Bridge</title></head><body><article>
<h1>Bridge</h1><p>The bridge over the Nor is closed to lorries until the end of the month. Cars
may pass one at a time, and people on foot at any hour of the day.</p></article></body>"""
HTML = "Content-Type: text/html; charset=utf-8"
TAG = 'ETag: "one"'
DATE = "Date: Wed, 06 Mar 2024 12:00:00 GMT"
OLD = "Last-Modified: Tue, 05 Mar 2024 12:00:00 GMT"
READ = CaptureRun(batch=None, read=True, wait=True)
CONDITIONAL = CaptureRun(batch=None, conditional=True)

Answer = bytes | Script


def answer_if_changed(
    page: bytes = PAGE, fields: tuple[str, ...] = (TAG, DATE, OLD)
) -> Callable[[bytes], Answer | None]:
    """A server that knows conditions: 304 where the request names its validators."""

    def answer(request: bytes) -> Answer | None:
        if request.split(b" ")[1] == b"/robots.txt":
            return None
        if b'If-None-Match: "one"' in request or b"If-Modified-Since" in request:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        return answer_page(page, fields=(HTML, *fields))

    return answer


def revisit_all(
    archive: Archive, names: tuple[str, ...], *, run: CaptureRun = CONDITIONAL, **changes: object
) -> list[Recapture]:
    told: list[Recapture] = []
    with write_to(archive) as writing:
        assert recapture(
            writing,
            select_named(writing.index, names),
            transport=make_transport(archive, **changes),
            run=run,
            tell=told.extend,
        )
    return told


def ask_conditionally(archive: Archive, address: str, **changes: object) -> CaptureResult:
    (result,) = capture_all(
        archive,
        [Errand(address=address, conditional=True)],
        run=CONDITIONAL,
        transport=make_transport(archive, **changes),
    )
    return result


def test_a_304_is_stored_and_shares_the_text(empty_archive: Archive) -> None:
    with serve_raw(answer_if_changed()) as server:
        (first,) = capture_all(empty_archive, [server.url("/a")], run=READ)
        (again,) = revisit_all(empty_archive, (server.url("/a"),))
        asked = server.requests[-1]
    assert again.standing == "unchanged"
    last = again.result.last
    assert (last.outcome, last.status) == ("response", 304)
    assert last.unmodified_of == first.last.id
    assert b'\r\nIf-None-Match: "one"\r\n' in asked
    assert b"\r\nIf-Modified-Since: Tue, 05 Mar 2024 12:00:00 GMT\r\n" in asked
    assert read_principal(empty_archive, again.result).block.startswith(b"HTTP/1.1 304 ")
    with closing(open_readonly(empty_archive.layout.database)) as index:
        before, after = (find_capture(index, one.id) for one in (first.last, last))
    assert before.text_id is not None
    assert (after.text_id, after.text_outcome) == (before.text_id, before.text_outcome)
    shown = run_archive(["show", last.id, "--json"], root=empty_archive.layout.root)
    card = json.loads(shown.stdout)
    assert "lorries" in card["text"]["text"]
    assert card["claims"]
    assert card["statement"]["payloads"] == 1
    assert list_findings(empty_archive) == []


def test_the_text_that_comes_later_is_shared_too(empty_archive: Archive) -> None:
    with serve_raw(answer_if_changed()) as server:
        capture_all(empty_archive, [server.url("/b")])
        (revisit,) = capture_all(empty_archive, [server.url("/a")])
        assert revisit.last.outcome == "revisit"
        again = ask_conditionally(empty_archive, server.url("/a"))
    assert again.last.unmodified_of == revisit.last.id
    root = empty_archive.layout.root
    assert run_archive(["extract"], root=root).returncode == 0
    with closing(open_readonly(empty_archive.layout.database)) as index:
        found = find_capture(index, again.last.id)
    assert found.text_outcome == "text"
    before = dump_index(empty_archive)
    for path in root.glob("metadata/archive.db*"):
        path.unlink()
    assert run_archive(["rebuild"], root=root).returncode == 0
    assert dump_index(empty_archive) == before
    assert list_findings(empty_archive) == []


def test_withdrawing_the_page_takes_the_text_from_what_said_unmodified(
    empty_archive: Archive,
) -> None:
    with serve_raw(answer_if_changed()) as server:
        (first,) = capture_all(empty_archive, [server.url("/a")], run=READ)
        again = ask_conditionally(empty_archive, server.url("/a"))
        with write_to(empty_archive) as writing:
            withdraw_capture(writing, plan_withdrawal(writing, first.last.id), reason="an order")
        with closing(open_readonly(empty_archive.layout.database)) as index:
            assert find_capture(index, again.last.id).text_id is None
        # What is withdrawn has no validators any more.
        third = ask_conditionally(empty_archive, server.url("/a"))
    assert third.last.status == 200
    before = dump_index(empty_archive)
    root = empty_archive.layout.root
    for path in root.glob("metadata/archive.db*"):
        path.unlink()
    assert run_archive(["rebuild"], root=root).returncode == 0
    assert dump_index(empty_archive) == before
    assert list_findings(empty_archive) == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answer_page(PAGE, fields=(HTML,)), id="no validator"),
        pytest.param(answer_page(PAGE, fields=(HTML, "ETag: one")), id="broken tag"),
        pytest.param(
            answer_page(PAGE, fields=(HTML, TAG), status="404 Not Found"), id="not a page"
        ),
        pytest.param(
            answer_page(PAGE, fields=(HTML, TAG), status="203 Non-Authoritative Information"),
            id="not 200",
        ),
        pytest.param(
            Script(
                steps=(
                    Step(send=f"HTTP/1.1 200 OK\r\n{TAG}\r\nContent-Length: 9\r\n\r\nabc".encode()),
                ),
                close=True,
            ),
            id="truncated",
        ),
        pytest.param(
            f"HTTP/1.1 200 OK\r\nNo colon\r\n{TAG}\r\nContent-Length: 1\r\n\r\na".encode(),
            id="malformed",
        ),
    ],
)
def test_never_conditional_on_what_is_no_whole_page(empty_archive: Archive, answer: Answer) -> None:
    with serve_raw({"/a": answer}) as server:
        for _ in range(2):
            ask_conditionally(empty_archive, server.url("/a"))
        assert len([one for one in server.requests if one.startswith(b"GET /a ")]) == 2
        assert not any(b"If-" in request for request in server.requests)


@pytest.mark.parametrize(
    "headers",
    [(("Accept-Language", "cy"),), (("Authorization", "Bearer secret"),), (("Cookie", "a=b"),)],
    ids=["language", "secret", "cookie"],
)
def test_never_conditional_where_other_headers_brought_the_page(
    empty_archive: Archive, headers: tuple[tuple[str, str], ...]
) -> None:
    """Another language, or another reader's page, is another page under the same address."""
    with serve_raw(answer_if_changed()) as server:
        transport = make_transport(empty_archive, headers=headers)
        capture_all(empty_archive, [server.url("/a")], transport=transport)
        second = ask_conditionally(empty_archive, server.url("/a"))
        third = ask_conditionally(empty_archive, server.url("/a"), headers=headers)
    assert second.last.status == 200
    assert third.last.status == 200


def test_a_304_that_nobody_asked_for_says_nothing(empty_archive: Archive) -> None:
    answers = {"/a": answer_page(PAGE, fields=(HTML,))}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        capture_all(empty_archive, [server.url("/a")])
        answers["/a"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
        (again,) = revisit_all(empty_archive, (server.url("/a"),))
    assert again.result.last.unmodified_of is None
    assert again.standing == "failed"


def test_each_hop_has_its_own_condition(empty_archive: Archive) -> None:
    answer = answer_if_changed()

    def redirect(request: bytes) -> Answer | None:
        if request.startswith(b"GET /old "):
            return answer_redirect("/new", fields=(TAG,))
        return answer(request)

    with serve_raw(redirect) as server:
        (first,) = capture_all(empty_archive, [server.url("/old")])
        again = ask_conditionally(empty_archive, server.url("/old"))
    assert [hop.status for hop in again.captures] == [302, 304]
    assert again.last.unmodified_of == first.last.id


def test_what_was_sent_is_said(empty_archive: Archive) -> None:
    with serve_raw(answer_if_changed()) as server:
        (first,) = capture_all(empty_archive, [server.url("/a")])
        again = ask_conditionally(empty_archive, server.url("/a"))
    leaf = read_log(empty_archive.layout.log).read_leaf(again.last.leaf)
    placed = leaf.records[-1]
    block = read_record(empty_archive.layout, leaf.warc, placed.offset, placed.length).block
    record = parse_capture_metadata(block)
    assert record.condition is not None
    assert record.condition.record == first.last.record_id
    assert record.condition.etag == '"one"'


def test_what_can_be_said_at_once(empty_archive: Archive) -> None:
    other = PAGE.replace(b"lorries", b"buses")
    pages: dict[str, list[bytes | None]] = {
        "/same": [PAGE, PAGE],
        "/other": [PAGE, other],
        "/gone": [PAGE, None],
    }
    turn = 0

    def answer(request: bytes) -> Answer | None:
        target = request.split(b" ")[1].decode()
        if target == "/broken":
            status = "500 Internal Server Error" if turn else "200 OK"
            return answer_page(PAGE, status=status, fields=(HTML,))
        page = pages.get(target, [None, None])[turn]
        return None if page is None else answer_page(page, fields=(HTML,))

    with serve_raw(answer) as server:
        addresses = tuple(server.url(path) for path in ("/same", "/other", "/gone", "/broken"))
        capture_all(empty_archive, addresses)
        turn = 1
        told = revisit_all(empty_archive, addresses)
    assert {one.result.address.rpartition("/")[2]: one.standing for one in told} == {
        "same": "unchanged",
        "other": "changed?",
        "gone": "gone",
        "broken": "failed",
    }


def test_the_latest_address_of_a_statement_is_visited(empty_archive: Archive) -> None:
    answers = {
        "/old": answer_redirect("/new", status="301 Moved Permanently"),
        "/new": answer_page(PAGE, fields=(HTML,)),
    }
    with serve_raw(answers) as server:
        capture_all(empty_archive, [server.url("/old")])
        before = len(server.requests)
        told = revisit_all(empty_archive, (server.url("/old"), server.url("/new")))
        assert server.targets[before:] == ["/robots.txt", "/new"]
    assert [one.standing for one in told] == ["unchanged"]


def test_those_that_wait_longest_come_first_and_the_young_are_left_out(
    empty_archive: Archive,
) -> None:
    clock = MovedClock()
    world = make_world(clock=clock)
    with serve_raw({f"/{name}": answer_page(PAGE) for name in "abc"}) as server:
        for name in "abc":
            capture_all(empty_archive, [server.url(f"/{name}")], world=world)
            clock.move(timedelta(days=1))
        with write_to(empty_archive, world) as writing:
            listed = [one.address for one in select_older(writing, timedelta(hours=36))]
            assert listed == [server.url("/a"), server.url("/b")]
            assert len(select_older(writing, None)) == 3


def test_a_refused_port_is_not_opened_by_visiting_again(empty_archive: Archive) -> None:
    """A page redirected to a port that was refused; to visit everything again must not open it."""
    guarded = replace(empty_archive.settings, allow_networks=())
    with serve_raw({"/x": answer_page(PAGE)}) as server:
        archive = Archive(layout=empty_archive.layout, settings=guarded)
        (refused,) = capture_all(
            archive,
            [Errand(address=server.url("/x"), typed=False)],
            transport=make_transport(archive),
        )
        assert refused.last.outcome == "blocked"
        with write_to(archive) as writing:
            (target,) = select_older(writing, None)
        assert not target.has_answered
        (again,) = revisit_all(archive, (server.url("/x"),))
        assert server.requests == []
    assert again.standing == "failed"


def test_the_verb_goes_on_after_an_interruption(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    with serve_raw(
        {f"/{n}": answer_page(b"<p>%d" % n, fields=(HTML,)) for n in range(9)}
    ) as server:
        addresses = [server.url(f"/{n}") for n in range(9)]
        capture_all(empty_archive, addresses)
        done = run_archive(["recapture", "--all", "--json"], root=root)
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert {line["standing"] for line in lines} == {"unchanged"}
        assert len(lines) == 9
        assert not list(empty_archive.layout.metadata.glob("runs/*"))
        named = run_archive(["recapture", addresses[0], "--unconditional"], root=root)
        assert "unchanged" in named.stdout
    for wrong in ([], ["--all", addresses[0]], ["--older-than", "soon"], ["http://b.example/"]):
        assert run_archive(["recapture", *wrong], root=root).returncode == 2


def test_killed_and_continued_nothing_told_is_visited_twice(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    slow = Script(steps=(Step(send=b"", pause=0.02), Step(send=answer_page(PAGE, fields=(HTML,)))))
    with serve_raw(lambda _request: slow) as server:
        addresses = [server.url(f"/{number}") for number in range(120)]
        capture_all(empty_archive, addresses)
        command = [sys.executable, "-m", "archive", "recapture", "--all", "--json"]
        with (
            TemporaryFile() as output,
            subprocess.Popen([*command, "--archive", str(root)], stdout=output) as process,
        ):
            while process.poll() is None:
                if os.fstat(output.fileno()).st_size:
                    process.kill()
                time.sleep(0.002)
            output.seek(0)
            lines = [line for line in output.read().splitlines(keepends=True) if line[-1:] == b"\n"]
            told = [json.loads(line)["url"] for line in lines]
        assert process.returncode == -signal.SIGKILL
        assert 0 < len(told) < 120
        asked = Counter(server.targets)
        done = run_archive(["recapture", "--all", "--json"], root=root)
        assert done.returncode == 0, done.stderr
        assert "continuing" in done.stderr
        again = [json.loads(line)["url"] for line in done.stdout.splitlines()]
        assert not set(told) & set(again)
        for address in told:
            target = address.removeprefix(server.origin)
            assert Counter(server.targets)[target] == asked[target]
    with closing(open_readonly(empty_archive.layout.database)) as index:
        for address in addresses:
            assert len(select_visits(index, address, purpose="statement", limit=9)) == 2
    assert list_findings(empty_archive, "stored") == []


def test_the_address_of_a_statement_was_the_one_that_redirects_to_it(
    empty_archive: Archive,
) -> None:
    """After the page itself was withdrawn."""
    archive = empty_archive
    moved = answer_redirect("/new", status="301 Moved Permanently")
    answers = {"/old": moved, "/new": answer_page(PAGE, fields=(HTML,))}
    with serve_raw(answers) as server:
        (result,) = capture_all(archive, [server.url("/old")], run=READ)
        with write_to(archive) as writing:
            plan = plan_withdrawal(writing, result.last.id)
            withdraw_capture(writing, plan, reason="a court's order")
        with closing(open_readonly(archive.layout.database)) as index:
            rows = index.execute("SELECT url, captures FROM statements").fetchall()
            assert rows == [(server.url("/new"), 1)]
            assert find_capture(index, server.url("/new")).url == server.url("/old")
        assert list_findings(archive) == []


def test_what_a_run_left_unread_was_not_read_after_a_page_that_is_unchanged(
    empty_archive: Archive,
) -> None:
    """Its reading was cut short; then the page came as it was, and nobody read it."""
    archive = empty_archive
    with serve_raw({"/a": answer_page(PAGE, fields=(HTML,))}) as server:
        capture_all(archive, [server.url("/a")])
        done = run_archive(["recapture", server.url("/a")], root=archive.layout.root)
        assert "unchanged" in done.stdout, done.stderr
        for _ in range(300):
            with closing(open_readonly(archive.layout.database)) as index:
                if not has_pending(index):
                    break
            time.sleep(0.1)
        else:
            pytest.fail("nobody read it")
