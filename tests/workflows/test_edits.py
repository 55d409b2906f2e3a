"""What happened to statements: listed, as a feed that others can read, and told by webhook."""

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import feedparser
import pytest

from archive.core.change import Edited, Missing, Returned, describe_change, list_change
from archive.errors import InputError
from archive.index.changes import ChangeFilter
from archive.store.layout import Layout
from archive.workflows.capture import CaptureRun
from archive.workflows.deliveries import FIRST_PAUSE, TRIES, deliver_changes, read_secret
from archive.workflows.edits import format_changes, parse_since, read_changes
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings_file import read_settings
from tests.support.archives import (
    capture_all,
    dump_index,
    make_archive,
    make_transport,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import START, make_clock
from tests.support.raw_server import RawServer, Script, answer_page, serve_raw

NOW = datetime(2024, 3, 10, tzinfo=UTC)
HTML = ("Content-Type: text/html; charset=utf-8",)
GONE = answer_page(b"<title>Gone</title>", status="410 Gone", fields=HTML)
FILLER = " ".join(
    f"Crews inspected section {number} of the northern canal and noted its depth."
    for number in range(8)
)
SECRET = b"a secret that both sides share"


def make_page(words: str, *, title: str = "Canal reopens") -> bytes:
    """A press release with these words in the midst of it."""
    body = (
        f"<!doctype html><title>{title}</title><article><h1>{title}</h1>"
        f"<p>The harbour office opened the northern canal.</p><p>{words}</p><p>{FILLER}</p>"
        "</article>"
    )
    return answer_page(body.encode(), fields=HTML)


class Story:
    """A publisher whose page is what one makes of it, and captures of it as days go by."""

    def __init__(self, archive: Archive, server: RawServer, pages: dict[str, bytes]) -> None:
        self.archive = archive
        self.url = server.url("/canal")
        self._pages = pages
        self._days = 0

    def move(self, archive: Archive) -> Self:
        """The same story, told by a copy of the archive."""
        other = copy(self)
        other.archive = archive
        return other

    def live(self, page: bytes, *, times: int = 1) -> None:
        """Publish a page, and capture it on as many days."""
        self._pages["/canal"] = page
        for _ in range(times):
            self._days += 1
            clock = make_clock(START + timedelta(days=self._days))
            world = make_world(clock=clock, seed=str(self._days))
            run = CaptureRun(batch=None, read=True, wait=True)
            capture_all(self.archive, [self.url], world=world, run=run)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make_archive(tmp_path / "archive")


@pytest.fixture
def story(archive: Archive) -> Iterator[Story]:
    pages: dict[str, bytes] = {}
    with serve_raw(lambda request: pages.get(request.split(b" ")[1].decode())) as server:
        yield Story(archive, server, pages)


@pytest.fixture(scope="module")
def whole_story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A statement that is edited, then gone, then there again; lived through once."""
    pages: dict[str, bytes] = {}
    archive = make_archive(tmp_path_factory.mktemp("story") / "archive")
    with serve_raw(lambda request: pages.get(request.split(b" ")[1].decode())) as server:
        story = Story(archive, server, pages)
        story.live(make_page("It carries 40 barges a day."), times=2)
        story.live(make_page("It carries 70 barges a day."), times=2)
        story.live(GONE, times=2)
        story.live(make_page("It carries 70 barges a day."), times=2)
    return story


@pytest.fixture
def told(whole_story: Story, tmp_path: Path) -> Story:
    """A copy of that archive, with its keys."""
    root = whole_story.archive.layout.root
    shutil.copytree(root.parent, tmp_path / "copy")
    layout = Layout(root=tmp_path / "copy" / root.name)
    return whole_story.move(replace(whole_story.archive, layout=layout))


def test_edits_disappearances_and_returns_are_listed_the_latest_first(told: Story) -> None:
    back, gone, edit = read_changes(told.archive, ChangeFilter(), limit=10)
    assert isinstance(back.what, Returned)
    assert isinstance(gone.what, Missing)
    assert gone.what.reason == "status 410"
    assert isinstance(edit.what, Edited)
    assert edit.what.verdict == "unannounced"
    assert "number" in edit.what.facts
    assert (edit.what.deleted, edit.what.inserted) == (("40",), ("70",))
    assert edit.not_before is not None
    assert edit.not_before[:10] == "2024-03-02"
    assert edit.not_after[:10] == "2024-03-03"
    assert edit.is_confirmed
    assert gone.is_confirmed
    assert back.is_confirmed
    assert describe_change(edit) == "unannounced change, +1 −1 words"
    assert [change.id.split(":")[2] for change in (back, gone, edit)] == [
        *("return", "absence", "edit"),
    ]


def test_a_return_was_told_to_others_after_a_single_capture(story: Story) -> None:
    story.live(make_page("It carries 40 barges a day."), times=2)
    story.live(GONE, times=2)
    story.live(make_page("It carries 40 barges a day."))
    confirmed = ChangeFilter(is_confirmed=True)
    back, gone = read_changes(story.archive, ChangeFilter(), limit=9)
    assert (back.is_confirmed, gone.is_confirmed) == (False, True)
    assert len(read_changes(story.archive, confirmed, limit=9)) == 1
    story.live(make_page("It carries 40 barges a day."))
    assert len(read_changes(story.archive, confirmed, limit=9)) == 2


def test_the_list_is_the_same_after_rebuilding(told: Story) -> None:
    before = read_changes(told.archive, ChangeFilter(), limit=10)
    dump = dump_index(told.archive)
    rebuild_index(told.archive, make_world())
    assert dump_index(told.archive) == dump
    assert read_changes(told.archive, ChangeFilter(), limit=10) == before


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (("edit",), ["edit"]),
        (("unannounced",), ["edit"]),
        (("announced",), []),
        (("number",), ["edit"]),
        (("headline",), []),
        (("gone",), ["absence"]),
        (("moved",), []),
        (("back", "gone"), ["return", "absence"]),
    ],
)
def test_changes_of_a_kind(told: Story, kinds: tuple[str, ...], found: list[str]) -> None:
    changes = read_changes(told.archive, ChangeFilter(kinds=kinds), limit=10)
    assert [change.id.split(":")[2] for change in changes] == found


def test_changes_since_a_moment_and_of_one_statement(told: Story) -> None:
    wanted = ChangeFilter(since=parse_since("2024-03-05", now=NOW))
    assert len(read_changes(told.archive, wanted, limit=10)) == 2
    assert len(read_changes(told.archive, ChangeFilter(), name=told.url, limit=10)) == 3
    assert len(read_changes(told.archive, ChangeFilter(), limit=1)) == 1
    with pytest.raises(InputError):
        read_changes(told.archive, ChangeFilter(), name="http://nowhere.example/", limit=10)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-01", "2024-03-01T00:00:00.000000Z"),
        ("2024-03-01T10:00:00+02:00", "2024-03-01T08:00:00.000000Z"),
        ("7d", "2024-03-03T00:00:00.000000Z"),
        ("12h", "2024-03-09T12:00:00.000000Z"),
    ],
)
def test_since(text: str, moment: str) -> None:
    assert parse_since(text, now=NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "99999999d", "-3d", "2024"])
def test_since_what_is_no_time(text: str) -> None:
    with pytest.raises(InputError):
        parse_since(text, now=NOW)


def test_what_one_capture_alone_shows_is_no_alert(story: Story) -> None:
    story.live(make_page("It carries 40 barges a day."))
    story.live(make_page("It carries 70 barges a day."))
    (change,) = read_changes(story.archive, ChangeFilter(), limit=10)
    assert not change.is_confirmed
    assert not read_changes(story.archive, ChangeFilter(is_confirmed=True), limit=10)


def test_a_feed_reader_reads_the_feed(told: Story) -> None:
    changes = read_changes(told.archive, ChangeFilter(is_confirmed=True), limit=10)
    address = "https://archive.example/edits.atom"
    feed = feedparser.parse(format_changes(told.archive, changes, now=NOW, address=address))
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.link == address or feed.feed.links[0].href == address
    assert [entry.id for entry in feed.entries] == [change.id for change in changes]
    edit = feed.entries[-1]
    assert edit.title == "unannounced change, +1 −1 words: Canal reopens"
    assert edit.updated == changes[-1].not_after
    assert "<del>40</del>" in edit.content[0].value
    assert "<ins>70</ins>" in edit.content[0].value


def test_an_empty_feed_is_a_feed(archive: Archive) -> None:
    capture_all(archive, [])
    feed = feedparser.parse(format_changes(archive, [], now=NOW))
    assert not feed.bozo
    assert feed.feed.updated == "2024-03-10T00:00:00.000000Z"


def test_markup_in_a_title_is_text_in_the_feed(story: Story) -> None:
    story.live(make_page("It carries 40 barges a day."), times=2)
    title = "Canal &lt;script&gt;alert(1)&lt;/script&gt; \u202eopens ]]&gt; &amp;amp;"
    story.live(make_page("It carries 40 barges a day.", title=title), times=2)
    changes = read_changes(story.archive, ChangeFilter(), limit=10)
    raw = format_changes(story.archive, changes, now=NOW)
    (entry,) = feedparser.parse(raw, sanitize_html=False).entries
    assert "<script" not in entry.content[0].value
    assert "\u202e" not in raw.decode()
    assert not feedparser.parse(raw).bozo


@contextmanager
def listen(answers: Sequence[bytes | Script]) -> Iterator[RawServer]:
    """A receiver that gives these answers, the last one for good."""
    left = list(answers)

    def answer(_request: bytes) -> bytes | Script:
        return left.pop(0) if len(left) > 1 else left[0]

    with serve_raw(answer) as server:
        yield server


def make_hook(archive: Archive, server: RawServer, more: str = "") -> Archive:
    """The archive with a webhook in its settings."""
    secret = archive.layout.root.parent / "secret.txt"
    secret.write_bytes(b"whsec_" + base64.b64encode(SECRET))
    text = archive.layout.settings.read_text()
    text += f'[[webhook]]\nurl = "{server.url("/hook")}"\nsecret_file = "../secret.txt"\n{more}'
    archive.layout.settings.write_text(text)
    return Archive(layout=archive.layout, settings=read_settings(archive.layout.settings))


def deliver(archive: Archive, now: datetime) -> list[tuple[str, int | None]]:
    world = make_world(clock=make_clock(now), seed=now.isoformat())
    with write_to(archive, world) as writing:
        told = deliver_changes(archive, writing, transport=make_transport(archive))
        return [(item.change, item.status) for item in told]


def test_a_change_is_told_signed_and_once(told: Story) -> None:
    with listen([answer_page(b"ok")]) as server:
        archive = make_hook(told.archive, server)
        first = deliver(archive, NOW)
        assert deliver(archive, NOW + timedelta(days=1)) == []
    changes = read_changes(archive, ChangeFilter(is_confirmed=True), limit=10)
    assert first == [(change.id, 200) for change in reversed(changes)]
    (request,) = [one for one in server.requests if first[0][0].encode() in one]
    head, _, body = request.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    assert fields["webhook-signature"] == f"v1,{expected}"
    assert int(fields["webhook-timestamp"]) == int(NOW.timestamp())
    assert json.loads(body)["data"] == json.loads(json.dumps(list_change(changes[-1])))
    dump = dump_index(archive)
    rebuild_index(archive, make_world())
    assert dump_index(archive) == dump


def test_a_change_that_is_not_taken_is_told_again_with_growing_pauses(told: Story) -> None:
    busy = answer_page(b"", status="500 Internal Server Error")
    with listen([busy]) as server:
        archive = make_hook(told.archive, server, 'kinds = ["unannounced"]\n')
        now, tries = NOW, 0
        for number in range(TRIES):
            assert [status for _, status in deliver(archive, now)] == [500]
            tries += 1
            soon = now + FIRST_PAUSE * 2**number - timedelta(minutes=1)
            assert deliver(archive, soon) == []
            now += FIRST_PAUSE * 2**number + timedelta(minutes=1)
        assert deliver(archive, now + timedelta(hours=12)) == []
    assert len(server.requests) == tries == TRIES


def test_who_gave_no_answer_was_asked_once_for_every_change(told: Story) -> None:
    """A receiver that hung held the writer's lock for half a minute a change."""
    with listen([Script(steps=(), close=True)]) as server:
        archive = make_hook(told.archive, server)
        assert [status for _, status in deliver(archive, NOW)] == [None]
        assert len(read_changes(archive, ChangeFilter(is_confirmed=True), limit=10)) == 3
    with listen([answer_page(b"ok")]) as again:
        both = make_hook(archive, again)  # the first one is gone by now
        statuses = [status for _, status in deliver(both, NOW + 2 * FIRST_PAUSE)]
        assert statuses == [None, 200, 200, 200]


def test_a_pass_of_the_watch_tells_what_it_found(empty_archive: Archive) -> None:
    pages = {"/canal": make_page("It carries 40 barges a day.")}
    with serve_raw(pages) as publisher, listen([answer_page(b"ok")]) as receiver:
        archive = make_hook(empty_archive, receiver)
        root = archive.layout.root
        url = publisher.url("/canal")
        assert run_archive(["capture", "--wait", url], root=root).returncode == 0
        pages["/canal"] = make_page("It carries 70 barges a day.")
        assert run_archive(["capture", "--wait", url], root=root).returncode == 0
        assert run_archive(["watch", "add", url, "--every", "1d"], root=root).returncode == 0
        nothing = run_archive(["watch", "run"], root=root)
        assert (nothing.returncode, nothing.stdout, receiver.requests) == (0, "", [])
        assert run_archive(["capture", "--wait", url], root=root).returncode == 0
        told = run_archive(["watch", "run"], root=root)
    assert told.returncode == 0, told.stderr
    (line,) = told.stdout.splitlines()
    assert line.startswith("urn:archive:edit:")
    assert f"  {receiver.url('/hook')}  status 200  capture " in line
    (request,) = [one for one in receiver.requests if one.startswith(b"POST")]
    assert line.split()[0].encode() in request


def test_only_recent_changes_are_told_and_only_the_kinds_that_are_wanted(told: Story) -> None:
    with listen([answer_page(b"ok")]) as server:
        archive = make_hook(told.archive, server, 'kinds = ["gone"]\nsince = 2024-03-01\n')
        assert [change.split(":")[2] for change, _ in deliver(archive, NOW)] == ["absence"]
    with listen([answer_page(b"ok")]) as server:
        late = NOW + timedelta(days=30)
        archive = make_hook(told.archive, server)
        assert [change for change, _ in deliver(archive, late) if server.origin in change] == []


@pytest.mark.parametrize("data", [b"", b"short", b"whsec_!!!", b"\xff" * 40])
def test_a_secret_that_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_secret(path)


def test_the_verb_lists_feeds_and_delivers(told: Story, tmp_path: Path) -> None:
    root = told.archive.layout.root
    lines = run_archive(["edits"], root=root)
    assert lines.returncode == 0
    assert "unannounced change, +1 −1 words  Canal reopens" in lines.stdout
    assert "    - 40\n    + 70\n" in lines.stdout
    listed = run_archive(["edits", "--json", "--kind", "edit"], root=root)
    assert json.loads(listed.stdout)["added"] == ["70"]
    file = tmp_path / "edits.atom"
    assert run_archive(["edits", "--atom", "--output", str(file)], root=root).returncode == 0
    assert len(feedparser.parse(file.read_bytes()).entries) == 3
    nobody = run_archive(["edits", "--deliver"], root=root)
    assert nobody.returncode == 2
    assert "[[webhook]]" in nobody.stderr
    with listen([answer_page(b"no", status="400 Bad Request")]) as server:
        make_hook(told.archive, server, "since = 2024-01-01\n")
        refused = run_archive(["edits", "--deliver"], root=root)
    assert refused.returncode == 1
    assert refused.stdout.count("status 400") == 3
    wrong = run_archive(["edits", "--since", "yesterday"], root=root)
    assert wrong.returncode == 2
