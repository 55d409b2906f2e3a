"""Keys that sign notes: their public text form, signing, and checking.

Follows C2SP signed-note (verifier keys, Ed25519, type 0x01) and C2SP tlog-cosignature (type
0x04, which also states when).  The one module through which signatures by `cryptography`
enter.  Rules:

1. A signature by a key that is not known is passed over, and says nothing.
2. One by a known key that does not hold makes the whole note bad.

Not for: key files (`archive.store.keys`) or the text of a note (`archive.core.note`).
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from archive.core.note import Note, Signature, is_key_name
from archive.errors import DamageError, InputError

# What a signature says: that the log issued the note, or that a witness saw it, and when.
KeyUse = Literal["log", "witness"]
_TYPES: dict[KeyUse, int] = {"log": 1, "witness": 4}
_SIZE = 32
_STAMP = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Whom a signature is by, what it says, and the 32 bytes that check it."""

    name: str
    use: KeyUse
    value: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes that stand before a signature by this key."""
        given = f"{self.name}\n".encode() + bytes([_TYPES[self.use]]) + self.value
        return hashlib.sha256(given).digest()[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A public key, and the private one that belongs to it."""

    public: PublicKey
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What checking a note gave: the known keys whose signatures hold, and those that do not."""

    good: tuple[PublicKey, ...]
    bad: tuple[PublicKey, ...]


def make_key_pair(name: str, use: KeyUse, seed: bytes) -> KeyPair:
    """Return the key pair that follows from 32 random bytes.

    Raises:
        InputError: the name cannot stand in a note.
    """
    if not is_key_name(name):
        raise InputError(f"{name!r} cannot name a key: it has a space or a plus, or is empty")
    return _pair(name, use, Ed25519PrivateKey.from_private_bytes(seed))


def format_private_key(pair: KeyPair, passphrase: bytes | None = None) -> bytes:
    """Return the private key as PKCS#8 in PEM, encrypted where there is a passphrase.

    Raises:
        InputError: the passphrase is too long.
    """
    try:
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        return pair.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    except ValueError as error:
        raise InputError(f"this passphrase cannot be used: {error}") from error


def parse_private_key(
    data: bytes, *, name: str, use: KeyUse, passphrase: bytes | None = None
) -> KeyPair:
    """Read a private key of the form that `format_private_key` writes.

    Raises:
        InputError: it is none, is not of Ed25519, or the passphrase is missing or wrong.
    """
    try:
        private = load_pem_private_key(data, passphrase)
    except TypeError as error:
        given = "needs a passphrase" if passphrase is None else "has none, but one was given"
        raise InputError(f"the private key {given}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("this is no private key, or the passphrase is wrong") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError("the private key is not of the kind Ed25519")
    return _pair(name, use, private)


def format_verifier_key(key: PublicKey) -> str:
    """Return the key on one line: name, id in hexadecimal, type and value in Base64."""
    value = base64.b64encode(bytes([_TYPES[key.use]]) + key.value).decode()
    return f"{key.name}+{key.id.hex()}+{value}"


def parse_verifier_key(line: str) -> PublicKey:
    """Read a key of the form that `format_verifier_key` writes.

    Raises:
        DamageError: it is none, or its id is not the one that follows from it.
    """
    name, _, rest = line.partition("+")
    stated, _, text = rest.partition("+")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamageError("a public key is no Base64") from error
    uses = [use for use, number in _TYPES.items() if data[:1] == bytes([number])]
    if not uses or len(data) != 1 + _SIZE or not is_key_name(name):
        raise DamageError("this is no public key for a note")
    key = PublicKey(name=name, use=uses[0], value=data[1:])
    if format_verifier_key(key) != line:
        raise DamageError(f"the public key's id is not {stated}")
    return key


def format_public_pem(key: PublicKey) -> bytes:
    """Return the key as SubjectPublicKeyInfo in PEM, as other programs read it."""
    public = Ed25519PublicKey.from_public_bytes(key.value)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def sign_note(note: Note, pair: KeyPair, *, time: datetime | None = None) -> Note:
    """Return the note with one signature more; a witness's states ``time``."""
    signature = Signature(
        name=pair.public.name,
        key_id=pair.public.id,
        value=_sign_text(pair, note.text, time=time),
    )
    return replace(note, signatures=(*note.signatures, signature))


def check_note(note: Note, keys: Iterable[PublicKey]) -> Signed:
    """Check the signatures of a note by ``keys``; all others are passed over."""
    good: list[PublicKey] = []
    bad: list[PublicKey] = []
    for key in dict.fromkeys(keys):
        for item in note.signatures:
            if (item.name, item.key_id) == (key.name, key.id):
                (good if _check_signature(key, note.text, item.value) else bad).append(key)
    return Signed(good=tuple(dict.fromkeys(good)), bad=tuple(dict.fromkeys(bad)))


def find_witness_time(note: Note, key: PublicKey) -> int | None:
    """Return when the witness ``key`` signed (seconds since 1970, UTC), or None if it did not."""
    for item in note.signatures:
        if (item.name, item.key_id) == (key.name, key.id) and _check_signature(
            key, note.text, item.value
        ):
            return _read_time(item.value)
    return None


def _sign_text(pair: KeyPair, text: str, *, time: datetime | None = None) -> bytes:
    """Return the signature over a note's text; that of a witness also states ``time``."""
    stamp = b"" if pair.public.use == "log" else _STAMP.pack(int(_require_time(time)))
    return stamp + pair.private.sign(_format_signed(text, stamp))


def _check_signature(key: PublicKey, text: str, signature: bytes) -> bool:
    """Tell whether ``signature`` is by ``key`` over a note's text."""
    size = 0 if key.use == "log" else _STAMP.size
    stamp, value = signature[:size], signature[size:]
    if len(signature) != size + 64:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.value).verify(value, _format_signed(text, stamp))
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_time(signature: bytes) -> int:
    """Return when a witness signed, in seconds since 1970 (UTC)."""
    return int(_STAMP.unpack_from(signature)[0])


def _format_signed(text: str, stamp: bytes) -> bytes:
    if not stamp:
        return text.encode()
    return f"cosignature/v1\ntime {_STAMP.unpack(stamp)[0]}\n{text}".encode()


def _require_time(time: datetime | None) -> float:
    if time is None:
        raise InputError("a witness's signature states a time")
    return time.timestamp()


def _pair(name: str, use: KeyUse, private: Ed25519PrivateKey) -> KeyPair:
    value = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return KeyPair(public=PublicKey(name=name, use=use, value=value), private=private)
