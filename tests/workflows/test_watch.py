"""Watching: orders as records, what is due and when, the second look, and going on after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from archive.core.watch import WatchOrder, derive_watch_id, format_watch_urn
from archive.errors import InputError
from archive.history.schedule import list_schedule
from archive.index.database import open_readonly
from archive.index.watches import VisitRow, select_visits, select_watches
from archive.workflows.annotate import make_annotation, store_named
from archive.workflows.opening import Archive
from archive.workflows.watch import WatchMeans, WatchPass, WatchVisit, run_watch, run_watches
from archive.workflows.watch_lists import MOST_LISTS, MOST_NEW, Memory
from archive.workflows.watch_orders import add_watch, list_states, parse_until, remove_watch
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_transport,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import MovedClock
from tests.support.raw_server import Answer, RawServer, answer_page, answer_redirect, serve_raw

HTML = "Content-Type: text/html; charset=utf-8"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def make_page(words: str, noise: str = "") -> bytes:
    """A page with a main text, and with something in its bytes that nobody reads."""
    return f"""<!doctype html><html lang="en"><head><title>Harbour</title></head><body><article>
<h1>Harbour</h1><p>{words} The office of the harbour of Norrvik answers questions in the morning,
and in the afternoon by letter alone.</p><p>Boats tie up at the eastern quay until the works at the
western one are done, which will take until autumn.</p></article><!--{noise}--></body>""".encode()


def make_feed(entries: Sequence[tuple[str, str | None]]) -> bytes:
    """An Atom feed of addresses with dates."""
    items = "".join(
        f"<entry><id>{url}</id><title>t</title><link href='{url}'/>"
        + (f"<published>{date}</published>" if date else "")
        + "</entry>"
        for url, date in entries
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{items}</feed>".encode()


def make_sitemap(pages: Sequence[tuple[str, str | None]], *, index: bool = False) -> bytes:
    kind, part = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    listed = "".join(
        f"<{part}><loc>{url}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</{part}>"
        for url, date in pages
    )
    return f"<{kind} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</{kind}>".encode()


@dataclass(slots=True, kw_only=True)
class Site:
    """Pages by target, which a test changes; what is not there is answered 404."""

    pages: dict[str, Answer] = field(default_factory=dict)

    def answer(self, request: bytes) -> Answer | None:
        return self.pages.get(request.split(b" ")[1].decode())

    def put(self, target: str, body: bytes, *fields: str, status: str = "200 OK") -> None:
        self.pages[target] = answer_page(body, status=status, fields=(HTML, *fields))


class Watcher:
    """An archive with a clock that the test moves, and what its passes told."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.clock = MovedClock()
        self.world = make_world(clock=self.clock, seed=os.urandom(8).hex())
        self.memory: Memory = {}

    def order(self, kind: str, address: str, **more: object) -> str:
        order = WatchOrder(kind=kind, address=address, **more)  # type: ignore[arg-type]
        with write_to(self.archive, self.world) as writing:
            return add_watch(writing, order, reason="It is watched.").watch_id or ""

    def make_means(
        self, tell: Callable[[Sequence[WatchVisit]], None], confirm: float | None = 60.0
    ) -> WatchMeans:
        return WatchMeans(
            transport=make_transport(self.archive),
            tell=tell,
            sleep=self.clock.sleep,
            memory=self.memory,
            confirm_seconds=confirm,
        )

    def run(self, *, confirm: float | None = 60.0) -> list[tuple[str, str]]:
        """Make a pass; return the path of each visit and what it showed."""
        told, _ = self.run_pass(confirm=confirm)
        return [("/" + one.result.address.split("/", 3)[3], one.standing) for one in told]

    def run_pass(self, *, confirm: float | None = 60.0) -> tuple[list[WatchVisit], WatchPass]:
        told: list[WatchVisit] = []
        made = run_watch(self.archive, self.world, self.make_means(told.extend, confirm))
        return told, made


@pytest.fixture
def watcher(empty_archive: Archive) -> Watcher:
    return Watcher(empty_archive)


def test_the_page_shows_the_schedule_as_it_is(repository: Path) -> None:
    page = (repository / "docs" / "verbs" / "watch.md").read_text("utf-8")
    for age, often in list_schedule():
        assert f"| {age} | {often} |" in page
    assert page.count(" | every ") == len(list_schedule())
    assert f"{MOST_NEW} new" in page
    assert f"{MOST_LISTS} sitemaps" in page


def rebuild(archive: Archive) -> None:
    for path in archive.layout.metadata.glob("archive.db*"):
        path.unlink()
    done = run_archive(["rebuild"], root=archive.layout.root)
    assert done.returncode == 0, done.stderr


def test_orders_are_records(watcher: Watcher) -> None:
    first = watcher.order("url", "http://a.example")
    again = watcher.order("url", "http://a.example/#part", every=6 * HOUR)
    assert again == first
    feed = watcher.order("feed", "http://a.example/feed", until=parse_until("2024-12"))
    with pytest.raises(InputError, match="already"):
        watcher.order("url", "http://a.example/", every=6 * HOUR)
    with pytest.raises(InputError, match="has passed"):
        watcher.order("url", "http://a.example/", until=parse_until("2023"))
    with closing(open_readonly(watcher.archive.layout.database)) as index:
        found = select_watches(index)
        assert [one.id for one in found] == [first, feed]
        assert found[0].order.every == 6 * HOUR
        assert found[0].since < parse_until(found[0].asserted_at[:19] + "Z")
        assert found[0].reason == "It is watched."
    with write_to(watcher.archive, watcher.world) as writing:
        remove_watch(writing, "http://a.example", reason=None)
        with pytest.raises(InputError, match="nothing is watched"):
            remove_watch(writing, "http://a.example", reason=None)
        assert [state.watch.id for state in list_states(writing.index)] == [feed]
    before = dump_index(watcher.archive)
    rebuild(watcher.archive)
    assert dump_index(watcher.archive) == before
    assert list_findings(watcher.archive) == []


def test_a_statement_is_visited_by_the_schedule(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open."), 'ETag: "1"')
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        assert watcher.run() == [("/a", "new")]
        assert watcher.run() == []
        watcher.clock.move(14 * MINUTE)
        assert watcher.run() == []
        watcher.clock.move(MINUTE)
        assert watcher.run() == [("/a", "unchanged")]
        watcher.clock.move(3 * HOUR)
        assert watcher.run() == [("/a", "unchanged")]
        watcher.clock.move(59 * MINUTE)
        assert watcher.run() == []
        watcher.clock.move(MINUTE)
        assert watcher.run() == [("/a", "unchanged")]
        asked = [request for request in server.requests if request.startswith(b"GET /a ")]
    assert [b"If-None-Match" in request for request in asked] == [False, True, True, True]


def test_a_server_that_is_wrong_about_304_hides_a_change_for_a_day_at_most(
    watcher: Watcher,
) -> None:
    site = Site()
    site.put("/a", make_page("Open at nine."), 'ETag: "1"')

    def answer(request: bytes) -> Answer | None:
        if b"If-None-Match" in request:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        return site.answer(request)

    with serve_raw(answer) as server:
        watcher.order("url", server.url("/a"))
        watcher.run()
        site.put("/a", make_page("Open at ten."), 'ETag: "1"')
        watcher.clock.move(23 * HOUR)
        assert watcher.run() == [("/a", "unchanged")]
        watcher.clock.move(HOUR)
        assert watcher.run() == [("/a", "changed"), ("/a", "confirmed")]


def test_a_change_is_looked_at_twice(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open at nine."))
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        site.put("/a", make_page("Open at ten."))
        assert watcher.run() == [("/a", "changed"), ("/a", "confirmed")]
        assert 59 < watcher.clock.slept[-2] <= 60
        with closing(open_readonly(watcher.archive.layout.database)) as index:
            moments = [
                one.captured_at
                for one in select_visits(index, server.url("/a"), purpose="statement", limit=9)
            ]
        assert moments[2] - moments[1] >= MINUTE
        assert b"If-" not in server.requests[-1]
        watcher.clock.move(DAY)
        assert watcher.run() == [("/a", "unchanged")]


def test_the_lock_was_held_while_a_second_look_was_waited_for(watcher: Watcher) -> None:
    """A capture beside it waited in vain; one of the same page does not hide what was found."""
    site = Site()
    site.put("/a", make_page("Open at nine."))
    site.put("/b", make_page("Closed."))
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        site.put("/a", make_page("Open at ten."))
        beside: list[str] = []

        def sleep(seconds: float) -> bool:
            if seconds > 30:
                addresses = [server.url("/a"), server.url("/b")]
                captured = capture_all(watcher.archive, addresses, world=watcher.world)
                beside.extend(result.last.outcome for result in captured)
            return watcher.clock.sleep(seconds)

        told: list[WatchVisit] = []
        means = replace(watcher.make_means(told.extend), sleep=sleep)
        made = run_watch(watcher.archive, watcher.world, means)
    assert len(beside) == 2
    assert set(beside) <= {"response", "revisit"}
    assert [visit.standing for visit in told] == ["changed", "confirmed"]
    assert (made.changed, made.confirmed, made.left_out) == (1, 1, 0)
    assert list_findings(watcher.archive) == []


def test_a_capture_beside_a_watch_that_waits_succeeds(watcher: Watcher) -> None:
    """The verbs as they are typed: the watch is told to stop while it waits for its second look."""
    site = Site()
    site.put("/a", make_page("Open at nine."))
    root = watcher.archive.layout.root
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        watcher.run()
        site.put("/a", make_page("Open at ten."))
        command = [sys.executable, "-m", "archive", "watch", "run", "--archive", str(root)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert "changed" in process.stdout.readline()
            beside = run_archive(["capture", server.url("/a")], root=root)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=30)
    assert beside.returncode == 0, beside.stderr
    assert process.returncode == 130, said
    assert "1 changed or gone, 0 of them confirmed" in said


def test_who_writes_for_long_puts_a_second_look_off(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open at nine."))
    with serve_raw(site.answer) as server, ExitStack() as stack:
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        site.put("/a", make_page("Open at ten."))

        def sleep(seconds: float) -> bool:
            if seconds > 30:
                stack.enter_context(write_to(watcher.archive, watcher.world))
            return watcher.clock.sleep(seconds)

        told: list[WatchVisit] = []
        means = replace(watcher.make_means(told.extend), sleep=sleep, lock_seconds=0.1)
        made = run_watch(watcher.archive, watcher.world, means)
    assert [visit.standing for visit in told] == ["changed"]
    assert (made.changed, made.confirmed, made.left_out) == (1, 0, 1)
    assert made.finished


def test_what_only_changes_its_bytes_is_not_looked_at_twice(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open.", "1"))
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        site.put("/a", make_page("Open.", "2"))
        assert watcher.run() == [("/a", "unchanged")]


COUNTED = "<p>{count} Aufrufe</p><div class='related'><a href='/{count}'>No. {count}</a></div>"


def test_a_counter_that_changes_at_every_visit_kept_a_page_young(watcher: Watcher) -> None:
    """It thins out as the table says, is never called changed, and never looked at twice."""
    site = Site()
    visits: list[timedelta] = []
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))

        def pass_by(*moves: timedelta) -> list[str]:
            """Let time pass, look after each step, and say what the visits showed."""
            told = []
            for move in moves:
                watcher.clock.move(move)
                visits.append(move)
                noise = COUNTED.format(count=f"{1000 + 7 * len(visits):,}").encode()
                site.put("/a", make_page("Open.").replace(b"</h1>", b"</h1>" + noise))
                told += [standing for _, standing in watcher.run()]
            return told

        assert pass_by(0 * HOUR) == ["new"]
        assert pass_by(*[15 * MINUTE] * 12) == ["unchanged"] * 12
        assert pass_by(*[30 * MINUTE] * 4) == ["unchanged"] * 2
        assert pass_by(DAY, 2 * HOUR, HOUR) == ["unchanged"] * 2
        assert pass_by(7 * DAY, 2 * DAY, DAY) == ["unchanged"] * 2
        payloads = {one.payload for one in list_rows(watcher, server.url("/a"))}
    assert len(payloads) == 1 + 12 + 2 + 2 + 2


def test_an_edit_amid_noise_makes_visits_denser(watcher: Watcher) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        site.put("/a", make_page("Open at nine.", "1"))
        watcher.run()
        watcher.clock.move(60 * DAY)
        site.put("/a", make_page("Open at nine.", "2"))
        assert watcher.run() == [("/a", "unchanged")]
        watcher.clock.move(30 * DAY)
        site.put("/a", make_page("Open at ten.", "3"))
        assert watcher.run() == [("/a", "changed"), ("/a", "confirmed")]
        watcher.clock.move(HOUR)
        assert watcher.run() == [("/a", "unchanged")]


@pytest.mark.parametrize(
    ("answer", "standings"),
    [
        (answer_redirect("/"), ["gone", "confirmed"]),
        (answer_redirect("http://127.0.0.1:1/", status="301 Moved Permanently"), ["failed"]),
        (
            answer_page(
                b"<title>Page not found</title><h1>Page not found</h1><p>It is not there.</p>",
                fields=(HTML,),
            ),
            ["gone", "confirmed"],
        ),
        (
            answer_page(
                b"<title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p>",
                fields=(HTML, "cf-mitigated: challenge"),
            ),
            ["failed"],
        ),
    ],
    ids=["home page", "moved to nowhere", "soft 404", "challenge page"],
)
def test_what_comes_instead_of_a_page_was_called_a_change(
    watcher: Watcher, answer: Answer, standings: list[str]
) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        site.put("/", make_page("Welcome to all of you."))
        site.put("/a", make_page("Open."))
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        site.pages["/a"] = answer
        assert [standing for _, standing in watcher.run()] == standings
        watcher.clock.move(DAY)
        assert [standing for _, standing in watcher.run()] == standings[:1]
        watcher.clock.move(2 * DAY)
        site.put("/a", make_page("Open."))
        back = ["changed", "confirmed"] if "gone" in standings else ["unchanged"]
        assert [standing for _, standing in watcher.run()] == back


def list_rows(watcher: Watcher, address: str) -> tuple[VisitRow, ...]:
    with closing(open_readonly(watcher.archive.layout.database)) as index:
        return select_visits(index, address, purpose="statement", limit=999)


def test_a_passing_fault_is_no_change(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open."))
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.run()
        watcher.clock.move(DAY)
        whole = site.pages.pop("/a")
        told: list[WatchVisit] = []

        def tell(visits: Sequence[WatchVisit]) -> None:
            told.extend(visits)
            site.pages["/a"] = whole  # it is back before the second look

        made = run_watch(watcher.archive, watcher.world, watcher.make_means(tell))
        assert [one.standing for one in told] == ["gone", "passing"]
        assert (made.changed, made.confirmed) == (1, 0)
        watcher.clock.move(DAY)
        site.pages.clear()
        assert watcher.run() == [("/a", "gone"), ("/a", "confirmed")]
        watcher.clock.move(DAY)
        assert watcher.run() == [("/a", "gone")]  # known by now


def test_a_feed_brings_statements_in(watcher: Watcher) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        for name in ("old", "undated", "new", "late"):
            site.put(f"/{name}", make_page(name))
        old = (server.url("/old"), "2024-02-01T00:00:00Z")
        undated = (server.url("/undated"), None)
        site.put("/feed", make_feed([old, undated]))
        urn = format_watch_urn(watcher.order("feed", server.url("/feed")))
        assert watcher.run() == [("/feed", "list")]
        watcher.clock.move(HOUR)
        site.put(
            "/feed",
            make_feed([(server.url("/new"), "2024-02-29T12:30:00Z"), (server.url("/late"), None)])
            + b"",
        )
        assert sorted(watcher.run()) == [("/feed", "list"), ("/late", "new"), ("/new", "new")]
        watcher.clock.move(16 * MINUTE)
        assert sorted(watcher.run()) == [("/late", "unchanged"), ("/new", "unchanged")]
        # What the feed does not name any more is still watched.
        site.put("/feed", make_feed([]))
        watcher.clock.move(HOUR)
        assert sorted(watcher.run()) == [
            ("/feed", "list"),
            ("/late", "unchanged"),
            ("/new", "unchanged"),
        ]
        with write_to(watcher.archive, watcher.world) as writing:
            (state,) = list_states(writing.index)
            assert state.statements == 2
            remove_watch(writing, urn, reason="Enough.")
        watcher.clock.move(DAY)
        assert watcher.run() == []
    before = dump_index(watcher.archive)
    assert any(f'"batch": "{urn}"' in line for line in before)
    rebuild(watcher.archive)
    assert dump_index(watcher.archive) == before
    assert list_findings(watcher.archive) == []


def test_a_feed_as_it_was_still_gives_what_a_killed_run_left(watcher: Watcher) -> None:
    """The feed was stored, then the run was killed; the next answer is a 304 without entries."""
    site = Site()
    with serve_raw(site.answer) as server:
        entry = (server.url("/new"), "2024-03-01T00:00:00Z")
        site.put("/feed", make_feed([entry]))
        site.put("/new", make_page("New."))
        watcher.order("feed", server.url("/feed"))
        seen: list[WatchVisit] = []

        class KilledError(Exception):
            pass

        def tell(visits: Sequence[WatchVisit]) -> None:
            seen.extend(visits)
            raise KilledError

        with pytest.raises(KilledError):
            run_watch(watcher.archive, watcher.world, watcher.make_means(tell))
        assert [one.standing for one in seen] == ["list"]
        assert watcher.run() == [("/new", "new")]


def test_backfill_takes_in_what_was_there_and_not_all_at_once(watcher: Watcher) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        listed: list[tuple[str, str | None]] = [
            (server.url(f"/{number}"), None) for number in range(MOST_NEW + 5)
        ]
        site.put("/feed", make_feed(listed))
        for number in range(MOST_NEW + 5):
            site.put(f"/{number}", b"")
        watcher.order("feed", server.url("/feed"), backfill=True)
        assert len(watcher.run()) == MOST_NEW + 1
        assert sorted(watcher.run()) == sorted(
            (f"/{number}", "new") for number in range(MOST_NEW, MOST_NEW + 5)
        )
        assert watcher.run() == []


def test_an_index_of_sitemaps_is_followed_within_limits(watcher: Watcher) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        further: list[tuple[str, str | None]] = [
            (server.url(f"/part{number}.xml"), f"2024-01-{number % 28 + 1:02}")
            for number in range(MOST_LISTS + 10)
        ]
        # A sitemap that names itself goes in no circle.
        further.append((server.url("/sitemap.xml"), "2024-02-29"))
        site.put("/sitemap.xml", make_sitemap(further, index=True))
        for number in range(MOST_LISTS + 10):
            page = (server.url(f"/page{number}"), "2024-03-01T00:00:00Z")
            site.put(f"/part{number}.xml", make_sitemap([page]))
            site.put(f"/page{number}", b"")
        watcher.order("sitemap", server.url("/sitemap.xml"))
        told = Counter(standing for _, standing in watcher.run())
        assert told == {"list": MOST_LISTS + 1, "new": MOST_LISTS}
        assert watcher.run() == []


def test_what_a_feed_names_goes_through_the_guard(watcher: Watcher) -> None:
    """A port that nobody typed stays closed, and robots.txt binds, whatever a feed says."""
    archive = watcher.archive
    site = Site()
    with serve_raw(site.answer) as server, serve_raw({}, address="127.0.0.2") as other:
        watcher.archive = Archive(
            layout=archive.layout,
            settings=archive.settings.__class__(
                limits=archive.settings.limits,
                politeness=archive.settings.politeness,
                extraction=archive.settings.extraction,
                key_path=archive.settings.key_path,
                allow_networks=tuple(
                    network
                    for network in archive.settings.allow_networks
                    if network.version == 4 and network.prefixlen == 8
                ),
            ),
        )
        date = "2024-03-01T00:00:00Z"
        named = ["http://10.0.0.1/", "http://[::1]/", server.url("/private"), server.url("/open")]
        site.put("/feed", make_feed([(url, date) for url in named]))
        site.put("/robots.txt", b"User-agent: *\nDisallow: /private\n")
        site.put("/open", make_page("Open."))
        watcher.order("feed", server.url("/feed"))
        told, made = watcher.run_pass()
        outcomes = {one.result.address: one.result.last.outcome for one in told}
        assert outcomes == {
            server.url("/feed"): "response",
            "http://10.0.0.1/": "blocked",
            "http://[::1]/": "blocked",
            server.url("/private"): "blocked",
            server.url("/open"): "response",
        }
        assert made.failed == 3
        assert server.targets.count("/private") == 0
        assert other.requests == []


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"\x00\xff",
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry>" * 5000,
        make_feed([("http://", None), ("javascript:alert(1)", None), ("http://a:99999/", None)]),
        make_feed([("http://a.example/" + "x" * 9000, None)]),
        b"<html><body>no feed</body>",
    ],
    ids=["empty", "bytes", "deep", "addresses", "long", "page"],
)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_hostile_list_costs_its_visit_alone(watcher: Watcher, kind: str, listed: bytes) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        site.put("/list", listed)
        watcher.order(kind, server.url("/list"), backfill=True)
        assert watcher.run() == [("/list", "list")]
        assert watcher.run() == []
    assert list_findings(watcher.archive) == []


def test_failures_back_off_and_are_told(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", b"", status="500 Internal Server Error")
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        assert watcher.run() == [("/a", "failed")]
        watcher.clock.move(29 * MINUTE)
        assert watcher.run() == []
        watcher.clock.move(MINUTE)
        assert watcher.run() == [("/a", "failed")]
        watcher.clock.move(365 * DAY)
        assert watcher.run() == [("/a", "failed")]


def test_what_stands_beside_a_new_page_is_fetched_and_not_told(watcher: Watcher) -> None:
    site = Site()
    link = b"<link rel='alternate' type='application/atom+xml' href='/news.atom'>"
    with serve_raw(site.answer) as server:
        site.put("/a", make_page("Open.").replace(b"</head>", link + b"</head>"))
        site.put("/news.atom", make_feed([(server.url("/a"), "2024-02-28T10:00:00Z")]))
        watcher.order("url", server.url("/a"), every=DAY)
        assert watcher.run() == [("/a", "new")]
        assert server.targets.count("/news.atom") == 1
        watcher.clock.move(DAY)
        assert watcher.run() == [("/a", "unchanged")]


def test_two_orders_for_one_address_make_one_visit(watcher: Watcher) -> None:
    site = Site()
    with serve_raw(site.answer) as server:
        site.put("/a", make_page("Open."))
        site.put("/feed", make_feed([(server.url("/a"), "2024-03-01")]))
        watcher.order("url", server.url("/a"), every=DAY)
        watcher.order("feed", server.url("/feed"))
        assert sorted(watcher.run()) == [("/a", "new"), ("/feed", "list")]


def test_nothing_is_due_after_the_end(watcher: Watcher) -> None:
    with serve_raw({}) as server:
        watcher.order("url", server.url("/a"), until=parse_until("2024-02-29"))
        watcher.clock.move(DAY)
        assert watcher.run() == []
        assert server.requests == []


def test_where_nothing_is_due_nothing_is_locked(watcher: Watcher) -> None:
    watcher.order("url", "http://a.example/", until=parse_until("2024-03-01"))
    watcher.clock.move(9 * DAY)
    layout = watcher.archive.layout
    with write_to(watcher.archive):
        assert watcher.run() == []
    assert layout.database.exists()


def test_passes_go_on_until_somebody_says_stop(watcher: Watcher) -> None:
    site = Site()
    site.put("/a", make_page("Open."))
    locked: list[bool] = []

    def sleep(seconds: float) -> bool:
        if seconds == 45:  # between passes other verbs can write
            with write_to(watcher.archive):
                locked.append(False)
        watcher.clock.sleep(seconds)
        return len(locked) == 40

    told: list[WatchVisit] = []
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        means = WatchMeans(
            transport=make_transport(watcher.archive), tell=told.extend, sleep=sleep, memory={}
        )
        made = run_watches(watcher.archive, watcher.world, means, pause_seconds=45)
    assert len(locked) == 40  # half an hour
    assert [one.standing for one in told] == ["new", "unchanged"]
    assert made.visits == 2


HOSTS = 20
ADDRESSES = 1000
DELAY = 0.03


@pytest.mark.timeout(600)
def test_killed_and_started_again_it_visits_all_and_none_twice(empty_archive: Archive) -> None:
    """Addresses on 20 hosts, SIGKILL at several points of progress: `archive watch run` goes on."""
    root = empty_archive.layout.root
    settings = (root / "archive.toml").read_text("utf-8")
    settings = settings.replace("delay_seconds = 0", f"delay_seconds = {DELAY}")
    (root / "archive.toml").write_text(settings.replace("per_host = 4", "per_host = 1"), "utf-8")
    rules = answer_page(b"User-agent: *\nDisallow: /secret\n")
    page = answer_page(make_page("Open."), fields=(HTML,))

    def answer(request: bytes) -> Answer:
        return rules if request.startswith(b"GET /robots.txt ") else page

    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve_raw(answer, address=f"127.0.0.{host}"))
            for host in range(2, 2 + HOSTS)
        ]
        addresses = [
            servers[number % HOSTS].url(f"/secret{number}" if number % 50 == 7 else f"/{number}")
            for number in range(ADDRESSES)
        ]
        order_all(empty_archive, addresses)
        told: list[str] = []
        for kill in (ADDRESSES // 10, ADDRESSES // 3, ADDRESSES // 2):
            done = set(told)
            before = Counter(list_asked(servers))
            told += watch_until(root, partial(has_asked, servers, kill))
            asked = Counter(list_asked(servers))
            # What an earlier run stored is not due, and not asked for again.
            assert all(asked[address] == before[address] for address in done)
        done = set(told)
        before = Counter(list_asked(servers))
        told += watch_until(root, lambda: False)
        asked = Counter(list_asked(servers))
        assert all(asked[address] == before[address] for address in done)
        assert watch_until(root, lambda: False) == []
        assert Counter(list_asked(servers)) == asked
        secret = {address for address in addresses if "/secret" in address}
        assert set(asked) == set(addresses) - secret
        for server in servers:
            assert server.most_at_once == 1
            moments = [
                moment
                for moment, target in zip(server.moments, server.targets, strict=True)
                if target != "/robots.txt"
            ]
            # Of any five visits, since one alone may reach the server late.
            spans = [late - early for early, late in zip(moments, moments[4:], strict=False)]
            assert min(spans) > 4 * DELAY / 2
    assert len(told) == len(set(told))
    with closing(open_readonly(empty_archive.layout.database)) as index:
        for address in addresses:
            (visit,) = select_visits(index, address, purpose="statement", limit=9)
            expected = {"blocked"} if address in secret else {"response", "revisit"}
            assert visit.outcome in expected
    assert list_findings(empty_archive, "stored") == []


def order_all(archive: Archive, addresses: Sequence[str]) -> None:
    """Give an order for each address, all in one batch."""
    with write_to(archive) as writing:
        named = []
        for address in addresses:
            record_id = writing.world.identity.new_id()
            said = make_annotation(
                writing,
                "watch",
                target=format_watch_urn(derive_watch_id(record_id)),
                body=WatchOrder(kind="url", address=address, every=DAY),
                by=None,
            )
            named.append((record_id, said))
        store_named(writing, named)


def watch_until(root: Path, stop: Callable[[], bool]) -> list[str]:
    """Make a pass; kill it when ``stop`` says so; return the addresses that it told."""
    command = [sys.executable, "-m", "archive", "watch", "run", "--json", "--archive", str(root)]
    with TemporaryFile() as output, subprocess.Popen(command, stdout=output) as process:
        while process.poll() is None:
            if stop():
                process.kill()
            time.sleep(0.002)
        output.seek(0)
        lines = output.read().decode().splitlines(keepends=True)
    assert process.returncode in (0, 1, -signal.SIGKILL)
    return [json.loads(line)["url"] for line in lines if line.endswith("\n")]


def has_asked(servers: Sequence[RawServer], wanted: int) -> bool:
    """Tell whether so many addresses were asked for."""
    return len(list_asked(servers)) >= wanted


def list_asked(servers: Sequence[RawServer]) -> list[str]:
    """Every address that was asked for, robots.txt aside, as often as it was."""
    return [
        server.url(target)
        for server in servers
        for target in server.targets
        if target != "/robots.txt"
    ]


def test_the_daemon_ends_cleanly_when_told_to(empty_archive: Archive) -> None:
    root = empty_archive.layout.root
    with serve_raw({"/a": answer_page(make_page("Open."), fields=(HTML,))}) as server:
        added = run_archive(["watch", "add", server.url("/a"), "--json"], root=root)
        assert added.returncode == 0, added.stderr
        command = [sys.executable, "-m", "archive", "watch", "daemon", "--archive", str(root)]
        for number in (signal.SIGTERM, signal.SIGINT):
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as process:
                assert process.stderr is not None
                assert "watching" in process.stderr.readline()
                if number == signal.SIGTERM:
                    assert process.stdout is not None
                    assert "new" in process.stdout.readline()
                    # Between passes the lock is free.
                    noted = run_archive(["annotate", server.url("/a"), "Seen."], root=root)
                    assert noted.returncode == 0, noted.stderr
                process.send_signal(number)
                _, said = process.communicate(timeout=30)
            assert process.returncode == 0, said
            assert "visits" in said
    listed = run_archive(["watch", "list", "--json"], root=root)
    state = json.loads(listed.stdout)
    assert state["next_visit"] > state["last_visit"]
    shown = run_archive(["watch", "list"], root=root)
    assert state["id"] in shown.stdout
    removed = run_archive(["watch", "remove", state["id"], "--reason", "Enough."], root=root)
    assert removed.returncode == 0, removed.stderr
    assert run_archive(["watch", "list"], root=root).stdout == ""
    assert run_archive(["watch", "remove", state["id"]], root=root).returncode == 2
    for wrong in ([], ["http://a.example", "--feed", "http://a.example/f"], ["ftp://a.example"]):
        assert run_archive(["watch", "add", *wrong], root=root).returncode == 2
    assert list_findings(empty_archive) == []


@pytest.mark.parametrize("verb", [["watch", "run"], ["recapture", "--all"]])
def test_a_lost_index_was_refused_by_one_verb_and_made_again_in_silence_by_another(
    watcher: Watcher, verb: list[str]
) -> None:
    site = Site()
    site.put("/a", make_page("Open."))
    root = watcher.archive.layout.root
    with serve_raw(site.answer) as server:
        watcher.order("url", server.url("/a"))
        watcher.run()
        dump = dump_index(watcher.archive)
        for path in watcher.archive.layout.metadata.glob("archive.db*"):
            path.unlink()
        done = run_archive(verb, root=root)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the index is lost or empty: it is made again from") == 1
    assert server.url("/a") in done.stdout
    assert len(dump_index(watcher.archive)) > len(dump)
