"""Watch orders: lengths of time as people type them, and orders as they are stored."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.annotation import Annotation, format_annotation, parse_annotation
from archive.core.watch import (
    WATCH_KINDS,
    WatchOrder,
    find_watch_id,
    format_duration,
    format_watch_urn,
    parse_duration,
)
from archive.errors import DamageError, InputError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
ORDER = st.builds(
    WatchOrder,
    kind=st.sampled_from(WATCH_KINDS),
    address=TEXT,
    every=st.none() | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    until=st.none() | st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    active=st.booleans(),
    backfill=st.booleans(),
)


def annotate(order: WatchOrder) -> Annotation:
    return Annotation(
        kind="watch",
        target=format_watch_urn("0123456789abcdef"),
        body=order,
        agent="urn:uuid:a",
        agent_name="Ann",
        time=datetime(2024, 3, 6, tzinfo=UTC),
    )


@given(ORDER)
def test_an_order_is_read_back(order: WatchOrder) -> None:
    said = annotate(order)
    assert parse_annotation(format_annotation(said)) == said


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "a"},
        {"active": True},
        {"url": "a", "feed": "b", "active": True},
        {"url": "a", "active": "yes"},
        {"url": 1, "active": True},
        {"url": "a", "active": True, "every": "1h"},
        {"url": "a", "active": True, "every": -1},
        {"url": "a", "active": True, "every": 10**30},
        {"url": "a", "active": True, "until": "soon"},
        {"url": "a", "active": True, "backfill": 1},
        "watch it",
        None,
    ],
)
def test_what_is_no_order_is_damage(body: object) -> None:
    said = json.loads(format_annotation(annotate(WatchOrder(kind="url", address="a"))))
    block = json.dumps(said | {"body": body}, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(DamageError):
        parse_annotation(block)


@pytest.mark.parametrize(
    ("typed", "length", "shown"),
    [
        ("15m", timedelta(minutes=15), "15m"),
        (" 6h ", timedelta(hours=6), "6h"),
        ("90m", timedelta(minutes=90), "90m"),
        ("24h", timedelta(days=1), "1d"),
        ("2w", timedelta(weeks=2), "14d"),
    ],
)
def test_lengths_of_time(typed: str, length: timedelta, shown: str) -> None:
    assert parse_duration(typed) == length
    assert format_duration(length) == shown


@pytest.mark.parametrize("typed", ["", "1", "m", "0m", "-1h", "1.5h", "1 h", "9999999d", "4000d"])
def test_what_is_no_length_of_time(typed: str) -> None:
    with pytest.raises(InputError):
        parse_duration(typed)


def test_the_urn_of_an_order_names_it() -> None:
    assert find_watch_id(format_watch_urn("abc")) == "abc"
    assert find_watch_id("urn:archive:organisation:abc") is None
