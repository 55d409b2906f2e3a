"""Annotations as stored.  Not for: who may write them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.annotation import (
    FORMAT,
    Annotation,
    Body,
    format_annotation,
    parse_annotation,
)
from archive.core.curation import CuratorAssertion, Evidence
from archive.core.organisation import Merger, Organisation
from archive.errors import DamageError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
EVIDENCE = st.builds(
    Evidence, locator=st.none() | TEXT, url=st.none() | TEXT, record=st.none() | TEXT
)
BODIES = st.one_of(
    st.tuples(st.sampled_from(["note", "withdrawal", "retraction"]), TEXT),
    st.tuples(
        st.just("assertion"),
        st.builds(
            CuratorAssertion,
            field=TEXT,
            values=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
            evidence=st.lists(EVIDENCE, max_size=3).map(tuple),
        ),
    ),
    st.tuples(
        st.just("organisation"),
        st.builds(Merger, into=TEXT)
        | st.builds(
            Organisation,
            name=TEXT,
            aliases=TEXTS,
            domains=TEXTS,
            wikidata=st.none() | TEXT,
            ror=st.none() | TEXT,
        ),
    ),
)


def make_annotation(said: tuple[str, Body], **more: Any) -> Annotation:
    return Annotation(kind=said[0], body=said[1], **more)


ANNOTATIONS = st.builds(
    make_annotation,
    BODIES,
    target=st.uuids().map(lambda name: name.urn),
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


def test_an_assertion_is_structured() -> None:
    body = CuratorAssertion(
        field="author", values=("Ann", "Bob"), evidence=(Evidence(locator="h1[0]"),)
    )
    assert (
        b'"body":{"evidence":[{"locator":"h1[0]"}],"field":"author","values":["Ann","Bob"]}'
        in format_annotation(replace(NOTE, kind="assertion", body=body))
    )


def with_body(kind: str, body: object) -> bytes:
    data = json.loads(format_annotation(NOTE))
    return json.dumps(data | {"kind": kind, "body": body}).encode()


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
        with_body("note", {"field": "title"}),
        with_body("note", None),
        with_body("assertion", "published=2024"),
        with_body("assertion", {"field": "title", "values": "x", "evidence": []}),
        with_body("assertion", {"field": "title", "values": [], "evidence": []}),
        with_body("assertion", {"field": "title", "values": [1], "evidence": []}),
        with_body("assertion", {"field": "title", "values": ["x"], "evidence": ["y"]}),
        with_body("assertion", {"field": "title", "values": ["x"], "evidence": [{"url": 1}]}),
        with_body("assertion", {"field": "title", "values": ["x"]}),
        with_body("organisation", "A"),
        with_body("organisation", {"name": "A"}),
        with_body("organisation", {"name": "A", "aliases": "B", "domains": []}),
        with_body("organisation", {"name": "A", "aliases": [], "domains": [], "ror": 5}),
    ],
)
def test_damage_is_told(block: bytes) -> None:
    with pytest.raises(DamageError):
        parse_annotation(block)
