"""Signed notes: a text, and lines that say who signed it.

Follows C2SP signed-note.  Not for: what the text means (`archive.core.checkpoint`), or whether
the signatures hold (`archive.core.key`).
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import DamageError

_MAX_SIGNATURES = 64
_DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One line: who signed, the id of the key, and the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """``text`` ends with a line end; the signatures cover exactly it."""

    text: str
    signatures: tuple[Signature, ...] = ()


def parse_note(data: str) -> Note:
    """Read a note; one without signature lines is accepted, and is signed by nobody.

    Raises:
        DamageError: it is none.
    """
    text, blank, rest = data.rpartition("\n\n")
    if not blank or any(letter < " " and letter != "\n" for letter in data):
        raise DamageError("this is no signed note: there is no empty line before signatures")
    lines = rest.split("\n")
    if lines.pop():
        raise DamageError("the note's last line is cut short")
    if len(lines) > _MAX_SIGNATURES:
        raise DamageError(f"the note has more than {_MAX_SIGNATURES} signatures")
    return Note(text=f"{text}\n", signatures=tuple(_parse_signature(line) for line in lines))


def format_note(note: Note) -> str:
    """Return the note's text, an empty line, and the signature lines."""
    return f"{note.text}\n" + format_signatures(note.signatures)


def format_signatures(signatures: Iterable[Signature]) -> str:
    """Return signature lines, each with its line end."""
    return "".join(f"{_DASH}{item.name} {_encode(item)}\n" for item in signatures)


def parse_signatures(data: str) -> tuple[Signature, ...]:
    """Read signature lines, as a witness answers.

    Raises:
        DamageError: a line is none, or there are too many.
    """
    return parse_note(f"-\n\n{data}").signatures


def is_key_name(name: str) -> bool:
    """Tell whether ``name`` may name a key: no space, no plus, no control character."""
    return bool(name) and name.isprintable() and "+" not in name and not _has_space(name)


def _has_space(name: str) -> bool:
    return any(letter.isspace() for letter in name)


def _parse_signature(line: str) -> Signature:
    name, space, text = line.removeprefix(_DASH).partition(" ")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamageError("a signature of the note is no Base64") from error
    is_canonical = base64.b64encode(data).decode() == text
    if not (line.startswith(_DASH) and space and is_key_name(name) and is_canonical):
        raise DamageError("the note has a line among its signatures that is none")
    if len(data) < 5:
        raise DamageError("a signature of the note is too short")
    return Signature(name=name, key_id=data[:4], value=data[4:])


def _encode(signature: Signature) -> str:
    return base64.b64encode(signature.key_id + signature.value).decode()
