"""Annotations as stored.  Not for: who may write them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.annotation import FORMAT, Annotation, format_annotation, parse_annotation
from archive.errors import DamageError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
ANNOTATIONS = st.builds(
    Annotation,
    kind=st.sampled_from(["note", "withdrawal"]),
    target=st.uuids().map(lambda name: name.urn),
    body=TEXT,
    agent=st.uuids().map(lambda name: name.urn),
    agent_name=TEXT,
    time=st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    reason=st.none() | TEXT,
    supersedes=st.none() | st.uuids().map(lambda name: name.urn),
)


@given(ANNOTATIONS)
def test_what_is_written_is_read_back(annotation: Annotation) -> None:
    block = format_annotation(annotation)
    assert parse_annotation(block) == annotation
    assert format_annotation(parse_annotation(block)) == block


NOTE = Annotation(
    kind="note",
    target="urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
    body="Seen on the noticeboard, too.",
    agent="urn:uuid:89abcdef-0123-4567-89ab-cdef01234567",
    agent_name="A. Archivist",
    time=datetime(2024, 3, 6, 12, 34, 56, tzinfo=UTC),
)


def test_the_block_is_canonical_json() -> None:
    assert format_annotation(NOTE) == (
        b'{"agent":{"id":"urn:uuid:89abcdef-0123-4567-89ab-cdef01234567","name":"A. Archivist"},'
        b'"body":"Seen on the noticeboard, too.","format":"statement-archive/annotation/1",'
        b'"kind":"note","target":"urn:uuid:01234567-89ab-cdef-0123-456789abcdef",'
        b'"time":"2024-03-06T12:34:56.000000Z"}'
    )


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format":"something-else/1"}',
        json.dumps({"format": FORMAT}).encode(),
        format_annotation(NOTE).replace(b'"time":"2024-03-06T12:34:56.000000Z"', b'"time":"noon"'),
        format_annotation(NOTE).replace(b'"time":"2024-03-06T12:34:56.000000Z"', b'"time":5'),
        format_annotation(NOTE).replace(b'"kind":"note",', b""),
    ],
)
def test_damage_is_told(block: bytes) -> None:
    with pytest.raises(DamageError):
        parse_annotation(block)
