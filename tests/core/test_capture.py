"""The metadata record of a capture.  Not for: the records around it."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.capture import (
    CaptureMetadata,
    Place,
    format_capture_metadata,
    parse_capture_metadata,
)
from archive.core.condition import Condition
from archive.core.digest import digest_bytes
from archive.core.exchange import Attempt, Connection, Failure, Purpose, RobotsAdvice, Tls
from archive.errors import DamageError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
URN = st.uuids().map(lambda name: name.urn)
MOMENT = st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DIGEST = st.binary(max_size=8).map(digest_bytes)
SIZE = st.integers(0, 2**40)
FAILURE = st.builds(
    Failure,
    kind=st.sampled_from(["blocked", "dns", "connect", "tls", "timeout", "disconnect"]),
    message=TEXT,
)
METADATA = st.builds(
    CaptureMetadata,
    principal=URN,
    url=TEXT,
    salt=st.binary(min_size=16, max_size=16),
    started=MOMENT,
    finished=MOMENT,
    place=st.builds(
        Place, visit=URN, address=TEXT, position=st.integers(0, 9), hops=st.integers(1, 10)
    ),
    purpose=st.sampled_from(sorted(get_args(Purpose))),
    batch=st.none() | URN,
    software=TEXT,
    connection=st.none()
    | st.builds(
        Connection,
        address=st.sampled_from(["192.0.2.1", "2001:db8::1"]),
        port=st.integers(1, 65535),
        reused=st.booleans(),
        tls=st.none()
        | st.builds(
            Tls,
            version=TEXT,
            cipher=TEXT,
            chain=st.lists(st.binary(max_size=20), max_size=3).map(tuple),
            error=st.none() | TEXT,
        ),
    ),
    resolved=st.lists(TEXT, max_size=3).map(tuple),
    left_out=st.lists(TEXT, max_size=3).map(tuple),
    interim=st.lists(st.binary(max_size=30), max_size=2).map(tuple),
    attempts=st.lists(st.builds(Attempt, started=MOMENT, failure=FAILURE), max_size=2).map(tuple),
    failure=st.none() | FAILURE,
    payload=st.none() | DIGEST,
    payload_length=st.none() | SIZE,
    content=st.none() | DIGEST,
    content_length=st.none() | SIZE,
    truncated=st.sampled_from([None, "length", "time"]),
    malformed=st.none() | TEXT,
    revisit_of=st.none() | URN,
    condition=st.none()
    | st.builds(Condition, record=URN, etag=st.none() | TEXT, last_modified=st.none() | TEXT),
    robots=st.none()
    | st.builds(
        RobotsAdvice,
        address=TEXT,
        allowed=st.sampled_from([None, True, False]),
        applied=st.booleans(),
    ),
)


@given(METADATA)
def test_what_is_written_is_read_back(metadata: CaptureMetadata) -> None:
    block = format_capture_metadata(metadata)
    assert parse_capture_metadata(block) == metadata
    assert format_capture_metadata(parse_capture_metadata(block)) == block


SMALL = CaptureMetadata(
    principal="urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
    url="https://example.org/",
    salt=bytes(16),
    started=datetime(2024, 3, 6, 12, 34, 56, tzinfo=UTC),
    finished=datetime(2024, 3, 6, 12, 34, 57, tzinfo=UTC),
    place=Place(visit="urn:uuid:x", address="https://example.org", position=0, hops=1),
    purpose="statement",
    software="statement-archive/0",
)


def test_what_is_absent_is_left_out() -> None:
    assert format_capture_metadata(SMALL) == (
        b'{"finished":"2024-03-06T12:34:57.000000Z","format":"statement-archive/capture/1",'
        b'"principal":"urn:uuid:01234567-89ab-cdef-0123-456789abcdef","purpose":"statement",'
        b'"salt":"00000000000000000000000000000000","software":"statement-archive/0",'
        b'"started":"2024-03-06T12:34:56.000000Z","url":"https://example.org/",'
        b'"visit":{"address":"https://example.org","hops":1,"id":"urn:uuid:x","position":0}}'
    )


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[1]",
        b"{}",
        b'{"format":"statement-archive/capture/2"}',
        b'{"format":"statement-archive/capture/1"}',
        format_capture_metadata(SMALL).replace(b'"salt":"00', b'"salt":"zz'),
        format_capture_metadata(SMALL).replace(b"2024-03-06T12:34:57.000000Z", b"noon"),
        format_capture_metadata(SMALL).replace(b'"hops":1,', b""),
        format_capture_metadata(SMALL).replace(b'"url"', b'"payload":"none","url"'),
        format_capture_metadata(SMALL).replace(b'"url"', b'"robots":{"x":1},"url"'),
        format_capture_metadata(SMALL).replace(b'"url"', b'"connection":{},"url"'),
        format_capture_metadata(SMALL).replace(b'"url"', b'"interim":["\xe2\x82\xac"],"url"'),
    ],
)
def test_damage_is_told(block: bytes) -> None:
    with pytest.raises(DamageError):
        parse_capture_metadata(block)
