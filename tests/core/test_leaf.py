"""Leaves: the canonical form, and nothing else, is read."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.digest import Digest, digest_bytes
from archive.core.leaf import (
    KINDS,
    MAX_BYTES,
    Leaf,
    Overwritten,
    Placed,
    digest_address,
    format_leaf,
    parse_leaf,
)
from archive.errors import DamageError, InputError

digests = st.binary(max_size=4).map(digest_bytes)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
numbers = st.integers(min_value=0, max_value=2**53)
placed = st.builds(
    Placed,
    record_id=texts,
    kind=texts,
    offset=numbers,
    length=numbers,
    member=digests,
    record=digests,
    block=digests,
    payload=st.none() | digests,
    content=st.none() | digests,
)
overwritten = st.builds(Overwritten, record_id=texts, leaf=numbers, member=digests)
leaves = st.builds(
    Leaf,
    sequence=numbers,
    kind=st.sampled_from(KINDS),
    time=st.datetimes(
        min_value=datetime(1990, 1, 1),  # noqa: DTZ001  # made aware by the strategy
        timezones=st.just(UTC),
    ),
    warc=texts,
    records=st.lists(placed, max_size=4).map(tuple),
    address=st.none() | digests,
    recovered=st.booleans(),
    overwrites=st.lists(overwritten, max_size=2).map(tuple),
)


def make_leaf() -> Leaf:
    return Leaf(
        sequence=3,
        kind="capture",
        time=datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC),
        warc="20261122093000123456-a1b2c3d4-00001.warc.gz",
        records=(
            Placed(
                record_id="urn:uuid:1",
                kind="response",
                offset=903,
                length=1198,
                member=digest_bytes(b"m"),
                record=digest_bytes(b"r"),
                block=digest_bytes(b"b"),
                payload=digest_bytes(b"p"),
            ),
        ),
        address=digest_address(b"salt", "http://ministry.example/"),
    )


@given(leaves)
def test_format_and_parse_are_inverse(leaf: Leaf) -> None:
    data = format_leaf(leaf)
    assert parse_leaf(data) == leaf
    assert (
        data
        == json.dumps(
            json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    )


def test_the_form_is_that_of_the_specification() -> None:
    text = format_leaf(make_leaf()).decode()
    assert text.startswith('{"address":"sha256:')
    assert '"format":"statement-archive/leaf/1","records":[{"block":"sha256:' in text
    assert '"id":"urn:uuid:1","length":1198,"member":"sha256:' in text
    assert '"offset":903,"payload":"sha256:' in text
    assert text.endswith(
        '"type":"response"}],"sequence":3,"time":"2026-11-22T09:30:00.123456Z","type":"capture",'
        '"warc":"20261122093000123456-a1b2c3d4-00001.warc.gz"}'
    )
    assert "null" not in text
    assert "recovered" not in text
    assert "content" not in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"address"', b'{ "address"'),
        (b'"sequence":3', b'"sequence":03'),
        (b'"sequence":3', b'"sequence":3.0'),
        (b'"sequence":3', b'"sequence":"3"'),
        (b'"sequence":3', b'"recovered":false,"sequence":3'),
        (b'"sequence":3', b'"extra":1,"sequence":3'),
        (b'"sequence":3', b'"sequence":3,"sequence":3'),
        (b'"sequence":3,', b""),
        (b'"type":"capture"', b'"type":"Capture"'),
        (b'"type":"capture"', b'"type":null'),
        (b"leaf/1", b"leaf/2"),
        (b".123456Z", b".123456+00:00"),
        (b".123456Z", b".12345Z"),
        (b".123456Z", b""),
        (b'"address":"sha256:', b'"address":"SHA-256:'),
        (b'"address":"sha256:', b'"address":"'),
        (b"}", b""),
        (b'"offset":903', b'"offset":[903]'),
        (b"urn:uuid:1", b"urn:uuid:\\u0031"),
        (b"urn:uuid:1", b"urn:uuid:\xff"),
    ],
)
def test_any_other_form_is_refused(old: bytes, new: bytes) -> None:
    data = format_leaf(make_leaf())
    assert old in data
    with pytest.raises(DamageError):
        parse_leaf(data.replace(old, new, 1))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"3", b"\x00", b'{"records":[]}'])
def test_what_is_no_leaf_is_refused(data: bytes) -> None:
    with pytest.raises(DamageError):
        parse_leaf(data)


@given(st.binary(max_size=100))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(DamageError):
        parse_leaf(data)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_is_refused_or_says_something_else(place: int, bit: int) -> None:
    data = bytearray(format_leaf(make_leaf()))
    data[place % len(data)] ^= 1 << bit
    with contextlib.suppress(DamageError):
        assert parse_leaf(bytes(data)) != make_leaf()


def test_a_group_too_large_for_an_entry_is_refused() -> None:
    leaf = make_leaf()
    many = Leaf(
        sequence=0, kind="capture", time=leaf.time, warc=leaf.warc, records=leaf.records * 300
    )
    with pytest.raises(InputError, match="300 records"):
        format_leaf(many)
    assert len(format_leaf(leaf)) < MAX_BYTES


def test_the_address_is_salted() -> None:
    url = "http://ministry.example/"
    assert digest_address(b"one", url) != digest_address(b"two", url)
    assert digest_address(b"", "a") == Digest(
        algorithm="sha256",
        value="ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    )
