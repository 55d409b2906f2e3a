"""Short ids follow from what they name.  Not for: collisions, which the index shows."""

import base64
import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.identity import (
    SHORT,
    SHORTEST,
    derive_agent_id,
    derive_capture_id,
    derive_statement_id,
    format_crockford,
    normalise_capture_id,
)
from archive.errors import InputError

RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@given(st.binary(min_size=10, max_size=32))
def test_the_encoding_is_base32_with_another_alphabet(data: bytes) -> None:
    expected = base64.b32encode(data).decode().translate(str.maketrans(RFC_4648, CROCKFORD))
    assert format_crockford(data, SHORT) == expected[:SHORT]


def test_a_capture_id_is_the_same_everywhere() -> None:
    record_id = "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"
    raw = bytes.fromhex("0123456789abcdef0123456789abcdef")
    assert derive_capture_id(record_id) == format_crockford(hashlib.sha256(raw).digest(), SHORT)
    assert derive_capture_id(
        record_id.upper().replace("URN:UUID", "urn:uuid")
    ) == derive_capture_id(record_id)


@given(st.uuids())
def test_a_capture_id_is_its_own_normal_form(name: uuid.UUID) -> None:
    capture_id = derive_capture_id(name.urn)
    assert len(capture_id) == SHORT
    assert set(capture_id) <= set(CROCKFORD)
    assert normalise_capture_id(capture_id) == capture_id
    assert normalise_capture_id(capture_id.upper()) == capture_id
    assert normalise_capture_id(capture_id[:SHORTEST]) == capture_id[:SHORTEST]


@pytest.mark.parametrize("record_id", ["", "urn:uuid:", "urn:uuid:xyz", "https://example.org/"])
def test_only_uuid_record_ids_name_captures(record_id: str) -> None:
    with pytest.raises(InputError):
        derive_capture_id(record_id)


@pytest.mark.parametrize(
    ("text", "capture_id"),
    [
        ("ABC123", "abc123"),
        ("oil0il", "011011"),
        ("OILabc", "011abc"),
        ("abc12", None),
        ("", None),
        ("abc-123", None),
        ("ulaanbaatar", None),  # u is no letter of Crockford's
        ("https://example.org/", None),
    ],
)
def test_crockfords_readings(text: str, capture_id: str | None) -> None:
    assert normalise_capture_id(text) == capture_id


@given(st.text())
def test_the_normal_form_is_idempotent(text: str) -> None:
    once = normalise_capture_id(text)
    assert once is None or normalise_capture_id(once) == once


def test_other_ids_follow_from_names_alone() -> None:
    assert derive_statement_id("example.org/a") == derive_statement_id("example.org/a")
    assert derive_statement_id("example.org/a") != derive_statement_id("example.org/b")
    agent = derive_agent_id("archive.example/log", "A. Archivist")
    assert agent.startswith("urn:uuid:")
    assert agent == derive_agent_id("archive.example/log", "A. Archivist")
    assert agent != derive_agent_id("other.example/log", "A. Archivist")
