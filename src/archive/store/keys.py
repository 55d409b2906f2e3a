"""Key files: public keys inside the archive, private ones outside it.

Follows ``docs/format.md``, "Keys".  A public key lies in ``metadata/keys/`` as ``USE-ID.vkey``,
one line; the private one in a folder of the user's, as ``USE-ID.pem`` (PKCS#8), which nobody
else may read.  ``.new`` and ``.retired`` are added to the names of private keys that do not sign
yet, or any more.  Not for: what is signed (`archive.store.signer`).
"""

import re
from pathlib import Path

from archive.core.key import (
    KeyPair,
    KeyUse,
    PublicKey,
    format_private_key,
    format_verifier_key,
    parse_private_key,
    parse_verifier_key,
)
from archive.errors import DamageError, InputError
from archive.store.disk import Disk, explain_error
from archive.store.regular import read_regular

PRIVATE = ".pem"
NEW = ".new"
RETIRED = ".retired"
_PUBLIC = ".vkey"
_SECRET_MODE = 0o600
FOLDER_MODE = 0o700  # of a folder of private keys
_MOST = 1 << 16  # of a key file; a key has a few hundred bytes
_SLUG = re.compile(r"[^A-Za-z0-9._-]+")


def name_key(key: PublicKey) -> str:
    """Return the name of a key's files, without what tells public and private apart."""
    return f"{key.use}-{key.id.hex()}"


def find_private_folder(folder: Path, origin: str) -> Path:
    """Return where in the folder ``folder`` of all keys those of the log ``origin`` lie."""
    return folder / (_SLUG.sub("-", origin).strip(".-") or "log")


def read_public_keys(
    folder: Path, use: KeyUse, *, name: str | None = None
) -> tuple[PublicKey, ...]:
    """Return the public keys in ``folder`` (``metadata/keys``), in the order of their files.

    With ``name``, those that sign under it: a log that was made again has another one, and the
    keys of the lost log stay.

    Raises:
        DamageError: a file is no public key, or not the one that its name says.
        StoreError: one cannot be read.
    """
    keys: list[PublicKey] = []
    for path in sorted(folder.glob(f"{use}-*{_PUBLIC}")):
        try:
            line = read_regular(path, _MOST).decode()
            key = parse_verifier_key(line.removesuffix("\n"))
        except OSError as error:
            raise explain_error(error, "read", path) from error
        except (DamageError, UnicodeDecodeError) as error:
            raise _damage(path, str(error)) from error
        if path.name != name_key(key) + _PUBLIC or not line.endswith("\n"):
            raise _damage(path, "it is not the key that its name says")
        if name is None or key.name == name:
            keys.append(key)
    return tuple(keys)


def write_public_key(folder: Path, disk: Disk, key: PublicKey) -> Path:
    """Put a public key into ``folder``, and return its file.

    Raises:
        StoreError: the disk refuses.
    """
    path = folder / (name_key(key) + _PUBLIC)
    disk.make_folder(folder)
    disk.replace_file(path, f"{format_verifier_key(key)}\n".encode())
    return path


def read_key_pairs(
    folder: Path, use: KeyUse, *, name: str, passphrase: bytes | None = None, suffix: str = ""
) -> tuple[KeyPair, ...]:
    """Return the private keys in ``folder`` that sign as ``name``, in the order of their names.

    ``suffix`` is empty for those in use, or `NEW` or `RETIRED`.

    Raises:
        InputError: a file may be read by others, is no private key, or the passphrase is wrong.
        StoreError: one cannot be read.
    """
    pairs: list[KeyPair] = []
    for path in sorted(folder.glob(f"{use}-*{PRIVATE}{suffix}")):
        pair = read_key_pair(path, use, name=name, passphrase=passphrase)
        if path.name != name_key(pair.public) + PRIVATE + suffix:
            raise InputError(
                f"{path}: it is not the key that its name says",
                remedy="restore the file from where private keys are kept safe",
            )
        pairs.append(pair)
    return tuple(pairs)


def read_key_pair(
    path: Path, use: KeyUse, *, name: str, passphrase: bytes | None = None
) -> KeyPair:
    """Return the private key in the file ``path``, which signs as ``name``.

    Raises:
        InputError: others may read the file, it is no private key, or the passphrase is wrong.
        StoreError: it cannot be read.
    """
    try:
        mode = path.stat().st_mode
        data = read_regular(path, _MOST)
    except OSError as error:
        raise explain_error(error, "read", path) from error
    if mode & 0o077:
        raise InputError(f"{path}: others may read this private key", remedy=f"chmod 600 {path}")
    try:
        return parse_private_key(data, name=name, use=use, passphrase=passphrase)
    except InputError as error:
        raise InputError(
            f"{path}: {error}",
            remedy="give the passphrase in ARCHIVE_KEY_PASSPHRASE, or restore the file",
        ) from error


def write_key_pair(
    folder: Path, disk: Disk, pair: KeyPair, *, passphrase: bytes | None = None, suffix: str = ""
) -> Path:
    """Put a private key into ``folder``, readable by its owner alone, and return its file.

    Raises:
        StoreError: the disk refuses.
    """
    path = folder / (name_key(pair.public) + PRIVATE + suffix)
    disk.make_folder(folder, mode=FOLDER_MODE)
    disk.replace_file(path, format_private_key(pair, passphrase), mode=_SECRET_MODE)
    return path


def list_private_names(folder: Path, use: KeyUse, suffix: str = "") -> frozenset[str]:
    """Return the names (`name_key`) of the private keys in ``folder``, in use unless ``suffix``."""
    end = PRIVATE + suffix
    return frozenset(path.name.removesuffix(end) for path in folder.glob(f"{use}-*{end}"))


def rename_key_pair(folder: Path, disk: Disk, key: PublicKey, *, old: str, new: str) -> None:
    """Change what a private key is for: ``old`` and ``new`` are empty, `NEW` or `RETIRED`.

    Raises:
        StoreError: the disk refuses.
    """
    base = name_key(key) + PRIVATE
    disk.rename(folder / (base + old), folder / (base + new))
    disk.sync_folder(folder)


def _damage(path: Path, what: str) -> DamageError:
    return DamageError(f"{path}: {what}", remedy="restore metadata/keys from a copy of the archive")
