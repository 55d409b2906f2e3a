"""Trying the keys in use: each signs a text, and its files are looked at.

Not for: changing keys (`archive.workflows.keys`) or listing them (`archive.workflows.key_ring`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archive.core.key import PublicKey, check_note, sign_note
from archive.core.note import Note
from archive.errors import InputError
from archive.store.disk import explain_error
from archive.store.keys import PRIVATE, name_key, read_key_pair
from archive.workflows.key_ring import read_key_ring
from archive.workflows.opening import Archive, World


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTest:
    """What testing one key gave; no problem is the good answer."""

    key: PublicKey
    problems: tuple[str, ...]


def check_keys(archive: Archive, world: World) -> tuple[KeyTest, ...]:
    """Have every key in use sign a text, check that, and look at its files.

    Raises:
        InputError: there is no log yet, or the private keys would lie inside the archive.
    """
    ring = read_key_ring(archive, world)
    active = [state.key for state in ring.keys if state.retired is None]
    return tuple(
        KeyTest(key=key, problems=tuple(_test_key(key, ring.folder, world))) for key in active
    )


def _test_key(key: PublicKey, folder: Path, world: World) -> Iterable[str]:
    path = folder / (name_key(key) + PRIVATE)
    try:
        mode = folder.stat().st_mode
        if mode & 0o022:
            yield f"others may change the folder {folder}: chmod go-w {folder}"
        if not path.exists():
            yield f"the private key is not at hand: {path} is missing"
            return
    except FileNotFoundError:
        yield f"the private key is not at hand: {path} is missing"
        return
    except OSError as error:
        yield str(explain_error(error, "read", path))
        return
    try:
        pair = read_key_pair(path, key.use, name=key.name, passphrase=world.passphrase)
    except InputError as error:
        yield f"{error} ({error.remedy})"
        return
    if pair.public != key:
        yield f"{path} is not the private key of {key.id.hex()}"
        return
    now = world.clock()
    text = f"archive key test\n{now.isoformat()}\n"  # no checkpoint, so it can be none's signature
    if check_note(sign_note(Note(text=text), pair, time=now), [key]).good != (key,):
        yield "what it signed does not hold"
