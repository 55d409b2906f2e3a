"""TLS: the settings we offer, and the facts that a connection leaves.

Certificates are verified against the system's roots and the host's name (RFC 6125, RFC 5280).
Cipher suites are named as IANA registers them.  Not for: opening connections
(`archive.capture.connect`).
"""

import ssl
from functools import lru_cache

from archive.core.exchange import Tls
from archive.errors import InputError

# The private method that gives the chain before Python 3.13, and its certificates' DER.
_DER = 2  # _ssl.ENCODING_DER

# OpenSSL's names for TLS 1.2 suites, and IANA's.  Those of TLS 1.3 are IANA's already.
_KEY_EXCHANGES = {
    "ECDHE-ECDSA": "ECDHE_ECDSA",
    "ECDHE-RSA": "ECDHE_RSA",
    "DHE-RSA": "DHE_RSA",
    "DHE-DSS": "DHE_DSS",
    "": "RSA",
}
_CIPHERS = {
    "AES128-GCM-SHA256": "AES_128_GCM_SHA256",
    "AES256-GCM-SHA384": "AES_256_GCM_SHA384",
    "CHACHA20-POLY1305": "CHACHA20_POLY1305_SHA256",
    "AES128-CCM": "AES_128_CCM",
    "AES256-CCM": "AES_256_CCM",
    "AES128-CCM8": "AES_128_CCM_8",
    "AES256-CCM8": "AES_256_CCM_8",
    "AES128-SHA256": "AES_128_CBC_SHA256",
    "AES256-SHA256": "AES_256_CBC_SHA256",
    "AES256-SHA384": "AES_256_CBC_SHA384",
    "AES128-SHA": "AES_128_CBC_SHA",
    "AES256-SHA": "AES_256_CBC_SHA",
    "CAMELLIA128-SHA256": "CAMELLIA_128_CBC_SHA256",
    "CAMELLIA256-SHA256": "CAMELLIA_256_CBC_SHA256",
    "CAMELLIA256-SHA384": "CAMELLIA_256_CBC_SHA384",
    "ARIA128-GCM-SHA256": "ARIA_128_GCM_SHA256",
    "ARIA256-GCM-SHA384": "ARIA_256_GCM_SHA384",
}
_IANA = {
    f"{key}-{cipher}".lstrip("-"): f"TLS_{key_name}_WITH_{cipher_name}"
    for key, key_name in _KEY_EXCHANGES.items()
    for cipher, cipher_name in _CIPHERS.items()
}
_IANA["ECDHE-ARIA128-GCM-SHA256"] = "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"
_IANA["ECDHE-ARIA256-GCM-SHA384"] = "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384"


@lru_cache(maxsize=8)
def make_context(*, ca_file: str | None, verify: bool) -> ssl.SSLContext:
    """Return the context for these settings, one for the process.

    ``ca_file`` is trusted beside the system's roots.

    Raises:
        InputError: ``ca_file`` cannot be read.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                f"no certificates can be read from {ca_file}: {error}", remedy="give a PEM file"
            ) from error
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def read_tls(connection: ssl.SSLObject, *, error: str | None) -> Tls:
    """Return the facts of a connection whose handshake is done."""
    cipher = connection.cipher()
    name = cipher[0] if cipher else ""
    return Tls(
        version=connection.version() or "",
        cipher=_IANA.get(name, name),
        chain=_read_chain(connection),
        error=error,
    )


def _read_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the chain that the server sent, in its order; the leaf alone if Python hides it."""
    inner = getattr(connection, "_sslobj", None)
    read = getattr(inner, "get_unverified_chain", None)
    chain = read() if read is not None else None
    if chain:
        return tuple(certificate.public_bytes(_DER) for certificate in chain)
    leaf = connection.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
