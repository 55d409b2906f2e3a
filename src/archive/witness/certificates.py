"""Certificates of those who vouch: reading them, and the chain that a signature rests on.

Follows RFC 5280.  Not for: deciding whether a signature holds (`archive.witness.timestamp`).
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from archive.errors import InputError, WitnessError

# What the libraries raise on certificates and tokens that nobody should have made.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of the chain that a token rests on; ``der`` is all of it."""

    subject: str
    not_before: datetime
    not_after: datetime
    der: bytes


def parse_certificates(raw: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a PEM file, or the one of a DER file.

    Raises:
        InputError: there is none.
    """
    try:
        found = (
            x509.load_pem_x509_certificates(raw)
            if b"-----BEGIN" in raw
            else [x509.load_der_x509_certificate(raw)]
        )
    except UNREADABLE as error:
        raise InputError(
            f"no certificate can be read: {error}", remedy="give it as PEM or DER"
        ) from error
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def find_chain(
    signer: bytes, *, embedded: tuple[bytes, ...], roots: tuple[bytes, ...]
) -> tuple[Certificate, ...]:
    """Return the chain (from DER) of ``signer``, through the embedded ones, to one of ``roots``.

    It ends early where no issuer is found.

    Raises:
        WitnessError: a certificate cannot be read.
    """
    try:
        last = x509.load_der_x509_certificate(signer)
        chain = [last]
        trusted = [x509.load_der_x509_certificate(root) for root in roots]
        others = [x509.load_der_x509_certificate(other) for other in embedded]
        while last not in trusted:
            issuer = next(
                (each for each in (*trusted, *others) if each not in chain and _issued(each, last)),
                None,
            )
            if issuer is None:
                break
            chain.append(issuer)
            last = issuer
        return tuple(_describe(certificate) for certificate in chain)
    except UNREADABLE as error:
        raise WitnessError(
            f"a certificate in the time stamp cannot be read: {error}",
            remedy="judge it by hand: openssl ts -verify",
        ) from error


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _describe(certificate: x509.Certificate) -> Certificate:
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        der=certificate.public_bytes(Encoding.DER),
    )
