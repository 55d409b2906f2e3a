"""What a page shows: fetched behind it, within bounds, and never a danger to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.capture.settings import Limits
from archive.index.search import open_reader, select_captures, select_statements
from archive.workflows.capture import CaptureRun
from archive.workflows.opening import Archive
from archive.workflows.settings import RequisiteSettings
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_transport,
    make_world,
    run_archive,
)
from tests.support.clock import START, make_clock
from tests.support.raw_server import (
    Answer,
    RawServer,
    Script,
    Step,
    answer_page,
    answer_redirect,
    serve_raw,
)

RUN = CaptureRun(batch=None, requisites=RequisiteSettings(), complete=True)
HTML = ("Content-Type: text/html; charset=utf-8",)
CSS = ("Content-Type: text/css",)
PNG = ("Content-Type: image/png",)
PICTURE = b"\x89PNG\r\n\x1a\n"
STORY = "/ferry-times/"


def make_page(body: str, head: str = "") -> bytes:
    page = f"<!doctype html><title>Ferry times</title>{head}<p>The ferry leaves at nine.</p>{body}"
    return answer_page(page.encode(), fields=HTML)


def make_picture(name: str) -> bytes:
    return answer_page(PICTURE + name.encode(), fields=PNG)


SITE: dict[str, Answer] = {
    STORY: make_page(
        '<img src="/boat.png"><img src="/lost.png"><a href="/other/">other</a>',
        '<link rel=stylesheet href="/a.css"><link rel=icon href="/icon.png">',
    ),
    "/a.css": answer_page(b"@import 'b.css'; p { background: url(wave.png) }", fields=CSS),
    "/b.css": answer_page(
        b"@import 'a.css'; @import 'c.css'; @font-face { src: url(letters.woff2) }", fields=CSS
    ),
    "/c.css": answer_page(b"@import 'd.css'; p { background: url(deep.png) }", fields=CSS),
    "/letters.woff2": answer_page(b"wOF2letters", fields=("Content-Type: font/woff2",)),
    **{f"/{name}.png": make_picture(name) for name in ("boat", "icon", "wave", "deep")},
}


@contextmanager
def serve_site(**changes: Answer) -> Iterator[RawServer]:
    """The site above; ``changes`` are by path."""
    answers = {**SITE, **changes}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        yield server


def list_requisites(archive: Archive) -> dict[str, tuple[str, int | None]]:
    """The path of every capture of a requisite, its outcome and status."""
    with open_reader(archive.layout.database) as reader:
        rows = reader.query(
            "SELECT url, outcome, status FROM captures WHERE purpose = 'requisite' ORDER BY leaf"
        )
        return {"/" + row["url"].split("/", 3)[3]: (row["outcome"], row["status"]) for row in rows}


def assert_rebuilt(archive: Archive) -> None:
    """Rebuilding gives the same rows, and nothing is found wrong."""
    before = dump_index(archive)
    assert run_archive(["rebuild"], root=archive.layout.root).returncode == 0
    assert dump_index(archive) == before
    assert list_findings(archive) == []


def test_what_a_page_shows_is_captured_behind_it(empty_archive: Archive) -> None:
    with serve_site() as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        asked = server.targets
    assert result.last.outcome == "response"
    assert asked[:4] == ["/robots.txt", STORY, "/robots.txt", "/a.css"]
    assert asked[4] == "/b.css"
    assert set(asked[5:]) == {
        *("/boat.png", "/lost.png", "/icon.png", "/wave.png", "/letters.woff2"),
    }
    assert list_requisites(empty_archive) == {
        **dict.fromkeys(
            ("/a.css", "/b.css", "/boat.png", "/icon.png", "/wave.png", "/letters.woff2"),
            ("response", 200),
        ),
        "/lost.png": ("response", 404),
    }
    assert_rebuilt(empty_archive)


def test_requisites_are_part_of_no_statement_and_of_no_list(empty_archive: Archive) -> None:
    with serve_site() as server:
        capture_all(empty_archive, [server.url(STORY)], run=RUN)
    with open_reader(empty_archive.layout.database) as reader:
        (statement,) = select_statements(reader, host=None, limit=100)
        listed = select_captures(reader, statement=None, host=None, limit=100)
        purposes = Counter(row["purpose"] for row in listed)
        (kept,) = reader.query(
            "SELECT count(statement_id) AS statements, count(text_outcome) AS texts,"
            " count(*) AS number FROM captures WHERE purpose = 'requisite'"
        )
    assert statement["captures"] == 1
    assert purposes == {"statement": 1, "robots": 2}
    assert kept == {"statements": 0, "texts": 0, "number": 7}


def test_a_thousand_images_leave_room_for_what_sheets_name(empty_archive: Archive) -> None:
    body = "".join(f'<img src="/{number}.png">' for number in range(1000))
    page = make_page(body, '<link rel=stylesheet href="/many.css">')
    sheet = "".join(f"p{{background:url(/css{number}.png)}}" for number in range(8))
    with serve_site(
        **{STORY: page, "/many.css": answer_page(sheet.encode(), fields=CSS)}
    ) as server:
        run = replace(RUN, requisites=RequisiteSettings(number=41, page_seconds=1e6))
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=run)
    assert result.last.status == 200
    named = list(list_requisites(empty_archive))
    assert len(named) == 41
    # Four are fetched at once: which of them ends first is chance.
    assert {path for path in named if path.startswith("/css")} == {
        f"/css{number}.png" for number in range(8)
    }


def test_a_redirect_into_a_private_network_is_recorded_and_not_followed(
    empty_archive: Archive,
) -> None:
    with serve_site(**{"/boat.png": answer_redirect("http://10.0.0.1/boat.png")}) as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
    assert result.last.status == 200
    with open_reader(empty_archive.layout.database) as reader:
        rows = list(reader.query("SELECT outcome, url FROM captures WHERE hops = 2 ORDER BY hop"))
    assert [row["outcome"] for row in rows] == ["response", "blocked"]
    assert rows[1]["url"] == "http://10.0.0.1/boat.png"
    assert_rebuilt(empty_archive)


def test_an_image_of_a_gigabyte_is_cut_short(empty_archive: Archive) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1073741824\r\n\r\n"
    giant = Script(steps=(Step(send=head + PICTURE), Step(send=b"\0" * 65536, times=16384)))
    archive = replace(
        empty_archive, settings=replace(empty_archive.settings, limits=Limits(backoff_seconds=0.01))
    )
    run = replace(RUN, requisites=RequisiteSettings(wire_bytes=1 << 20))
    start = time.monotonic()
    with serve_site(**{"/boat.png": giant}) as server:
        capture_all(archive, [server.url(STORY)], run=run, transport=make_transport(archive))
    assert time.monotonic() - start < 30
    assert list_requisites(archive)["/boat.png"] == ("truncated", 200)
    assert sum(path.stat().st_size for path in archive.layout.warcs.iterdir()) < 2 << 20
    assert_rebuilt(archive)


@pytest.mark.parametrize(
    ("settings", "number"),
    [(RequisiteSettings(page_bytes=250_000), 3), (RequisiteSettings(page_seconds=0.001), 1)],
    ids=["bytes", "seconds"],
)
def test_a_page_that_has_had_its_share_gets_no_more(
    settings: RequisiteSettings, number: int, empty_archive: Archive
) -> None:
    pictures = {
        f"/{name}.png": answer_page(PICTURE + os.urandom(100_000), fields=PNG)
        for name in range(100)
    }
    page = make_page("".join(f'<img src="{path}">' for path in pictures))
    transport = make_transport(
        empty_archive,
        politeness=replace(empty_archive.settings.politeness, per_host=1, in_flight=1),
    )
    with serve_site(**{STORY: page, **pictures}) as server:
        run = replace(RUN, requisites=settings)
        capture_all(empty_archive, [server.url(STORY)], run=run, transport=transport)
    assert len(list_requisites(empty_archive)) == number
    assert_rebuilt(empty_archive)


def test_another_host_may_be_asked(empty_archive: Archive) -> None:
    with serve_raw({"/far.png": make_picture("far")}, address="127.0.0.5") as other:
        page = make_page(f'<img src="{other.url("/far.png")}"><img src="file:///etc/passwd">')
        with serve_site(**{STORY: page}) as server:
            capture_all(empty_archive, [server.url(STORY)], run=RUN)
        assert other.targets == ["/robots.txt", "/far.png"]
    assert list_requisites(empty_archive) == {"/far.png": ("response", 200)}


def test_robots_rules_hold_for_requisites(empty_archive: Archive) -> None:
    rules = answer_page(b"User-agent: *\nDisallow: /\n")
    with serve_site(**{"/robots.txt": rules}) as server:
        (result,) = capture_all(empty_archive, [server.url(STORY)], run=RUN)
        assert server.targets == ["/robots.txt", STORY, "/robots.txt"]
    assert result.last.status == 200
    assert set(list_requisites(empty_archive).values()) == {("blocked", None)}


def test_secrets_are_not_sent_for_requisites(empty_archive: Archive) -> None:
    with serve_site() as server:
        capture_all(
            empty_archive,
            [server.url(STORY)],
            run=RUN,
            transport=make_transport(empty_archive, headers=(("Authorization", "open sesame"),)),
        )
        told = [request for request in server.requests if b"sesame" in request]
    assert [request.split(b" ")[1] for request in told] == [b"/robots.txt", STORY.encode()]


def test_the_same_requisite_is_asked_for_once_an_hour_and_then_conditionally(
    empty_archive: Archive,
) -> None:
    pages = {f"/page-{number}/": SITE[STORY] for number in range(3)}
    changes = {
        "/boat.png": answer_page(PICTURE, fields=(*PNG, 'ETag: "one"')),
        "/a.css": answer_page(b"p { background: url(wave.png) }", fields=CSS),
    }
    asked = []

    def answer(request: bytes) -> Answer | None:
        path = request.split(b" ")[1].decode()
        if path == "/boat.png":
            asked.append(b"If-None-Match" in request)
            if asked[-1]:
                return answer_page(b"", status="304 Not Modified", fields=('ETag: "one"',))
        return {**SITE, **pages, **changes}.get(path)

    with serve_raw(answer) as server:
        for number, minutes in enumerate((0, 30, 90)):
            clock = make_clock(START + timedelta(minutes=minutes))
            world = make_world(clock=clock, seed=str(number))
            capture_all(empty_archive, [server.url(f"/page-{number}/")], world=world, run=RUN)
        assert server.targets.count("/wave.png") == 2
    assert asked == [False, True]
    with open_reader(empty_archive.layout.database) as reader:
        rows = reader.query(
            "SELECT outcome, status FROM captures WHERE url LIKE '%.png' AND captured_at > :later"
            " ORDER BY url",
            {"later": "2024-02-29T13:20"},
        )
        kept = [(row["outcome"], row["status"]) for row in rows]
    assert kept == [
        ("response", 304),
        ("revisit", 200),  # the icon
        ("response", 404),  # the lost one
        ("revisit", 200),  # the wave
    ]
    assert_rebuilt(empty_archive)


@pytest.mark.parametrize(("complete", "again"), [(True, 7), (False, 1)])
def test_an_unchanged_page_is_completed_and_had_again_where_a_person_asks_for_it_alone(
    complete: bool,  # noqa: FBT001  # a table's column
    again: int,
    empty_archive: Archive,
) -> None:
    """Else only what failed is asked for again, and that no sooner than after a day."""
    down = answer_page(b"", status="503 Service Unavailable")
    counts = []
    with serve_site(**{"/boat.png": down}) as server:
        capture_all(empty_archive, [server.url(STORY)], run=replace(RUN, requisites=None))
        assert list_requisites(empty_archive) == {}
        run = replace(RUN, complete=complete)
        for hours in (1, 1.2, 26):
            before = len(server.targets)
            world = make_world(clock=make_clock(START + timedelta(hours=hours)), seed=str(hours))
            (result,) = capture_all(empty_archive, [server.url(STORY)], world=world, run=run)
            assert result.last.outcome == "revisit"
            asked = server.targets[before:]
            counts.append(len(asked) - asked.count("/robots.txt") - asked.count(STORY))
    assert counts == [7, 0, again]


def test_recapture_fetches_what_a_changed_page_shows(empty_archive: Archive) -> None:
    answers = {**SITE, STORY: make_page('<img src="/boat.png">')}
    with serve_raw(lambda request: answers.get(request.split(b" ")[1].decode())) as server:
        arguments = ["capture", server.url(STORY), "--no-requisites", "--no-extract"]
        assert run_archive(arguments, root=empty_archive.layout.root).returncode == 0
        held: list[str] = []
        for _ in range(2):  # unchanged, then changed
            done = run_archive(["recapture", server.url(STORY)], root=empty_archive.layout.root)
            assert (done.returncode, done.stdout.count("\n")) == (0, 1)
            held = list(list_requisites(empty_archive))
            if "unchanged" in done.stdout:
                assert held == ["/boat.png"]  # it was never had
                answers[STORY] = make_page('<img src="/wave.png">')
        assert held == ["/boat.png", "/wave.png"]


WITHOUT = {
    "the option": ("", ["--no-requisites"], False),
    "the settings": ("[requisites]\nenabled = false\n", [], False),
    "the option against the settings": (
        "[requisites]\nenabled = false\n",
        ["--requisites"],
        True,
    ),
    "nothing said": ("", [], True),
}


@pytest.mark.parametrize("kind", WITHOUT)
def test_a_person_decides_whether_requisites_are_fetched(kind: str, empty_archive: Archive) -> None:
    settings, options, is_fetched = WITHOUT[kind]
    path = empty_archive.layout.settings
    path.write_text(path.read_text("utf-8") + settings, "utf-8")
    with serve_site() as server:
        arguments = ["capture", server.url(STORY), "--no-extract", "--json", *options]
        done = run_archive(arguments, root=empty_archive.layout.root)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["url"] == server.url(STORY)  # requisites are not told
        assert ("/wave.png" in server.targets) is is_fetched


def test_what_is_no_page_shows_nothing(empty_archive: Archive) -> None:
    targets: dict[str, Answer] = {
        "/a.txt": answer_page(b"<img src=/boat.png>", fields=("Content-Type: text/plain",)),
        "/a.json": answer_page(
            b'"<img src=/boat.png>"', fields=("Content-Type: application/json",)
        ),
        "/gone": answer_page(b"<img src=/boat.png>", status="404 No", fields=HTML),
        "/odd": answer_page(b"<img  src=/boat.png>", fields=(*HTML, "Content-Encoding: odd")),
    }
    with serve_site(**targets) as server:
        capture_all(empty_archive, [server.url(target) for target in targets], run=RUN)
        assert "/boat.png" not in server.targets


def test_killed_half_way_the_page_is_safe_and_the_same_command_fetches_the_rest(
    empty_archive: Archive,
) -> None:
    pictures = {f"/{number}.png": make_picture(str(number)) for number in range(30)}
    slow: dict[str, Answer] = {
        path: Script(steps=(Step(send=answer, pause=0.2),)) for path, answer in pictures.items()
    }
    page = make_page("".join(f'<img src="{path}">' for path in pictures))
    root = str(empty_archive.layout.root)
    with serve_site(**{STORY: page, **slow}) as server:
        command = [sys.executable, "-m", "archive", "capture", server.url(STORY)]
        command += ["--archive", root, "--no-extract"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = process.stdout.readline()
            while not 15 <= sum(target.endswith(".png") for target in server.targets) < 30:
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        assert "response 200" in told  # before anything that the page shows was asked for
        before = len(server.targets)
        again = run_archive(
            ["capture", server.url(STORY), "--no-extract"], root=empty_archive.layout.root
        )
        assert again.returncode == 0, again.stderr
        again_asked = sum(target.endswith(".png") for target in server.targets[before:])
        assert again_asked < 30  # some were held
    held = list_requisites(empty_archive)
    assert held == dict.fromkeys(pictures, ("response", 200))
    assert_rebuilt(empty_archive)
