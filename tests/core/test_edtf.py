"""Dates as pages spell them.  Not for: which of several dates is believed."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.edtf import NO_ZONE, earliest, format_day, latest, read_date, read_epoch
from archive.errors import InputError

READ = [
    # ISO 8601, extended and basic
    ("2024-03-06", "2024-03-06", None),
    ("2024-03", "2024-03", None),
    ("2024", "2024", None),
    ("2024-3-6", "2024-03-06", None),
    ("20240306", "2024-03-06", None),
    ("2024-W10-3", "2024-03-06", None),
    ("2024W103", "2024-03-06", None),
    ("2024-066", "2024-03-06", None),
    ("2024-03-06T12:34:56Z", "2024-03-06T12:34:56Z", None),
    ("2024-03-06T12:34:56.789012+01:00", "2024-03-06T12:34:56+01:00", None),
    ("2024-03-06T12:34:56,789Z", "2024-03-06T12:34:56Z", None),
    ("2024-03-06T12:34:56+0100", "2024-03-06T12:34:56+01:00", None),
    ("2024-03-06T12:34+01", "2024-03-06T12:34:00+01:00", None),
    ("2024-03-06T12:34:56-00:00", "2024-03-06T12:34:56Z", None),
    ("2024-03-06T12:34:56+01:00[Europe/Berlin]", "2024-03-06T12:34:56+01:00", None),
    ("20240306T123456Z", "2024-03-06T12:34:56Z", None),
    ("20240306123456", "2024-03-06T12:34:56", NO_ZONE),
    ("2024-03-06 12:34", "2024-03-06T12:34:00", NO_ZONE),
    ("2024-03-06 12:34:56 +0100 UTC", "2024-03-06T12:34:56+01:00", None),
    ("2024-03-06Z", "2024-03-06", None),
    ("2024-03-06+01:00", "2024-03-06", None),
    # RFC 5322 and the three forms of RFC 9110
    ("Wed, 06 Mar 2024 12:34:56 GMT", "2024-03-06T12:34:56Z", None),
    ("Wed, 6 Mar 2024 12:34:56 +0100", "2024-03-06T12:34:56+01:00", None),
    ("Wed, 6 Mar 2024 12:34 EST", "2024-03-06T12:34:00-05:00", "EST read as -05:00"),
    ("Wednesday, 06-Mar-24 12:34:56 GMT", "2024-03-06T12:34:56Z", None),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z", None),
    ("Wed Mar  6 12:34:56 2024", "2024-03-06T12:34:56", NO_ZONE),
    # what programs print
    ("Wed Mar 06 12:34:56 CET 2024", "2024-03-06T12:34:56", "CET not read"),
    ("Wed Mar 06 2024 12:34:56 GMT+0100 (CET)", "2024-03-06T12:34:56+01:00", None),
    ("2024/03/06", "2024-03-06", None),
    ("2024/03/06 10:00:00", "2024-03-06T10:00:00", NO_ZONE),
    ("2024.03.06", "2024-03-06", None),
    # what people write
    ("06.03.2024", "2024-03-06", None),
    ("Mi., 06.03.2024 - 14:45", "2024-03-06T14:45:00", NO_ZONE),
    ("06.03.2024, 10:27 Uhr", "2024-03-06T10:27:00", NO_ZONE),
    ("15/03/2024", "2024-03-15", None),
    ("03/15/2024", "2024-03-15", None),
    ("03/03/2024", "2024-03-03", None),
    ("March 6, 2024", "2024-03-06", None),
    ("6 March 2024.", "2024-03-06", None),
    ("6th of March 2024", "2024-03-06", None),
    ("Wednesday, March 6th, 2024, 5:30 p.m. ET", "2024-03-06T17:30:00", "ET not read"),
    ("Sept. 6, 2024 at 12:05 am", "2024-09-06T00:05:00", NO_ZONE),
    ("March 2024", "2024-03", None),
    ("  March\n 2024 ", "2024-03", None),
]


@pytest.mark.parametrize(("raw", "value", "zone"), READ)
def test_a_date_is_read_as_exactly_as_stated(raw: str, value: str, zone: str | None) -> None:
    assert read_date(raw) == (value, zone)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "Wednesday",
        "yesterday",
        "May",
        "03/04/2024",  # the fourth of March, or the third of April
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2023-366",
        "2024-W54-1",
        "2024-W10",
        "0000-00-00",
        "2024-00-10",
        "1899-12-31",
        "2101-01-01",
        "2024-03-06T25:00:00Z",
        "2024-03-06T12:60:00Z",
        "2024-03-06T12:00:00+15:00",
        "2024-03 12:00",
        "2024-03-06 and other days",
        "2024-03-06/2024-03-09",
        "202403",
        "240306",
        "1709728496",
        "13:60 am 2024",
        "March 6, 2024 13:00 pm",
        "\u0662\u0660\u0662\u0664",
        "2024-03-06" + " " * 200 + "x",
        "2024-03-06 " + "x" * 100_000,
    ],
)
def test_what_is_no_certain_date_is_not_read(raw: str) -> None:
    assert read_date(raw) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_comes_back_from_every_spelling(day: date) -> None:
    expected = (day.isoformat(), None)
    year, week, weekday = day.isocalendar()
    spellings = [
        day.isoformat(),
        day.strftime("%Y%m%d"),
        day.strftime("%Y-%j"),
        day.strftime("%Y/%m/%d"),
        day.strftime("%d.%m.%Y"),
        day.strftime("%d %B %Y"),
        day.strftime("%a, %d %b %Y"),
        day.strftime("%B %d, %Y"),
    ]
    if 1900 <= year <= 2100:
        spellings.append(f"{year}-W{week:02}-{weekday}")
    for spelling in spellings:
        assert read_date(spelling) == expected, spelling


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30), timezones=ZONES)  # noqa: DTZ001
)
def test_a_moment_keeps_its_offset(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    read = read_date(moment.isoformat())
    assert read is not None
    value, zone = read
    assert zone is None
    assert datetime.fromisoformat(value) == whole
    assert earliest(value) == whole
    assert format_day(value) == moment.date().isoformat()
    assert read_date(value) == read


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_and_what_is_read_reads_again(raw: str) -> None:
    for read in (read_date(raw), read_epoch(raw)):
        if read is not None:
            assert (read_date(read[0]) or ("",))[0] == read[0]
            assert earliest(read[0]) <= latest(read[0])


@pytest.mark.parametrize("raw", ["1709728496", "1709728496123", " 1709728496 "])
def test_a_count_of_seconds_is_read_only_where_asked_for(raw: str) -> None:
    assert read_epoch(raw) == ("2024-03-06T12:34:56Z", None)
    assert read_date(raw) is None


@pytest.mark.parametrize("raw", ["", "170972849", "17097284961", "9999999999", "20240306"])
def test_other_numbers_are_no_count_of_seconds(raw: str) -> None:
    assert read_epoch(raw) is None


BOUNDS = [
    ("2024", "2024-01-01T00:00:00+00:00", "2024-12-31T23:59:59.999999+00:00"),
    ("2023", "2023-01-01T00:00:00+00:00", "2023-12-31T23:59:59.999999+00:00"),
    ("2024-02", "2024-02-01T00:00:00+00:00", "2024-02-29T23:59:59.999999+00:00"),
    ("2024-02-29", "2024-02-29T00:00:00+00:00", "2024-02-29T23:59:59.999999+00:00"),
    ("2024-03-06T01:00:00+02:00", "2024-03-05T23:00:00+00:00", "2024-03-05T23:00:00.999999+00:00"),
    ("2024-03-06T01:00:00", "2024-03-06T01:00:00+00:00", "2024-03-06T01:00:00.999999+00:00"),
    ("9999", "9999-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"),
]


@pytest.mark.parametrize(("value", "first", "last"), BOUNDS)
def test_bounds_of_a_partial_date(value: str, first: str, last: str) -> None:
    assert earliest(value) == datetime.fromisoformat(first)
    assert latest(value) == datetime.fromisoformat(last)
    assert earliest(value).tzinfo == latest(value).tzinfo == UTC


def test_partial_dates_order() -> None:
    values = ["2024-03-06T10:00:00Z", "2024", "2023-12-31", "2024-03", "2024-03-06"]
    assert sorted(values, key=earliest) == [
        "2023-12-31",
        "2024",
        "2024-03",
        "2024-03-06",
        "2024-03-06T10:00:00Z",
    ]


@pytest.mark.parametrize(
    "value", ["", "20240306", "2024-13", "2024-02-30", "2024-03-06T10:00Z", "0000", "2024-03-06Z"]
)
def test_what_is_no_edtf_date_has_no_bounds(value: str) -> None:
    for function in (earliest, latest, format_day):
        with pytest.raises(InputError):
            function(value)


def test_a_month_has_no_day() -> None:
    assert format_day("2024-03") is None
    assert format_day("2024") is None
    assert format_day("2024-03-06T23:30:00-05:00") == "2024-03-06"
