"""What is read from tokens beside the library: exact times, and whom the signed part names."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from archive.witness.der import (
    FIRST_OPTION,
    GENERALIZED_TIME,
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    format_der,
)
from archive.witness.token import is_signer_named, parse_time
from tests.support.timestamp_authority import make_authority
from tests.support.timestamp_tokens import DATA, QUERY, WRONG

MOMENT = datetime(2026, 2, 9, 3, 4, 5, tzinfo=UTC)


def make_time_token(moment: bytes) -> bytes:
    """The parts of a token on the way to its time."""
    info = format_der(SEQUENCE, format_der(GENERALIZED_TIME, moment))
    content = format_der(FIRST_OPTION, format_der(OCTETS, info))
    kind = format_der(0x06, b"\x2a")
    empty = format_der(SET, b"")
    data = format_der(INTEGER, b"\3") + empty + format_der(SEQUENCE, kind + content) + empty
    signed = format_der(FIRST_OPTION, format_der(SEQUENCE, data))
    return format_der(SEQUENCE, kind + signed)


@pytest.mark.parametrize(
    ("digits", "microseconds"),
    [
        (b"", 0),
        (b".1", 100_000),
        (b".000001", 1),
        (b".0000001", 1),
        (b".1234560", 123_456),
        (b".9999991", 1_000_000),
    ],
)
def test_times_are_rounded_up(digits: bytes, microseconds: int) -> None:
    token = make_time_token(b"20260209030405" + digits + b"Z")
    assert parse_time(token) == MOMENT + timedelta(microseconds=microseconds)


@pytest.mark.parametrize(
    "moment", [b"20260209030405", b"2026020903Z", b"20261309030405Z", b"20260209030405+0100", b""]
)
def test_other_times_are_refused(moment: bytes) -> None:
    with pytest.raises(ValueError, match=r"time|unconverted"):
        parse_time(make_time_token(moment))


def test_the_signer_is_named(tmp_path: Path) -> None:
    made = make_authority(tmp_path)
    token = decode_timestamp_response(made.answer(QUERY)).time_stamp_token()
    assert is_signer_named(token, made.signer.der)
    assert not is_signer_named(token, made.root.der)


def test_the_library_does_not_look_whom_the_signed_part_names(tmp_path: Path) -> None:
    """Why `is_signer_named` is there: when this fails, it may go."""
    wrong = WRONG["signer's certificate replaced"](tmp_path)
    verifier = VerifierBuilder(roots=[x509.load_der_x509_certificate(wrong.root)]).build()
    response = decode_timestamp_response(wrong.response)
    assert verifier.verify(response, hashlib.sha256(DATA).digest())
