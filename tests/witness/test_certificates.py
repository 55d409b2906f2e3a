"""Certificates: reading them, and finding chains."""

from pathlib import Path

import pytest

from archive.errors import InputError, WitnessError
from archive.witness.certificates import find_chain, parse_certificates
from tests.support.timestamp_authority import make_authority, make_root


def test_a_chain_through_what_is_at_hand(tmp_path: Path) -> None:
    made = make_authority(tmp_path)
    end, root = find_chain(made.signer.der, embedded=(), roots=(made.root.der,))
    assert (end.der, root.der) == (made.signer.der, made.root.der)
    assert end.subject == "CN=Test TSA"
    assert end.not_after == made.signer.certificate.not_valid_after_utc
    assert end.not_before == made.signer.certificate.not_valid_before_utc
    assert find_chain(made.signer.der, embedded=(made.root.der,), roots=()) == (end, root)


def test_a_chain_ends_where_no_issuer_is_found(tmp_path: Path) -> None:
    made = make_authority(tmp_path)
    others = (make_root("Somebody else").der, made.signer.der)
    (only,) = find_chain(made.signer.der, embedded=others, roots=others[:1])
    assert only.der == made.signer.der


def test_certificates_as_pem_or_der() -> None:
    one, two = make_root("One"), make_root("Two")
    assert parse_certificates(one.pem + b"\nnotes\n" + two.pem) == (one.der, two.der)
    assert parse_certificates(one.der) == (one.der,)
    with pytest.raises(InputError, match="no certificate"):
        parse_certificates(b"\x30\x03")


def test_a_certificate_that_cannot_be_read() -> None:
    with pytest.raises(WitnessError, match="cannot be read"):
        find_chain(b"\x30\x03", embedded=(), roots=())
