"""Time stamps on checkpoints: asked for, stored, judged, and found out when they are moved."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.core.event import Event, KeyChange, Timestamping
from archive.errors import InputError
from archive.index.events import EventRow
from archive.store.log import read_log
from archive.workflows.events import store_event
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.settings import AuthoritySettings
from archive.workflows.timestamp import StampResult, is_stamp_due, stamp_checkpoint
from tests.support.archives import (
    capture_all,
    dump_index,
    list_findings,
    make_transport,
    make_world,
    run_archive,
    write_to,
)
from tests.support.clock import Clock, make_clock
from tests.support.raw_server import answer_page, serve_raw
from tests.support.timestamp_authority import (
    GARBAGE,
    Authority,
    Served,
    change_message,
    change_nonce,
    make_authority,
    serve_authority,
)

PAGE = answer_page(b"<title>Ferry</title><p>The ferry leaves at nine.", fields=())


@pytest.fixture(scope="module", params=["rsa", "p256"])
def authority(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), kind=request.param)


@pytest.fixture
def served(authority: Authority) -> Iterator[Served]:
    with serve_authority(authority) as served:
        yield served


@pytest.fixture
def archive(empty_archive: Archive) -> Archive:
    with serve_raw({"/a": PAGE}) as server:
        capture_all(empty_archive, [server.url("/a")])
    return empty_archive


def name(authority: Authority, url: str) -> AuthoritySettings:
    return AuthoritySettings(url=url, root=str(authority.folder / "root.pem"))


def stamp(
    archive: Archive, *authorities: AuthoritySettings, clock: Clock | None = None
) -> tuple[StampResult, ...]:
    """Ask for time stamps, with a clock that agrees with that of the authorities."""
    world = make_world(clock=clock or make_clock(datetime.now(UTC)), seed=os.urandom(8).hex())
    with write_to(archive, world) as writing:
        return stamp_checkpoint(writing, authorities, transport=make_transport(archive))


def test_a_checkpoint_is_stamped(archive: Archive, authority: Authority, served: Served) -> None:
    size = read_log(archive.layout.log).size
    (result,) = stamp(archive, name(authority, served.url))
    assert result.size == size
    assert result.stamped is not None
    assert result.event is not None
    act = result.event.event.act
    assert isinstance(act, Timestamping)
    assert act.note.split("\n")[1] == str(size)
    assert abs(act.stated - datetime.now(UTC)) < timedelta(minutes=5)
    assert list_findings(archive) == []
    before = dump_index(archive)
    assert any("events" in row and "timestamp" in row for row in before)
    rebuild_index(archive, make_world(seed="again"))
    assert dump_index(archive) == before


def test_each_authority_is_asked_and_one_that_fails_costs_nothing(
    archive: Archive, authority: Authority, served: Served
) -> None:
    dead = name(authority, served.url.replace("/tsr", "/").replace("127.0.0.1", "127.0.0.9"))
    good, bad = stamp(archive, name(authority, served.url), dead)
    assert good.stamped is not None
    assert bad.stamped is None
    assert bad.problem
    assert list_findings(archive) == []


@pytest.mark.parametrize("wrong", ["nonce", "message", "garbage", "other root"])
def test_an_answer_that_does_not_hold_is_kept_and_proves_nothing(
    archive: Archive, authority: Authority, wrong: str, tmp_path: Path
) -> None:
    changes = {"nonce": change_nonce, "message": change_message}
    trusted = make_authority(tmp_path / "other") if wrong == "other root" else authority
    with serve_authority(
        authority,
        query=changes.get(wrong),
        answer=(lambda _: GARBAGE) if wrong == "garbage" else None,
    ) as served:
        (result,) = stamp(archive, name(trusted, served.url))
    assert result.stamped is None
    assert result.event is None
    assert result.problem
    assert not any('"kind":"timestamp"' in row for row in dump_index(archive))
    assert any('"purpose": "timestamp"' in row for row in dump_index(archive))
    assert list_findings(archive) == []


def test_a_token_is_found_out_that_was_moved_to_another_checkpoint(
    archive: Archive, authority: Authority, served: Served
) -> None:
    (first,) = stamp(archive, name(authority, served.url))
    (second,) = stamp(archive, name(authority, served.url))
    assert first.event is not None
    assert second.event is not None
    moved = replace(read_act(second.event), response=read_act(first.event).response)
    with write_to(archive, make_world(clock=make_clock(datetime.now(UTC)), seed="m")) as writing:
        store_event(writing, moved, refers_to=moved.response)
    (finding,) = list_findings(archive)
    assert finding.severity == "damage"
    assert "time stamp does not hold" in finding.what


@pytest.mark.parametrize("days", [-400, 400])
def test_an_answer_of_another_day_was_taken_on_arrival(
    archive: Archive, authority: Authority, served: Served, days: int
) -> None:
    """It holds, and states a time that is not our clock's: one of the two is wrong."""
    clock = make_clock(datetime.now(UTC) + timedelta(days=days))
    (result,) = stamp(archive, name(authority, served.url), clock=clock)
    assert result.event is None
    assert result.problem is not None
    assert "more than a day" in result.problem
    assert "clock" in result.remedy
    assert any('"purpose": "timestamp"' in row for row in dump_index(archive))  # kept as it came


def test_an_event_that_says_another_time_than_its_token_was_believed(
    archive: Archive, authority: Authority, served: Served
) -> None:
    (result,) = stamp(archive, name(authority, served.url))
    assert result.event is not None
    act = read_act(result.event)
    said = replace(act, stated=act.stated - timedelta(hours=20))
    with write_to(archive, make_world(clock=make_clock(datetime.now(UTC)), seed="s")) as writing:
        store_event(writing, said, refers_to=act.response)
    (finding,) = list_findings(archive)
    assert finding.severity == "damage"
    assert "its token states" in finding.what


def test_a_stamp_on_a_checkpoint_that_never_was_is_found_out(
    archive: Archive, authority: Authority, served: Served
) -> None:
    (result,) = stamp(archive, name(authority, served.url))
    assert result.event is not None
    act = read_act(result.event)
    lines = act.note.split("\n")
    forged = {
        "root is not that": [lines[0], "1", *lines[2:]],
        "more than there were": [lines[0], "99", *lines[2:]],
        "it is for the log": ["other.example/log", *lines[1:]],
    }
    for said, changed in forged.items():
        with write_to(archive) as writing:
            store_event(writing, replace(act, note="\n".join(changed)))
        assert said in list_findings(archive)[-1].what


def test_a_key_that_the_log_does_not_announce_is_found_out(archive: Archive) -> None:
    with write_to(archive) as writing:
        store_event(writing, KeyChange(added=("a+0+0",), reason="a test"))
    assert list_findings(archive) == []  # a line that is no key announces none
    (path,) = archive.layout.keys.glob("*.vkey")
    path.unlink()
    (first, *_) = list_findings(archive, "quick")
    assert first.what == "there is no public key of this log"


def test_when_a_stamp_is_due(archive: Archive, authority: Authority, served: Served) -> None:
    now = datetime.now(UTC)
    with write_to(archive) as writing:
        assert is_stamp_due(writing, restamp_days=90, now=now)
    stamp(archive, name(authority, served.url), name(authority, f"{served.url}?second"))
    ends = authority.signer.certificate.not_valid_after_utc
    with write_to(archive) as writing:
        assert not is_stamp_due(writing, restamp_days=90, now=now)
        assert is_stamp_due(writing, restamp_days=90, now=ends - timedelta(days=89))
    with serve_raw({"/b": PAGE}) as server:
        capture_all(archive, [server.url("/b")])
    with write_to(archive) as writing:
        assert is_stamp_due(writing, restamp_days=90, now=now)


def test_nobody_to_ask_and_nothing_to_stamp(empty_archive: Archive, authority: Authority) -> None:
    with pytest.raises(InputError, match="nobody to ask"):
        stamp(empty_archive)
    with pytest.raises(InputError, match="nothing to stamp"):
        stamp(empty_archive, name(authority, "http://127.0.0.1:9/"))


def test_the_verb(archive: Archive, authority: Authority, served: Served) -> None:
    root = str(authority.folder / "root.pem")
    asked = ["timestamp", "--tsa", served.url]
    done = run_archive([*asked, "--root", root, "--json"], root=archive.layout.root)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["holds"] is True
    again = run_archive([*asked, "--root", root, "--if-due"], root=archive.layout.root)
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing was logged since" in again.stderr
    unknown = run_archive(asked, root=archive.layout.root)
    assert unknown.returncode == 2
    assert "--root FILE" in unknown.stderr
    dead = ["timestamp", "--tsa", "http://127.0.0.1:9/", "--root", root]
    assert run_archive(dead, root=archive.layout.root).returncode == 6


def test_a_capture_can_end_with_a_stamp(
    archive: Archive, authority: Authority, served: Served
) -> None:
    settings = archive.layout.settings
    more = f"""
[timestamp]
after_capture = true
[[timestamp.authority]]
url = "{served.url}"
root = "{authority.folder}/root.pem"
"""
    settings.write_text(settings.read_text() + more)
    with serve_raw({"/c": PAGE}) as server:
        done = run_archive(["capture", server.url("/c"), "--wait"], root=archive.layout.root)
        assert done.returncode == 0, done.stderr
        assert len(served.queries) == 1
        settings.write_text(settings.read_text().replace(served.url, "http://127.0.0.1:9/"))
        done = run_archive(["capture", server.url("/c"), "--wait"], root=archive.layout.root)
    assert done.returncode == 6
    assert "no time stamp from" in done.stderr
    assert list_findings(archive) == []


def read_act(row: EventRow) -> Timestamping:
    event: Event = row.event
    assert isinstance(event.act, Timestamping)
    return event.act


def test_an_expired_authority_is_refused(archive: Archive, tmp_path: Path) -> None:
    now = make_clock()()
    expired = make_authority(
        tmp_path / "expired", begins=now - timedelta(days=20), ends=now - timedelta(days=10)
    )
    with serve_authority(expired) as served:
        (result,) = stamp(archive, name(expired, served.url))
    assert result.stamped is None
