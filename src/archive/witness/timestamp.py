"""Trusted time: the query to a time-stamping authority, and what its answer proves.

Follows RFC 3161 (§2.4.1 the query, §2.4.2 the answer).  Rules:

1. A token is judged at the moment that it states: its certificates must have been valid then,
   and may have ended since.
2. The token must be for SHA-256 of our data, carry our nonce where we know it, and name the
   signer's certificate among what is signed.
3. What the library cannot read is not refused: openssl and real authorities write certificates
   in an order that DER does not allow, and openssl reads them (`archive.external.openssl`).
4. Status and words of an answer are signed by nobody; everything in `Stamped` is.

Not for: asking, storing, or what the stamped data are (`archive.core.checkpoint`).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from cryptography import x509
from rfc3161_client import (
    Accuracy,
    TimeStampResponse,
    TimeStampTokenInfo,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.errors import InputError, WitnessError
from archive.witness.certificates import (
    UNREADABLE,
    Certificate,
    find_chain,
    parse_certificates,
)
from archive.witness.der import OCTETS, SEQUENCE, format_der, format_integer
from archive.witness.token import is_signer_named, parse_time

QUERY_TYPE = "application/timestamp-query"  # RFC 3161 §3.4
ANSWER_TYPE = "application/timestamp-reply"

_GRANTED = 0
_GRANTED_WITH_CHANGES = 1
_STATUSES = {2: "rejected", 3: "waiting", 4: "revocation warning", 5: "revocation notification"}

_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_SHA256_DER = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier, NULL
_VERSION_1 = bytes.fromhex("020101")
_TRUE = bytes.fromhex("0101ff")
_PLAINLY_GRANTED = bytes.fromhex("3003020100")  # PKIStatusInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """The data existed at ``time``: so says an authority for whom one of the roots vouches.

    ``accuracy`` is how far the time may be off, None where the token does not say.  ``chain``
    begins with the authority's own certificate and ends with the root.
    """

    time: datetime
    accuracy: timedelta | None
    serial: int
    policy: str
    chain: tuple[Certificate, ...]

    @property
    def authority(self) -> str:
        """Whose signature it is."""
        return self.chain[0].subject

    @property
    def valid_until(self) -> datetime:
        """When the first certificate of the chain ends: stamp again before."""
        return min(certificate.not_after for certificate in self.chain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The answer proves nothing, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """The library cannot read the answer, which says nothing against it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampAnswer:
    """An answer as it came, unjudged: whether granted, the authority's words, the token (DER)."""

    granted: bool
    words: str
    token: bytes | None


Verdict = Stamped | Refused | Unparsed


def format_timestamp_query(data: bytes, *, nonce: int | None) -> bytes:
    """Return the query (DER) for a token on the SHA-256 of ``data``, certificates included.

    Raises:
        ValueError: the nonce is negative.
    """
    imprint = format_der(SEQUENCE, _SHA256_DER + format_der(OCTETS, _digest(data)))
    asked = format_integer(nonce) if nonce is not None else b""
    return format_der(SEQUENCE, _VERSION_1 + imprint + asked + _TRUE)


def parse_timestamp_response(response: bytes) -> TimestampAnswer | Unparsed:
    """Return what the answer says, without judging it."""
    decoded = _decode(response)
    if isinstance(decoded, Unparsed):
        return decoded
    granted = decoded.status in (_GRANTED, _GRANTED_WITH_CHANGES)
    try:
        token = decoded.time_stamp_token() if granted else None
    except UNREADABLE as error:
        return Unparsed(reason=str(error))
    return TimestampAnswer(granted=granted, words=_describe_status(decoded), token=token)


def check_timestamp(
    response: bytes, *, data: bytes, nonce: int | None, roots: tuple[bytes, ...]
) -> Verdict:
    """Return what ``response`` proves about ``data``; ``roots`` are trusted, in PEM or DER.

    ``nonce`` is the one that was asked with, None where it is not known.

    Raises:
        InputError: a root is no certificate, or there is none.
    """
    trusted = _load_roots(roots)
    decoded = _decode(response)
    if isinstance(decoded, Unparsed):
        return decoded
    if decoded.status not in (_GRANTED, _GRANTED_WITH_CHANGES):
        return Refused(reason=_describe_status(decoded))
    try:
        info = decoded.tst_info
        reason = _find_mismatch(info, data=data, nonce=nonce)
        if reason is not None:
            return Refused(reason=reason)
        # The library refuses "granted with modifications" (1), which nobody signs and which is a
        # grant (RFC 3161 §2.4.2); what was modified would be seen above.
        token = decoded.time_stamp_token()
        plain = decode_timestamp_response(format_der(SEQUENCE, _PLAINLY_GRANTED + token))
        embedded = tuple(decoded.signed_data.certificates)
        signer = _find_signer(decoded, embedded)
        if signer is None:
            return Refused(reason="the certificate of whoever signed it is not in it")
        if not is_signer_named(token, signer):
            return Refused(reason="what is signed does not name the signer's certificate")
        stamped = Stamped(
            time=parse_time(token),
            accuracy=_read_accuracy(info),
            serial=info.serial_number,
            policy=info.policy.dotted_string,
            chain=find_chain(signer, embedded=embedded, roots=trusted),
        )
        anchors = [x509.load_der_x509_certificate(root) for root in trusted]
        VerifierBuilder(roots=anchors).build().verify(plain, _digest(data))
    except VerificationError as error:
        return Refused(reason=_choose_words(str(error)))
    except (WitnessError, *UNREADABLE) as error:
        return Unparsed(reason=str(error))
    return stamped


def _load_roots(roots: Iterable[bytes]) -> tuple[bytes, ...]:
    trusted = tuple(dict.fromkeys(der for root in roots for der in parse_certificates(root)))
    if not trusted:
        raise InputError(
            "no certificate to trust a time stamp by",
            remedy="name the authority's root in archive.toml, [[timestamp.authority]] root",
        )
    return trusted


def _decode(response: bytes) -> TimeStampResponse | Unparsed:
    try:
        return decode_timestamp_response(response)
    except UNREADABLE as error:
        return Unparsed(reason=str(error))


def _describe_status(decoded: TimeStampResponse) -> str:
    words = "; ".join(decoded.status_string)
    name = _STATUSES.get(decoded.status, f"status {decoded.status}")
    if decoded.status in (_GRANTED, _GRANTED_WITH_CHANGES):
        name = "granted"
    return f"{name}: {words}" if words else name


def _find_mismatch(info: TimeStampTokenInfo, *, data: bytes, nonce: int | None) -> str | None:
    """Return how the token differs from what was asked for, None if it does not."""
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256:
        return f"it is for a digest of another kind: {imprint.hash_algorithm.dotted_string}"
    if imprint.message != _digest(data):
        return "it is for other data"
    if nonce is not None and info.nonce != nonce:
        return "it answers another query: the nonce differs"
    return None


def _find_signer(decoded: TimeStampResponse, embedded: tuple[bytes, ...]) -> bytes | None:
    """Return the embedded certificate that the signature names, by issuer and serial number."""
    signers = tuple(decoded.signed_data.signer_infos)
    if len(signers) != 1:
        return None
    for der in embedded:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (
            signers[0].issuer,
            signers[0].serial_number,
        ):
            return der
    return None


def _read_accuracy(info: TimeStampTokenInfo) -> timedelta | None:
    accuracy = cast("Accuracy | None", info.accuracy)  # the library forgets that it is optional
    if accuracy is None:
        return None
    return timedelta(
        seconds=accuracy.seconds or 0,
        milliseconds=accuracy.millis or 0,
        microseconds=accuracy.micros or 0,
    )


def _choose_words(error: str) -> str:
    """Return what is wrong, out of the list of errors that openssl left in the library's words."""
    found = re.search(r'Verify error: ?([^"]+)"', error)
    if found:
        return f"its certificate does not hold: {found.group(1)}"
    reasons = re.findall(r'reason: "([^"]+)"', error)
    return f"its signature does not hold: {reasons[-1]}" if reasons else error


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
