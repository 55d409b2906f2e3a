"""When an address is due again, as a table of its age, its changes and its failures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.watch import WatchOrder
from archive.history.schedule import (
    LATER,
    LIST_EVERY,
    LONGEST_BACKOFF,
    Judged,
    Outcome,
    Seen,
    choose_next_visit,
    judge_visits,
)

START = datetime(2024, 2, 29, 12, tzinfo=UTC)
ORDER = WatchOrder(kind="url", address="http://a.example/")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def judge(*visits: tuple[timedelta, Outcome]) -> tuple[Judged, ...]:
    return tuple(Judged(moment=START + after, outcome=outcome) for after, outcome in visits)


def find_wait(
    visits: Sequence[Judged], order: WatchOrder = ORDER, published: datetime | None = None
) -> timedelta:
    """How long after the last visit the next one is due."""
    due = choose_next_visit(order, since=START, visits=visits, published=published)
    assert due is not None
    return due - visits[-1].moment


def test_what_was_never_visited_is_due_with_the_order() -> None:
    assert choose_next_visit(ORDER, since=START, visits=()) == START


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), 15 * MINUTE),
        (3 * HOUR - MINUTE, 15 * MINUTE),
        (3 * HOUR, HOUR),
        (DAY - MINUTE, HOUR),
        (DAY, 3 * HOUR),
        (7 * DAY, 3 * DAY),
        (30 * DAY, 30 * DAY),
        (3000 * DAY, 30 * DAY),
    ],
)
def test_the_older_the_more_seldom(age: timedelta, wait: timedelta) -> None:
    first: tuple[timedelta, Outcome] = (timedelta(0), "same")
    assert find_wait(judge(first, (age, "same")) if age else judge(first)) == wait
    published = START - age
    assert find_wait(judge(first), published=published) == wait


def test_a_date_of_publication_in_the_future_counts_for_nothing() -> None:
    assert find_wait(judge((timedelta(0), "same")), published=START + 9000 * DAY) == 15 * MINUTE


@pytest.mark.parametrize(
    ("after", "wait"),
    [
        (timedelta(0), HOUR),
        (DAY - HOUR, HOUR),
        (DAY, 3 * HOUR),
        (8 * DAY, 3 * DAY),
        (40 * DAY, LATER),
    ],
)
@pytest.mark.parametrize("turn", ["changed", "gone"])
def test_a_change_makes_an_old_page_young_again(
    turn: Outcome, after: timedelta, wait: timedelta
) -> None:
    since: Outcome = "gone" if turn == "gone" else "same"
    visits: list[tuple[timedelta, Outcome]] = [(timedelta(0), "same"), (90 * DAY, turn)]
    if after:
        visits.append((90 * DAY + after, since))
    assert find_wait(judge(*visits)) == wait


def test_a_change_does_not_make_a_young_page_older() -> None:
    assert find_wait(judge((timedelta(0), "same"), (HOUR, "changed"))) == 15 * MINUTE


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 30 * MINUTE), (2, HOUR), (5, 8 * HOUR), (7, LONGEST_BACKOFF), (150, LONGEST_BACKOFF)],
)
def test_failures_back_off_and_never_end(failures: int, wait: timedelta) -> None:
    seen = [(timedelta(0), "same"), *((MINUTE * n, "failed") for n in range(1, failures + 1))]
    assert find_wait(judge(*seen)) == wait  # type: ignore[arg-type]  # outcomes, all of them


def test_a_failure_of_an_old_page_waits_no_longer_than_its_turn() -> None:
    assert find_wait(judge((timedelta(0), "same"), (90 * DAY, "failed"))) == LATER


def test_an_order_that_says_how_often() -> None:
    order = replace(ORDER, every=6 * HOUR)
    assert find_wait(judge((timedelta(0), "same")), order) == 6 * HOUR
    assert find_wait(judge((timedelta(0), "same"), (900 * DAY, "changed")), order) == 6 * HOUR
    assert find_wait(judge((timedelta(0), "failed")), order) == 12 * HOUR
    assert find_wait(judge((timedelta(0), "same")), replace(order, every=timedelta(0))) == MINUTE
    assert (
        find_wait(judge((timedelta(0), "same")), replace(order, every=9**9 * MINUTE)) > 3000 * DAY
    )


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_lists_are_visited_hourly(kind: str) -> None:
    order = replace(ORDER, kind=kind)  # type: ignore[arg-type]  # it is one of them
    assert find_wait(judge((timedelta(0), "same"), (90 * DAY, "same")), order) == LIST_EVERY


def test_after_its_end_an_order_wants_nothing() -> None:
    visits = judge((timedelta(0), "same"))
    order = replace(ORDER, until=START + 15 * MINUTE)
    assert choose_next_visit(order, since=START, visits=visits) == START + 15 * MINUTE
    early = replace(ORDER, until=START + 14 * MINUTE)
    assert choose_next_visit(early, since=START, visits=visits) is None


@given(
    st.lists(st.sampled_from(["same", "changed", "gone", "failed"]), min_size=1, max_size=40),
    st.none() | st.integers(1, 10**6),
)
def test_the_next_visit_is_always_later_and_never_too_late(
    outcomes: list[Outcome], every: int | None
) -> None:
    visits = judge(*((HOUR * place, outcome) for place, outcome in enumerate(outcomes)))
    order = replace(ORDER, every=None if every is None else every * MINUTE)
    wait = find_wait(visits, order)
    assert MINUTE <= wait <= max(LATER, order.every or LATER, LONGEST_BACKOFF)


def see(
    status: int | None = 200,
    payload: str | None = "p",
    version: str | None = "1",
    *,
    whole: bool = True,
    pending: bool = False,
    other: bool = False,
    missing: bool = False,
) -> Seen:
    return Seen(
        moment=START,
        status=status,
        is_whole=whole,
        payload=payload,
        version=version,
        is_other=other,
        is_missing=missing,
        is_pending=pending,
    )


@pytest.mark.parametrize(
    ("visits", "outcomes"),
    [
        ([see(), see()], ["same", "same"]),
        ([see(), see(payload="q")], ["same", "same"]),
        ([see(), see(payload="q", version="2")], ["same", "changed"]),
        ([see(), see(payload="q", version="2"), see()], ["same", "changed", "changed"]),
        ([see(), see(payload="q", version=None, pending=True)], ["same", "same"]),
        ([see(version=None), see(payload="q", version=None)], ["same", "changed"]),
        ([see(version=None), see(payload="q")], ["same", "same"]),
        ([see(), see(payload="b", version=None, other=True), see()], ["same", "failed", "same"]),
        ([see(), see(404, other=True)], ["same", "failed"]),
        ([see(), see(missing=True), see(500, missing=True)], ["same", "gone", "failed"]),
        ([see(), see(missing=True), see()], ["same", "gone", "changed"]),
        ([see(), see(500), see(payload="q", version="2")], ["same", "failed", "changed"]),
        ([see(), see(404), see(410), see()], ["same", "gone", "gone", "changed"]),
        ([see(404), see()], ["gone", "changed"]),
        (
            [see(), see(whole=False), see(None, None, None, whole=False)],
            ["same", "failed", "failed"],
        ),
        ([see(404, whole=False), see(403), see(302)], ["failed", "failed", "failed"]),
    ],
)
def test_what_visits_showed(visits: list[Seen], outcomes: list[str]) -> None:
    assert [one.outcome for one in judge_visits(visits)] == outcomes
