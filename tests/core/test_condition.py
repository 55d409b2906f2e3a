"""Validators of conditional requests: which are sent back, and which are not."""

import pytest

from archive.core.condition import (
    Condition,
    choose_condition,
    list_condition_fields,
    strip_condition,
)
from archive.core.http import parse_head

RECORD = "urn:uuid:01234567-89ab-4def-8123-456789abcdef"
DATE = "Date: Wed, 06 Mar 2024 12:00:00 GMT"
OLD = "Wed, 06 Mar 2024 11:59:59 GMT"


@pytest.mark.parametrize(
    ("fields", "etag", "last_modified"),
    [
        (['ETag: "a"'], '"a"', None),
        (['ETag: W/"a"'], 'W/"a"', None),
        (['ETag: ""'], '""', None),
        (["etag: a"], None, None),
        (['ETag: "a'], None, None),
        (['ETag: w/"a"'], None, None),
        (['ETag: "a b"'], None, None),
        (['ETag: "a", "b"'], None, None),
        (['ETag: "a"', 'ETag: "b"'], None, None),
        (['ETag: "\u00e9"'], None, None),
        ([f'ETag: "{"a" * 501}"'], None, None),
        ([DATE, f"Last-Modified: {OLD}"], None, OLD),
        ([DATE, 'ETag: "a"', f"Last-Modified: {OLD}"], '"a"', OLD),
        ([f"Last-Modified: {OLD}"], None, None),  # no Date to tell whether it is old enough
        ([DATE, "Last-Modified: Wed, 06 Mar 2024 12:00:00 GMT"], None, None),
        ([DATE, "Last-Modified: Thu, 06 Mar 2024 11:59:59 GMT"], None, None),
        ([DATE, "Last-Modified: Wed, 06 Mar 2024 11:59:60 GMT"], None, None),
        ([DATE, "Last-Modified: Wed, 31 Feb 2024 11:59:59 GMT"], None, None),
        ([DATE, "Last-Modified: Wednesday, 06-Mar-24 11:59:59 GMT"], None, None),
        ([DATE, "Last-Modified: Wed Mar  6 11:59:59 2024"], None, None),
        ([DATE, "Last-Modified: 2024-03-06T11:59:59Z"], None, None),
        ([DATE, f"Last-Modified: {OLD}", f"Last-Modified: {OLD}"], None, None),
        ([DATE, "Last-Modified: "], None, None),
    ],
)
def test_only_what_the_standard_allows_is_sent_back(
    fields: list[str], etag: str | None, last_modified: str | None
) -> None:
    head = parse_head("\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode())
    chosen = choose_condition(head, record=RECORD)
    if etag is None and last_modified is None:
        assert chosen is None
    else:
        assert chosen == Condition(record=RECORD, etag=etag, last_modified=last_modified)


@pytest.mark.parametrize("status", ["206 Partial Content", "404 Not Found", "304 Not Modified"])
def test_only_a_whole_page_has_validators(status: str) -> None:
    head = parse_head(f'HTTP/1.1 {status}\r\nETag: "a"\r\n\r\n'.encode())
    assert choose_condition(head, record=RECORD) is None


def test_a_request_without_its_condition_is_the_plain_one() -> None:
    plain = b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n"
    condition = Condition(record=RECORD, etag='"a"', last_modified=OLD)
    lines = "".join(f"{name}: {value}\r\n" for name, value in list_condition_fields(condition))
    asked = plain.replace(b"Connection", lines.encode() + b"Connection")
    assert b"If-None-Match" in asked
    assert b"If-Modified-Since" in asked
    assert strip_condition(asked) == plain
    assert strip_condition(plain) == plain
