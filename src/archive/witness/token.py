"""What the library does not show of a time-stamp token: its exact time, and who is named as signer.

Follows RFC 3161 §2.4.2, RFC 5652 §5 (SignedData), RFC 5035 §3 (ESSCertID).  Whom a signature is
from stands in it unsigned; the attribute "signing certificate" says it signed, so that nobody can
put another certificate of the same key in its place.  The library does not look at that, openssl
does.  Not for: the signature itself (`archive.witness.timestamp`).
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta

from archive.witness.der import (
    FIRST_OPTION,
    GENERALIZED_TIME,
    OBJECT_ID,
    OCTETS,
    SEQUENCE,
    SET,
    Element,
    parse_children,
    parse_der,
)

_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910020c")  # 1.2.840.113549.1.9.16.2.12
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")  # …2.47
_DIGESTS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_TIME = re.compile(rb"(\d{14})(?:\.(\d+))?Z")


def parse_time(token: bytes) -> datetime:
    """Return the moment that a token states; fractions below a microsecond are rounded up.

    Raises:
        ValueError: the token is not what it should be.
    """
    _, content = parse_children(_find_signed_data(token)[2], SEQUENCE)
    (octets,) = parse_children(content, FIRST_OPTION)
    (info,) = parse_children(octets, OCTETS)
    moments = [each for each in parse_children(info, SEQUENCE) if each.tag == GENERALIZED_TIME]
    match = _TIME.fullmatch(moments[0].content) if moments else None
    if match is None:
        raise ValueError("the token states no time as RFC 3161 writes it")
    whole = datetime.strptime(match.group(1).decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    digits = match.group(2) or b"0"
    # The data existed at that moment, and perhaps not before.
    return whole + timedelta(microseconds=-(-int(digits) * 10**6 // 10 ** len(digits)))


def is_signer_named(token: bytes, signer: bytes) -> bool:
    """Tell whether what is signed names this certificate (DER) as the signer's.

    Raises:
        ValueError: the token is not what it should be.
        LookupError: it lacks a part.
    """
    (signer_info,) = parse_children(_find_signed_data(token)[-1], SET)
    attributes = parse_children(parse_children(signer_info, SEQUENCE)[3], FIRST_OPTION)
    named = False
    for attribute in attributes:
        kind, values = parse_children(attribute, SEQUENCE)
        if kind.content not in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2):
            continue
        (value,) = parse_children(values, SET)
        certificates = parse_children(parse_children(value, SEQUENCE)[0], SEQUENCE)
        # The first is the signer's; those of its issuers may follow.
        parts = parse_children(certificates[0], SEQUENCE)
        name = "sha1" if kind.content == _SIGNING_CERTIFICATE else "sha256"
        if parts[0].tag == SEQUENCE:
            name = _choose_digest(parts[0])
            parts = parts[1:]
        if parts[0] != Element(tag=OCTETS, content=hashlib.new(name, signer).digest()):
            return False
        named = True
    return named


def _find_signed_data(token: bytes) -> tuple[Element, ...]:
    """Return: version, digest algorithms, content, certificates and the like, signers."""
    (content_info,) = parse_der(token)
    _, content = parse_children(content_info, SEQUENCE)
    (signed_data,) = parse_children(content, FIRST_OPTION)
    parts = parse_children(signed_data, SEQUENCE)
    if len(parts) < 4:
        raise ValueError("the token has no signer")
    return parts


def _choose_digest(algorithm: Element) -> str:
    kind = parse_children(algorithm, SEQUENCE)[0]
    if kind.tag != OBJECT_ID or kind.content not in _DIGESTS:
        raise ValueError(f"the signer is named by an unknown digest, {kind.content.hex()}")
    return _DIGESTS[kind.content]
