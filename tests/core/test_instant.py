"""Moments in UTC, written one way and read in several.  Not for: dates that pages claim."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.instant import format_instant, parse_instant
from archive.errors import InputError

MOMENTS = st.datetimes(
    datetime(1000, 1, 2),  # noqa: DTZ001
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(MOMENTS)
def test_what_is_written_is_read_back(moment: datetime) -> None:
    text = format_instant(moment)
    assert parse_instant(text) == moment
    assert parse_instant(text).tzinfo == UTC
    assert len(text) == len("2024-03-06T12:34:56.000000Z")
    assert format_instant(parse_instant(text)) == text


@given(MOMENTS, MOMENTS)
def test_written_moments_order_as_text(one: datetime, other: datetime) -> None:
    assert (format_instant(one) < format_instant(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("2024-03-06T12:34:56Z", "2024-03-06T12:34:56.000000Z"),
        ("2024-03-06T12:34:56.5Z", "2024-03-06T12:34:56.500000Z"),
        ("2024-03-06T12:34:56.123456789Z", "2024-03-06T12:34:56.123456Z"),
        ("2024-03-06T12:34:56+01:00", "2024-03-06T11:34:56.000000Z"),
        (" 2024-03-06T12:34:56Z\n", "2024-03-06T12:34:56.000000Z"),
    ],
)
def test_other_spellings_are_read(text: str, formatted: str) -> None:
    assert format_instant(parse_instant(text)) == formatted


@pytest.mark.parametrize(
    "text", ["", "2024", "2024-03-06", "2024-03-06T12:34:56", "2024-02-30T00:00:00Z", "now"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_instant(text)
