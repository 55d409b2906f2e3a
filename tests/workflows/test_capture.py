"""Capturing: what one visit leaves, and what a second one adds."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryFile

import pytest

from archive.index.database import open_readonly
from archive.index.lookup import find_capture
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    read_principal,
    run_archive,
    write_to,
)
from tests.support.raw_server import (
    RawServer,
    Script,
    Step,
    answer_page,
    answer_redirect,
    serve_raw,
)

PAGE = b"""<!doctype html><html lang="en"><head><title>Library hours</title>
<meta property="article:published_time" content="2024-02-04T10:00:00Z"></head><body><article>
<h1>Library hours</h1><p>The town library of Norrvik opens at nine from Monday to Saturday. On
Sundays it stays closed. The reading room is open until eight in the evening.</p>
<p>Readers can return books at any time through the box beside the door.</p></article></body>"""
HTML = ("Content-Type: text/html; charset=utf-8",)


def test_unchanged_is_a_revisit_and_changed_a_response(empty_archive: Archive) -> None:
    answers = {"/a": answer_page(PAGE, fields=HTML)}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        (first,) = capture_all(empty_archive, [server.url("/a")])
        (second,) = capture_all(empty_archive, [server.url("/a")])
        answers["/a"] = answer_page(PAGE.replace(b"nine", b"ten"), fields=HTML)
        (third,) = capture_all(empty_archive, [server.url("/a")])
    assert [item.last.outcome for item in (first, second, third)] == [
        "response",
        "revisit",
        "response",
    ]
    assert second.last.revisit_of == first.last.id
    record = read_principal(empty_archive, second)
    assert record.find("WARC-Refers-To") == f"<{first.last.record_id}>"
    assert record.find("WARC-Refers-To-Target-URI") == first.last.url
    assert record.find("WARC-Refers-To-Date") == first.last.captured_at
    assert record.block.endswith(b"\r\n\r\n")
    assert third.last.payload != first.last.payload
    assert list_findings(empty_archive) == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answer_page(b"", fields=HTML), id="empty"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            id="chunked",
        ),
        pytest.param(
            Script(
                steps=(Step(send=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),), close=True
            ),
            id="truncated",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 1\r\n\r\na", id="malformed"),
    ],
)
def test_never_a_revisit(empty_archive: Archive, answer: bytes | Script) -> None:
    with serve_raw({"/a": answer}) as server:
        results = [capture_all(empty_archive, [server.url("/a")])[0] for _ in range(2)]
    assert "revisit" not in [result.last.outcome for result in results]
    assert read_principal(empty_archive, results[1]).kind == "response"
    assert list_findings(empty_archive) == []


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "200 OK"])
def test_a_transfer_encoded_answer_has_no_payload_digest(
    empty_archive: Archive, status: str
) -> None:
    answer = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    body = b"" if status[0] != "2" or status[:3] == "204" else b"1\r\na\r\n0\r\n\r\n"
    with serve_raw({"/a": answer + body}) as server:
        (result,) = capture_all(empty_archive, [server.url("/a")])
    assert read_principal(empty_archive, result).find("WARC-Payload-Digest") is None
    assert list_findings(empty_archive) == []


def test_every_hop_is_a_capture(empty_archive: Archive) -> None:
    answers = {
        "/old": answer_redirect("/older", status="301 Moved Permanently"),
        "/older": answer_redirect("/new"),
        "/new": answer_page(PAGE, fields=HTML),
    }
    with serve_raw(answers) as server:
        (result,) = capture_all(empty_archive, [server.url("/old")])
        address = server.url("/old")
    assert [hop.status for hop in result.captures] == [301, 302, 200]
    assert [(hop.hop, hop.hops) for hop in result.captures] == [(0, 3), (1, 3), (2, 3)]
    assert len({hop.visit for hop in result.captures}) == 1
    with closing(open_readonly(empty_archive.layout.database)) as index:
        assert find_capture(index, address).id == result.last.id
        permanent = [find_capture(index, hop.id).statement_id for hop in result.captures]
    # The permanent redirect joins two addresses into one statement; the other only proposes.
    assert permanent[0] == permanent[1]
    assert permanent[1] != permanent[2]


def test_a_removed_page_does_not_become_the_home_page(empty_archive: Archive) -> None:
    answers: dict[str, bytes | Script] = {
        "/": answer_redirect("/en/", status="301 Moved Permanently"),
        "/en/": answer_page(PAGE, fields=HTML),
        "/removed": answer_redirect("/", status="301 Moved Permanently"),
        "/moved": answer_redirect("/elsewhere", status="301 Moved Permanently"),
        "/elsewhere": answer_page(PAGE, fields=HTML),
    }
    with serve_raw(answers) as server:
        results = [capture_all(empty_archive, [server.url(target)])[0] for target in answers]
    with closing(open_readonly(empty_archive.layout.database)) as index:
        home, english, removed, moved, elsewhere = (
            find_capture(index, result.captures[0].id).statement_id for result in results
        )
    assert removed not in (home, moved)
    assert home == english
    assert moved == elsewhere
    before = dump_index(empty_archive)
    done = run_archive(["rebuild"], root=empty_archive.layout.root)
    assert done.returncode == 0, done.stderr
    assert dump_index(empty_archive) == before


def test_failures_are_captures(empty_archive: Archive) -> None:
    with serve_raw({}) as server:
        gone = server.url("/a")
    (result,) = capture_all(empty_archive, [gone])
    assert result.last.outcome == "connect"
    assert result.has_failed
    assert result.last.status is None
    assert list_findings(empty_archive) == []
    shown = run_archive(["show", gone, "--json"], root=empty_archive.layout.root)
    card = json.loads(shown.stdout)
    assert card["capture"]["outcome"] == "connect"
    assert len(card["capture"]["attempts"]) == 2  # and the third try is the capture itself


def test_text_and_claims_come_behind(empty_archive: Archive) -> None:
    page = answer_page(PAGE, fields=HTML)
    with serve_raw({"/a": page, "/b": page}) as server:
        (quick,) = capture_all(empty_archive, [server.url("/a")])
        assert quick.text is None
        assert quick.last.text_outcome == "pending"
        done = run_archive(["extract", "--json"], root=empty_archive.layout.root)
        assert json.loads(done.stdout) == {"read": 1}
        run = CaptureRun(batch=None, read=True, wait=True)
        (waited,) = capture_all(empty_archive, [server.url("/b")], run=run)
    assert waited.last.outcome == "revisit"  # nothing new to read, and so nothing to wait for
    assert waited.text is not None
    card = json.loads(
        run_archive(["show", quick.last.id, "--json"], root=empty_archive.layout.root).stdout
    )
    assert card["statement"]["title"] == "Library hours"
    assert card["statement"]["published"] == "2024-02-04T10:00:00Z"
    assert "reading room" in card["text"]["text"]
    assert {claim["locator"] for claim in card["claims"]} >= {
        "meta[property=article:published_time]"
    }
    found = run_archive(["search", '"reading room"', "--json"], root=empty_archive.layout.root)
    first, second = (json.loads(line)["statement_id"] for line in found.stdout.splitlines())
    assert (
        second == card["statement"]["id"] != first
    )  # captured at one moment: the later leaf first
    assert list_findings(empty_archive) == []


def test_secrets_never_reach_a_file(empty_archive: Archive, tmp_path: Path) -> None:
    jar = tmp_path / "cookies.txt"
    jar.write_text(
        "# Netscape HTTP Cookie File\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tsession\tverysecret1\n"
    )
    secrets = ("--header", "Authorization: Bearer verysecret2", "--cookies", str(jar))
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        done = run_archive(
            ["capture", server.url("/a"), "--json", "--wait", *secrets],
            root=empty_archive.layout.root,
        )
        assert done.returncode == 0, done.stderr
        asked = next(item for item in server.requests if item.startswith(b"GET /a"))
    assert b"verysecret1" in asked
    assert b"verysecret2" in asked
    for path in empty_archive.layout.root.rglob("*"):
        if path.is_file():
            assert b"verysecret" not in path.read_bytes(), path
    shown = run_archive(["show", server.url("/a"), "--json"], root=empty_archive.layout.root)
    assert set(json.loads(shown.stdout)["capture"]["left_out"]) == {"Authorization", "Cookie"}


def test_rebuilding_gives_the_same_rows(empty_archive: Archive) -> None:
    answers: dict[str, bytes | Script] = {
        "/a": answer_page(PAGE, fields=HTML),
        "/b": answer_page(PAGE, fields=HTML),
        "/old": answer_redirect("/a", status="301 Moved Permanently"),
        "/missing": answer_page(b"<p>nothing here</p>", status="404 Not Found", fields=HTML),
        "/short": Script(
            steps=(Step(send=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),), close=True
        ),
        "/bad": b"HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 1\r\n\r\na",
    }
    run = CaptureRun(batch=None, read=True, wait=True)
    with serve_raw(answers) as server:
        addresses = [server.url(target) for target in answers]
        for _ in range(2):
            capture_all(empty_archive, addresses, run=run)
        refused = "http://127.1/"
        (last,) = capture_all(empty_archive, [refused], run=run)
    root = empty_archive.layout.root
    noted = run_archive(["annotate", last.last.id, "Refused, as it should be."], root=root)
    assert noted.returncode == 0, noted.stderr
    before = dump_index(empty_archive)
    assert any('"outcome": "revisit"' in line for line in before)
    for path in root.glob("metadata/archive.db*"):
        path.unlink()
    done = run_archive(["rebuild"], root=root)
    assert done.returncode == 0, done.stderr
    assert dump_index(empty_archive) == before
    assert list_findings(empty_archive) == []


def test_a_lost_log_is_not_replaced_by_an_empty_one(empty_archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        (result,) = capture_all(empty_archive, [server.url("/a")])
    root = empty_archive.layout.root
    for lost in (empty_archive.layout.log, empty_archive.layout.metadata):
        shutil.rmtree(lost)
        for arguments in (["annotate", result.last.id, "x"], ["rebuild"]):
            done = run_archive(arguments, root=root)
            assert done.returncode == 5, done
            assert "restore metadata/log" in done.stderr
            assert not (empty_archive.layout.log / "checkpoint").exists()


def test_one_damaged_record_does_not_cost_the_index(empty_archive: Archive) -> None:
    with serve_raw(
        {"/a": answer_page(PAGE, fields=HTML), "/b": answer_page(b"<p>b</p>")}
    ) as server:
        (first,) = capture_all(empty_archive, [server.url("/a")])
        (second,) = capture_all(empty_archive, [server.url("/b")])
    path = empty_archive.layout.warcs / first.last.warc
    data = bytearray(path.read_bytes())
    data[first.last.offset + 30] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    for part in empty_archive.layout.metadata.glob("archive.db*"):
        part.unlink()
    done = run_archive(["rebuild", "--json"], root=empty_archive.layout.root)
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["unread"]) == 1
    with closing(open_readonly(empty_archive.layout.database)) as index:
        assert find_capture(index, second.last.id).outcome == "response"
        damaged = find_capture(index, first.last.id)
    assert damaged.outcome == "damaged"
    assert damaged.error


def test_the_index_catches_up(empty_archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        capture_all(empty_archive, [server.url("/a")])
        early = {path: path.read_bytes() for path in empty_archive.layout.metadata.glob("*.db*")}
        capture_all(empty_archive, [server.url("/a"), server.url("/b")])
        wanted = dump_index(empty_archive)
        for path in empty_archive.layout.metadata.glob("*.db*"):
            path.unlink()
        for path, data in early.items():
            path.write_bytes(data)
        with write_to(empty_archive):
            pass
    assert dump_index(empty_archive) == wanted


def test_interrupted_it_keeps_what_is_in_flight(empty_archive: Archive) -> None:
    slow = Script(steps=(Step(send=answer_page(PAGE, fields=HTML), pause=0.3),))
    root = empty_archive.layout.root
    with serve_raw(lambda _request: slow) as server:
        listed = root / "list.txt"
        listed.write_text("\n".join(server.url(f"/{number}") for number in range(200)))
        command = [sys.executable, "-m", "archive", "capture", "--from", str(listed), "--json"]
        process = subprocess.Popen(
            [*command, "--no-extract", "--archive", str(root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=60)
    lines = [json.loads(line) for line in [first, *rest.splitlines()]]
    assert process.returncode == 130
    assert "left: the same command continues" in said
    assert 0 < len(lines) < 200
    assert all(line["status"] == 200 for line in lines)
    assert list_findings(empty_archive) == []


@pytest.mark.timeout(400)
def test_killed_at_ten_points_nothing_acknowledged_is_lost(empty_archive: Archive) -> None:
    """500 addresses on 20 hosts, SIGKILL at ten seeded points of progress, started again."""
    random = Random(20261122)
    page = Script(steps=(Step(send=b"", pause=0.05), Step(send=answer_page(PAGE, fields=HTML))))
    root = empty_archive.layout.root
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve_raw(lambda _request: page, address=f"127.0.0.{host}"))
            for host in range(2, 22)
        ]
        addresses = [server.url(f"/{number}") for number in range(25) for server in servers]
        listed = root / "list.txt"
        listed.write_text("\n".join(addresses))
        told: list[str] = []
        done: set[str] = set()
        for kill in sorted(random.sample(range(20, 480), 10)):
            asked_before = Counter(list_requests(servers))
            told += run_until(root, listed, partial(has_asked, servers, kill))
            asked = Counter(list_requests(servers))
            # What an earlier run acknowledged is not asked for again.
            assert all(asked[item] == asked_before[item] for item in done)
            done = set(told)
        asked_before = Counter(list_requests(servers))
        told += run_until(root, listed, lambda: False)
        asked = Counter(list_requests(servers))
        assert all(asked[item] == asked_before[item] for item in done)
    assert len(told) == len(set(told))
    with closing(open_readonly(empty_archive.layout.database)) as index:
        for address in addresses:
            assert find_capture(index, address).status == 200
    assert list_findings(empty_archive) == []


def run_until(root: Path, listed: Path, stop: Callable[[], bool]) -> list[str]:
    """Run the batch; kill it when ``stop`` says so; return what it acknowledged."""
    command = [sys.executable, "-m", "archive", "capture", "--from", str(listed), "--json"]
    with (
        TemporaryFile() as output,
        subprocess.Popen(
            [*command, "--no-extract", "--archive", str(root)], stdout=output
        ) as process,
    ):
        while process.poll() is None:
            if stop():
                process.kill()
            time.sleep(0.002)
        output.seek(0)
        lines = output.read().decode().splitlines(keepends=True)
    assert process.returncode in (0, -signal.SIGKILL)
    return [json.loads(line)["url"] for line in lines if line.endswith("\n")]


def has_asked(servers: list[RawServer], wanted: int) -> bool:
    """Tell whether so many addresses were asked for."""
    return len(list_requests(servers)) >= wanted


def list_requests(servers: list[RawServer]) -> list[str]:
    """Return every address that was asked for, robots.txt aside, as often as it was."""
    return [
        server.url(target)
        for server in servers
        for target in server.targets
        if target != "/robots.txt"
    ]
