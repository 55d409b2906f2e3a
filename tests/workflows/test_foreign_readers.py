"""Other people's readers on what a capture run leaves: indexing, replay, revisits."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from archive.workflows.capture import CaptureResult
from archive.workflows.opening import Archive
from tests.support.archives import capture_all, list_warcs, make_world
from tests.support.clock import make_clock
from tests.support.raw_server import answer_page, answer_redirect, serve_raw

PAGE = b"<!doctype html><title>Bridge</title><p>The bridge is open again.</p>"
HTML = ("Content-Type: text/html",)
START_SECONDS = 60.0
PROGRAMS = Path(sys.executable).parent


def test_pywb_replays_a_page_and_resolves_a_revisit(empty_archive: Archive, tmp_path: Path) -> None:
    body = {"now": PAGE}
    answers = {"/old": answer_redirect("/a", status="301 Moved Permanently")}

    def answer(request: bytes) -> bytes | None:
        target = request.split(b" ")[1].decode()
        return answer_page(body["now"], fields=HTML) if target == "/a" else answers.get(target)

    with serve_raw(answer) as server:
        results: list[CaptureResult] = []
        clock = make_clock()
        for text in (PAGE, PAGE, PAGE.replace(b"again", b"for bicycles")):
            body["now"] = text
            world = make_world(clock=clock, seed=str(len(results)))
            results += capture_all(empty_archive, [server.url("/old")], world=world)
        address = server.url("/a")
    assert [result.last.outcome for result in results] == ["response", "revisit", "response"]
    with serve_pywb(tmp_path, list_warcs(empty_archive)) as origin:
        for result, text in zip(results, (PAGE, PAGE, body["now"]), strict=True):
            moment = "".join(filter(str.isdigit, result.last.captured_at[:19]))
            found, shown = read_url(f"{origin}/test/{moment}id_/{address}")
            assert shown == text
            assert moment in found


def test_cdxj_indexer_indexes_them(empty_archive: Archive) -> None:
    with serve_raw({"/a": answer_page(PAGE, fields=HTML)}) as server:
        clock = make_clock()
        for seed in ("first", "second"):
            world = make_world(clock=clock, seed=seed)
            capture_all(empty_archive, [server.url("/a")], world=world)
        address = server.url("/a")
    lines = []
    for path in list_warcs(empty_archive):
        done = subprocess.run(
            [PROGRAMS / "cdxj-indexer", str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        lines += [json.loads(line.split(" ", 2)[2]) for line in done.stdout.splitlines()]
    found = [line for line in lines if line["url"] == address]
    assert [line["mime"] for line in found] == ["text/html", "warc/revisit"]
    assert found[0]["digest"] == found[1]["digest"]


def read_url(url: str) -> tuple[str, bytes]:
    """Return the address that answered, and its body."""
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  # loopback, ours
        return answer.url, answer.read()


@contextmanager
def serve_pywb(folder: Path, warcs: list[Path]) -> Iterator[str]:
    """Run pywb on a collection of these files; give its origin."""
    manager = PROGRAMS / "wb-manager"
    subprocess.run([manager, "init", "test"], cwd=folder, check=True, capture_output=True)
    subprocess.run(
        [manager, "add", "test", *map(str, warcs)], cwd=folder, check=True, capture_output=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PROGRAMS / "wayback"), "-p", str(port), "-b", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            read_url(url)
        except (URLError, ConnectionError):
            if time.monotonic() > end:
                pytest.fail(f"nothing answers at {url}")
            time.sleep(0.2)
        else:
            return
