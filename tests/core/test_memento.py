"""Dates and addresses of Memento.  Not for: answers to clients (``tests/datasette_plugin``)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.memento import (
    format_http_date,
    format_stamp,
    parse_http_date,
    parse_original,
    parse_stamp,
)
from archive.errors import InputError

MOMENT = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
SECONDS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))


def test_a_date_of_http_is_that_of_rfc_1123() -> None:
    assert format_http_date(MOMENT) == "Sun, 22 Nov 2026 09:30:05 GMT"


@given(SECONDS)
def test_dates_come_back(moment: datetime) -> None:
    assert parse_http_date(format_http_date(moment)) == moment
    assert parse_stamp(format_stamp(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "now",
            "2026-11-22T09:30:05Z",
            "Sun, 22 Nov 2026 09:30:05",
            "22 Nov 2026 09:30:05 GMT",
        ),
        *(
            "Sun, 31 Feb 2026 09:30:05 GMT",
            "Sun, 22 Nov 2026 25:00:00 GMT",
            "Sun, 22 Nov 26 09:30:05 GMT",
        ),
        *(
            "Sun, 22 Nov 2026 09:30:05 +0100",
            "Sunday, 22-Nov-26 09:30:05 GMT",
            "Sun, ²² Nov 2026 09:30:05 GMT",
        ),
    ],
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_http_date(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "20260101000000", "20261231235959"),
        ("202602", "20260201000000", "20260228235959"),
        ("202612", "20261201000000", "20261231235959"),
        ("20240229", "20240229000000", "20240229235959"),
        ("2024022910", "20240229100000", "20240229105959"),
        ("202402291011", "20240229101100", "20240229101159"),
        ("20240229101112", "20240229101112", "20240229101112"),
    ],
)
def test_a_shorter_stamp_names_a_span(text: str, first: str, last: str) -> None:
    assert format_stamp(parse_stamp(text)) == first
    assert format_stamp(parse_stamp(text, latest=True)) == last


@pytest.mark.parametrize(
    "text",
    ["", "20", "2026112", "20261322000000", "20260230000000", "2026112209300500", "9999", "²⁰²⁶"],
)
def test_what_is_no_stamp_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_stamp(text, latest=True)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("https://a.example/b?c=d%20e", "https://a.example/b?c=d%20e"),
        ("https:/a.example/b//c", "https://a.example/b//c"),
        ("http:/a.example", "http://a.example/"),
        ("a.example/b", "http://a.example/b"),
        ("HTTP://A.example/%7Eb", "http://a.example/%7Eb"),
    ],
)
def test_an_address_in_a_path_survives(text: str, whole: str) -> None:
    assert str(parse_original(text)) == whole


@pytest.mark.parametrize("text", ["", "javascript:alert(1)", "ftp://a.example/", "http:///", "a b"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_original(text)
