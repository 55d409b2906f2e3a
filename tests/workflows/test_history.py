"""What becomes of a statement, in real archives: versions, edits, absences, and their upkeep.

Not for: how captures make versions (``tests/history``), or the verb (``tests/cli``).
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.core.change import Missing
from archive.errors import DamageError, InputError
from archive.index.changes import ChangeFilter
from archive.index.database import open_readonly
from archive.index.lookup import find_capture
from archive.workflows.annotate import annotate_capture
from archive.workflows.edits import read_changes
from archive.workflows.extract import extract_pending
from archive.workflows.history import find_place, list_shown, read_history
from archive.workflows.opening import Archive
from archive.workflows.rebuild import rebuild_index
from archive.workflows.recapture import select_named
from archive.workflows.show import read_card
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    dump_index,
    list_findings,
    make_archive,
    make_world,
    run_archive,
    write_to,
)
from tests.support.histories import (
    UNREAD,
    capture_on,
    make_page,
    read_as,
    select,
    tell_days,
)
from tests.support.raw_server import RawServer, answer_page, answer_redirect, serve_raw

NINE = make_page("The ferry leaves at nine, and again at noon, in all weathers.")
TEN = make_page("The ferry leaves at ten, and again at noon, in all weathers.")
SECRET = make_page("The ferry leaves at ten, from the hidden quay behind the mill.")
NOISE = make_page(
    "The ferry leaves at nine, and again at noon, in all weathers.", head="<!-- seen 4711 -->"
)
DOWN = answer_page(b"busy", status="503 Service Unavailable")
LOST = answer_page(b"no such page", status="404 Not Found")


class Publisher:
    """A server whose one page changes from day to day, and the archive that captures it."""

    def __init__(self, archive: Archive, server: RawServer, pages: dict[str, bytes]) -> None:
        self.archive = archive
        self.server = server
        self.pages = pages

    def publish(self, day: int, page: bytes, *, path: str = "/ferry", read: bool = True) -> str:
        """Have the page be this on a day, and capture it; return the capture's id."""
        self.pages[path] = page
        options: dict[str, Any] = {} if read else {"run": UNREAD}
        (capture,) = capture_on(self.archive, day, self.server.url(path), **options)
        return capture

    def list_versions(self, path: str = "/ferry") -> list[tuple[object, ...]]:
        """First and last day of each version, and how many captures show it."""
        history = self.read(path)
        return [
            (*tell_days((row["first_captured"], row["last_captured"])), row["captures"])
            for row in history["versions"]
        ]

    def read(self, path: str = "/ferry") -> dict[str, Any]:
        history = read_history(self.archive, self.server.url(path))
        require_shown(self.archive, history)
        return history


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    pages: dict[str, bytes] = {}
    with serve_raw(pages) as server:
        yield Publisher(make_archive(tmp_path / "archive"), server, pages)


def require_shown(archive: Archive, history: dict[str, Any]) -> None:
    """What is told by the stored versions is what all captures tell when they are traced."""
    statement = history["statement"]["id"]
    with closing(open_readonly(archive.layout.database)) as index:
        shown = list_shown(index, statement)
        assert [row | {"url": None} for row in shown] == [
            row | {"url": None} for row in history["captures"]
        ]
        for row in history["captures"]:
            place = find_place(index, statement, row["id"])
            assert place == {"version": row["version"], "says": row["says"]}


def require_rebuilt(archive: Archive) -> None:
    """Everything holds, and an index made anew is the same."""
    before = dump_index(archive)
    assert list_findings(archive) == []
    rebuild_index(archive, make_world(seed="again"))
    assert dump_index(archive) == before


def test_a_statement_is_followed_from_version_to_version(publisher: Publisher) -> None:
    for day, page in enumerate((NINE, NOISE, DOWN, TEN, TEN, NINE, LOST, NINE)):
        publisher.publish(day, page)
    assert publisher.list_versions() == [(0, 1, 2), (3, 4, 2), (5, 7, 2)]
    history = publisher.read()
    first, second = history["edits"]
    assert tell_days((first["not_before"], first["not_after"])) == [1, 3]
    assert (first["class"], first["text_changed"], first["verdict"], first["confirmed"]) == (
        *("substantive", True, "unannounced"),
        True,
    )
    assert (first["words_deleted"], first["words_inserted"]) == (1, 1)
    assert tell_days((second["not_before"], second["not_after"])) == [4, 5]
    (absence,) = history["absences"]
    assert (absence["kind"], absence["reason"], absence["confirmed"]) == (
        *("gone", "status 404"),
        False,
    )
    assert tell_days((absence["not_before"], absence["not_after"], absence["again"])) == [5, 6, 7]
    assert history["passing"] == {"block page": 3}  # it was asked for three times
    statement = history["statement"]
    assert (statement["versions"], statement["edits"], statement["state"]) == (3, 2, "present")
    assert tell_days([statement["last_edit"]]) == [5]
    require_rebuilt(publisher.archive)


def test_captures_that_come_in_any_order_give_the_same_history(tmp_path: Path) -> None:
    """As when earlier captures are added later, from a file of somebody else's."""
    chance = random.Random(5)
    days = list(enumerate((NINE, TEN, TEN, LOST, NINE, SECRET)))
    expected = [(0, 0, 1), (1, 2, 2), (4, 4, 1), (5, 5, 1)]
    pages: dict[str, bytes] = {}
    with serve_raw(pages) as server:
        for trial in range(4):
            publisher = Publisher(make_archive(tmp_path / str(trial)), server, pages)
            for day, page in days:
                publisher.publish(day, page)
            assert publisher.list_versions() == expected
            assert [
                tell_days((row["not_before"], row["not_after"]))
                for row in publisher.read()["edits"]
            ] == [[0, 1], [2, 4], [4, 5]]
            require_rebuilt(publisher.archive)
            chance.shuffle(days)


def test_captures_of_one_instant_follow_the_log(publisher: Publisher) -> None:
    for page in (NINE, TEN, NINE):
        publisher.publish(3, page)
    assert publisher.list_versions() == [(3, 3, 1)] * 3
    require_rebuilt(publisher.archive)


def test_a_withdrawn_version_leaves_no_words_in_edits(publisher: Publisher) -> None:
    archive = publisher.archive
    publisher.publish(0, NINE)
    hidden = publisher.publish(1, SECRET)
    publisher.publish(2, SECRET)  # shares its payload
    publisher.publish(3, NINE)
    assert len(publisher.list_versions()) == 3
    assert "hidden" in str(select(archive, "SELECT spans FROM edits"))
    with write_to(archive) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, hidden), reason="an order")
    assert publisher.list_versions() == [(0, 3, 2)]
    assert select(archive, "SELECT * FROM edits") == []
    for path in archive.layout.metadata.glob("archive.db*"):
        assert b"hidden" not in path.read_bytes(), path.name
    require_rebuilt(archive)


def test_a_withdrawn_capture_in_the_middle_moves_the_interval_of_an_edit(
    publisher: Publisher,
) -> None:
    publisher.publish(0, NINE)
    middle = publisher.publish(1, NOISE)
    publisher.publish(2, TEN)
    with write_to(publisher.archive) as writing:
        withdraw_capture(writing, plan_withdrawal(writing, middle), reason="an order")
    (edit,) = publisher.read()["edits"]
    assert tell_days((edit["not_before"], edit["not_after"])) == [0, 2]
    require_rebuilt(publisher.archive)


def test_statements_that_become_one_have_one_history(publisher: Publisher) -> None:
    publisher.publish(0, NINE, path="/old")
    publisher.publish(1, TEN, path="/new")
    publisher.publish(2, NINE, path="/old")
    assert publisher.list_versions("/old") == [(0, 2, 2)]
    publisher.pages["/old"] = answer_redirect("/new", status="301 Moved Permanently")
    capture_on(publisher.archive, 3, publisher.server.url("/old"))
    assert publisher.list_versions("/new") == [(0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1)]
    assert publisher.read("/new")["absences"] == []
    require_rebuilt(publisher.archive)
    # The redirect leads elsewhere now: what was one is two again.
    publisher.pages["/old"] = answer_redirect("/third", status="301 Moved Permanently")
    publisher.pages["/third"] = NINE
    capture_on(publisher.archive, 4, publisher.server.url("/old"))
    assert publisher.list_versions("/new") == [(1, 3, 2)]
    assert publisher.list_versions("/third") == [(0, 4, 3)]
    require_rebuilt(publisher.archive)


def test_a_redirect_to_the_home_page_is_an_absence(publisher: Publisher) -> None:
    publisher.publish(0, NINE)
    publisher.pages["/"] = make_page("Welcome to the harbour office of this town.", title="Home")
    publisher.pages["/ferry"] = answer_redirect("/", status="301 Moved Permanently")
    capture_on(publisher.archive, 1, publisher.server.url("/ferry"))
    capture_on(publisher.archive, 2, publisher.server.url("/ferry"))
    statement = publisher.read()["statement"]
    (absence,) = publisher.read()["absences"]
    assert (absence["reason"], absence["captures"], absence["confirmed"]) == (
        *("redirect to the home page", 2),
        True,
    )
    assert statement["state"] == "gone"
    require_rebuilt(publisher.archive)


@pytest.mark.parametrize("host", ["", "http://127.0.0.2:{port}"])
def test_an_address_that_leads_elsewhere_by_now_told_the_history_of_the_other_page(
    publisher: Publisher, host: str
) -> None:
    publisher.publish(0, NINE)
    home = make_page("Welcome to the harbour office of this town.", title="Home")
    publisher.pages["/"] = home
    with serve_raw({"/": home}, address="127.0.0.2") as other:
        place = f"{host.format(port=other.port)}/"
        publisher.publish(1, answer_redirect(place, status="301 Moved Permanently"))
    history = publisher.read()
    assert len(history["versions"]) == 1
    (absence,) = history["absences"]
    assert absence["kind"] == ("moved" if host else "gone")
    url = publisher.server.url("/ferry")
    told = read_changes(publisher.archive, ChangeFilter(), name=url, limit=9)
    assert [type(change.what) for change in told] == [Missing]
    with closing(open_readonly(publisher.archive.layout.database)) as index:
        (target,) = select_named(index, [url])
        assert (target.statement_id, target.address) == (history["statement"]["id"], url)
        assert find_capture(index, f"{url}@v1").url == url
        assert find_capture(index, url).url == place if host else publisher.server.url("/")


def test_an_address_that_always_led_elsewhere_means_the_page_it_leads_to(
    publisher: Publisher,
) -> None:
    with serve_raw({"/ferry": NINE}, address="127.0.0.2") as other:
        publisher.publish(0, answer_redirect(other.url("/ferry")), path="/short")
        assert publisher.read("/short")["statement"]["url"] == other.url("/ferry")
        assert publisher.list_versions("/short") == [(0, 0, 1)]


def test_a_page_that_was_captured_and_never_read_is_read_later(publisher: Publisher) -> None:
    """As after a kill between acknowledgement and reading."""
    publisher.publish(0, NINE)
    publisher.publish(1, TEN, read=False)
    publisher.publish(2, NINE, read=False)
    assert publisher.list_versions() == [(0, 2, 2)]  # the third shares the first one's payload
    assert publisher.read()["passing"] == {"not read yet": 1}
    assert extract_pending(publisher.archive, make_world(seed="extract")) == 1
    assert publisher.list_versions() == [(0, 0, 1), (1, 1, 1), (2, 2, 1)]
    require_rebuilt(publisher.archive)


# --- another extractor ----------------------------------------------------------------------------


def read_shouting(text: str) -> str:
    """What an older program makes of a text."""
    return f"THE FERRY OFFICE\n{text.upper()}"


def test_an_upgrade_of_the_extractor_makes_no_version_and_no_edit(publisher: Publisher) -> None:
    archive = publisher.archive
    publisher.publish(0, NINE, read=False)
    publisher.publish(1, NOISE, read=False)
    publisher.publish(2, TEN, read=False)
    assert read_as(archive, "older/1", read_shouting) == 3
    assert publisher.list_versions() == [(0, 1, 2), (2, 2, 1)]
    publisher.publish(3, TEN)  # a revisit: nothing to read
    assert publisher.list_versions() == [(0, 1, 2), (2, 3, 2)]
    publisher.publish(
        4,
        make_page("The ferry leaves at ten, and again at noon, in all weathers.", head="<!-- -->"),
    )
    assert publisher.list_versions() == [(0, 1, 2), (2, 4, 3)]
    assert publisher.read()["pending"] == 0
    labels = "SELECT count(DISTINCT extractor) FROM conversions GROUP BY capture_id ORDER BY 1"
    assert select(archive, labels) == [(1,), (1,), (1,), (2,)]  # the neighbour alone, again
    require_rebuilt(archive)
    publisher.publish(5, NINE)
    assert publisher.list_versions() == [(0, 1, 2), (2, 4, 3), (5, 5, 1)]
    assert publisher.read()["pending"] == 0
    require_rebuilt(archive)


def test_what_could_not_be_compared_yet_is_said_and_read_again(publisher: Publisher) -> None:
    archive = publisher.archive
    publisher.publish(0, NINE, read=False)
    read_as(archive, "older/1", read_shouting)
    publisher.publish(1, TEN, read=False)
    read_as(archive, "another/1", str.lower)
    assert publisher.list_versions() == [(0, 1, 2)]
    assert publisher.read()["pending"] == 1
    require_rebuilt(archive)
    assert extract_pending(archive, make_world(seed="extract")) == 2  # neither has today's label
    assert publisher.list_versions() == [(0, 0, 1), (1, 1, 1)]
    (edit,) = publisher.read()["edits"]
    assert edit["extractor"].startswith("trafilatura/")
    assert extract_pending(archive, make_world(seed="extract again")) == 0
    require_rebuilt(archive)


def test_a_page_that_cannot_be_read_again_is_not_read_for_ever(publisher: Publisher) -> None:
    archive = publisher.archive
    crossings = [f"The ferry {number} leaves at nine, in all weathers." for number in range(2000)]
    publisher.publish(0, make_page(*crossings), read=False)
    read_as(archive, "older/1", read_shouting)
    publisher.publish(1, make_page(*crossings[1:]), read=False)
    read_as(archive, "another/1", str.lower)
    texts = "SELECT id, text_id FROM captures WHERE text_id IS NOT NULL ORDER BY id"
    before = select(archive, texts)
    hurried = make_hurried(archive)
    assert extract_pending(hurried, make_world(seed="hurried")) == 2
    outcomes = select(archive, "SELECT outcome, count(*) FROM conversions GROUP BY 1 ORDER BY 1")
    assert outcomes == [("text", 2), ("timeout", 2)]
    assert select(archive, texts) == before
    assert publisher.list_versions() == [(0, 1, 2)]
    assert publisher.read()["pending"] == 1
    assert extract_pending(hurried, make_world(seed="hurried again")) == 0
    require_rebuilt(archive)


def make_hurried(archive: Archive) -> Archive:
    """The same archive with so little time for reading that no long page can be read."""
    extraction = replace(archive.settings.extraction, seconds=0.000001)
    return replace(archive, settings=replace(archive.settings, extraction=extraction))


# --- names, rules, speed --------------------------------------------------------------------------


def test_a_version_has_a_name(publisher: Publisher) -> None:
    first = publisher.publish(0, NINE)
    publisher.publish(1, NOISE)
    second = publisher.publish(2, TEN)
    with closing(open_readonly(publisher.archive.layout.database)) as index:
        for name in (publisher.server.url("/ferry"), first, second[:8]):
            assert find_capture(index, f"{name}@v1").id == first
            assert find_capture(index, f"{name}@v2").id == second
        with pytest.raises(InputError, match="no version 3") as refused:
            find_capture(index, f"{second}@v3")
    assert "archive history" in (refused.value.remedy or "")


def test_an_address_that_ends_like_a_version_is_an_address(publisher: Publisher) -> None:
    person = publisher.publish(0, NINE, path="/@v2")
    with closing(open_readonly(publisher.archive.layout.database)) as index:
        assert find_capture(index, publisher.server.url("/@v2")).id == person


def test_a_card_tells_version_and_state(publisher: Publisher) -> None:
    publisher.publish(0, NINE)
    second = publisher.publish(1, TEN)
    lost = publisher.publish(2, LOST)
    card = read_card(publisher.archive, second)
    assert (card["capture"]["version"], card["statement"]["state"]) == (2, "gone")
    card = read_card(publisher.archive, lost)
    assert (card["capture"]["version"], card["capture"]["says"]) == (None, "gone: status 404")


def test_an_index_of_other_rules_is_refused_until_it_is_rebuilt(publisher: Publisher) -> None:
    archive = publisher.archive
    publisher.publish(0, NINE)
    before = dump_index(archive)
    with closing(sqlite3.connect(archive.layout.database)) as index, index:
        index.execute("UPDATE about SET value = 'rules 0' WHERE key = 'rules'")
    with pytest.raises(DamageError, match="derived by other rules") as refused:
        publisher.read()
    assert "archive rebuild" in (refused.value.remedy or "")
    rebuild_index(archive, make_world(seed="rebuild"))
    assert dump_index(archive) == before


def test_a_note_changes_nothing_of_the_history(publisher: Publisher) -> None:
    first = publisher.publish(0, NINE)
    publisher.publish(1, TEN)
    before = publisher.read()
    with write_to(publisher.archive) as writing:
        annotate_capture(writing, first, "A note.")
    assert publisher.read() == before


def test_a_thousand_captures_of_one_statement_stay_fast(publisher: Publisher) -> None:
    publisher.publish(0, NINE)
    publisher.publish(1, TEN)
    times: list[float] = []
    for day in range(2, 1000, 100):
        address = publisher.server.url("/ferry")
        capture_on(publisher.archive, day, *[f"{address}?utm_source={n}" for n in range(98)])
        begun = time.perf_counter()
        publisher.publish(day + 99, TEN if day % 200 > 100 else NINE)
        times.append(time.perf_counter() - begun)
    (row,) = select(
        publisher.archive, "SELECT captures, versions FROM statements WHERE captures > 900"
    )
    assert row[0] > 900  # type: ignore[operator]  # a count
    assert min(times[-3:]) < min(times[:3]) + 0.25


def test_the_verb_tells_the_story(publisher: Publisher) -> None:
    for day, page in enumerate((NINE, NOISE, DOWN, TEN, LOST)):
        publisher.publish(day, page)
    address = publisher.server.url("/ferry")
    ran = run_archive(["history", address], root=publisher.archive.layout.root)
    assert ran.returncode == 0, ran.stderr
    assert "v1    2024-02-29T12:00:0" in ran.stdout
    assert "+1 −1 words   substantive, unannounced" in ran.stdout
    assert "gone between 2024-03-03" in ran.stdout
    assert "say nothing of versions: 3 captures: block page (3)" in ran.stdout
    unfolded = run_archive(["history", address, "--all"], root=publisher.archive.layout.root)
    assert unfolded.stdout.count(address) == 8  # the statement's own, and 7 captures


def test_a_page_without_words_was_counted_nowhere(publisher: Publisher) -> None:
    publisher.pages["/ferry"] = answer_page(b"")
    capture_on(publisher.archive, 1, publisher.server.url("/ferry"))
    history = publisher.read("/ferry")
    assert (history["versions"], history["passing"]) == ([], {"shown, without words": 1})


def test_withdrawing_a_statement_took_its_latest_capture(publisher: Publisher) -> None:
    capture = publisher.publish(1, NINE)
    archive = publisher.archive
    statement = select(archive, "SELECT id FROM statements")[0][0]
    with write_to(archive) as writing:
        for name in (str(statement), f"{capture}@v1"):
            with pytest.raises(InputError, match="is no capture"):
                plan_withdrawal(writing, name)
        assert plan_withdrawal(writing, capture[:8]).capture.id == capture
