"""Events: format and parse are inverse, and nothing else is read."""

import json

import pytest

from archive.core.event import (
    Act,
    Cosigning,
    Event,
    FixityRun,
    KeyChange,
    Timestamping,
    format_event,
    parse_event,
)
from archive.core.leaf import KINDS
from archive.errors import DamageError
from tests.support.clock import START

ACTS: tuple[Act, ...] = (
    FixityRun(
        level="full",
        start=0,
        end=7,
        leaves=7,
        outcome="damage",
        damages=1,
        undecided=0,
        findings=("a file is missing",),
        software="statement-archive/0",
    ),
    KeyChange(added=("a+b+c",), retired=(), reason="yearly"),
    Timestamping(
        authority="https://tsa.example/",
        note="a\n7\nAAAA\n\n",
        response="urn:uuid:00000000-0000-4000-8000-000000000000",
        stated=START,
        ends=None,
        roots=("-----BEGIN",),
        judge="openssl",
    ),
    Cosigning(note="a\n7\nAAAA\n\n", witness="w+b+c", address="https://witness.example/"),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: type(act).__name__)
def test_format_and_parse_are_inverse(act: Act) -> None:
    event = Event(act=act, time=START, agent="urn:uuid:1", agent_name="A. Archivist")
    block = format_event(event)
    assert parse_event(block) == event
    assert event.kind in KINDS
    data = json.loads(block)
    for key in ("kind", "time", "agent", "format"):
        with pytest.raises(DamageError):
            parse_event(json.dumps({**data, key: "other"}).encode())
        with pytest.raises(DamageError):
            parse_event(json.dumps({name: data[name] for name in data if name != key}).encode())


@pytest.mark.parametrize("block", [b"", b"[]", b"{}", b"null", b"\xff", b'{"format":1}'])
def test_what_is_no_event_is_refused(block: bytes) -> None:
    with pytest.raises(DamageError):
        parse_event(block)
