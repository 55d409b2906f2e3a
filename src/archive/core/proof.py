"""Proofs about a Merkle tree: that a leaf is in it, and that one tree is the start of another.

Follows RFC 6962 §2.1.1 and §2.1.2 (making), RFC 9162 §2.1.3.2 and §2.1.4.2 (checking), and
C2SP tlog-proof (the text form).  What making a proof costs grows with the logarithm of the
tree's size.  Not for: where the hashes are stored (`archive.store.log`).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.core.checkpoint import EMPTY_ROOT, hash_node
from archive.core.note import Note, format_note, parse_note
from archive.errors import DamageError, InputError

HASH_BYTES = 32
_HEADER = "c2sp.org/tlog-proof@v1"

# Gives the root of the full subtree of 2**height leaves whose first leaf is index * 2**height.
ReadNode = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """That the leaf ``index`` is in the tree of a checkpoint: hashes from the leaf upwards."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note


def read_root(read: ReadNode, size: int) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return _read_range(read, 0, size) if size else EMPTY_ROOT


def prove_inclusion(read: ReadNode, index: int, size: int) -> tuple[bytes, ...]:
    """Return the hashes that prove the leaf ``index`` in the tree of ``size`` leaves.

    Raises:
        InputError: there is no such leaf in that tree.
    """
    if not 0 <= index < size:
        raise InputError(f"a tree of {size} leaves has no leaf {index}")
    found: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append(_read_range(read, middle, end))
            end = middle
        else:
            found.append(_read_range(read, start, middle))
            start = middle
    return tuple(reversed(found))


def prove_consistency(read: ReadNode, old: int, new: int) -> tuple[bytes, ...]:
    """Return the hashes that prove the tree of ``old`` leaves the start of that of ``new``.

    Raises:
        InputError: the old tree is the larger one.
    """
    if not 0 <= old <= new:
        raise InputError(f"a tree of {new} leaves cannot begin with one of {old}")
    if old in (0, new):
        return ()
    found: list[bytes] = []
    start, end = 0, new
    is_whole = True  # the old root is known to whoever checks, so it is not repeated
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append(_read_range(read, middle, end))
            end = middle
        else:
            found.append(_read_range(read, start, middle))
            start = middle
            is_whole = False
    if not is_whole:
        found.append(_read_range(read, start, end))
    return tuple(reversed(found))


def check_inclusion(
    leaf_hash: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether the hashes prove the leaf in the tree with that root."""
    if not (0 <= index < size and _are_hashes((leaf_hash, root, *hashes))):
        return False
    sides = _find_sides(index, size - 1, len(hashes))
    if sides is None:
        return False
    node = leaf_hash
    for is_left, item in zip(sides, hashes, strict=True):
        node = hash_node(item, node) if is_left else hash_node(node, item)
    return node == root


def check_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, hashes: Sequence[bytes]
) -> bool:
    """Tell whether the hashes prove the old tree to be the start of the new one.

    A tree without leaves is the start of every tree, by no hashes, if its root is the empty one.
    """
    if not (0 <= old <= new and _are_hashes((old_root, new_root, *hashes))):
        return False
    if old == 0:
        return not hashes and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not hashes and old_root == new_root
    items = list(hashes) if old & (old - 1) else [old_root, *hashes]
    if not items:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    sides = _find_sides(place, last, len(items) - 1)
    if sides is None:
        return False
    old_node = new_node = items[0]
    for is_left, item in zip(sides, items[1:], strict=True):
        if is_left:  # what lies to the right is in the new tree alone
            old_node = hash_node(item, old_node)
        new_node = hash_node(item, new_node) if is_left else hash_node(new_node, item)
    return old_node == old_root and new_node == new_root


def format_proof(proof: InclusionProof) -> str:
    """Return the proof's text: what it is, the index, a hash a line, and the checkpoint."""
    lines = [_HEADER, f"index {proof.index}", *map(format_hash, proof.hashes), ""]
    return "\n".join(lines) + "\n" + format_note(proof.checkpoint)


def parse_proof(text: str) -> InclusionProof:
    """Read a proof of the form that `format_proof` writes; extra data is passed over.

    Raises:
        DamageError: it is none.
    """
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        lines = lines[1:]
    number = lines[0].removeprefix("index ") if lines else ""
    if first != _HEADER or not blank or not lines or not lines[0].startswith("index "):
        raise DamageError("this is no proof of inclusion")
    return InclusionProof(
        index=parse_size(number),
        hashes=tuple(map(parse_hash, lines[1:])),
        checkpoint=parse_note(note),
    )


def format_hash(value: bytes) -> str:
    """Return a hash in Base64."""
    return base64.b64encode(value).decode()


def parse_hash(text: str) -> bytes:
    """Read a hash of 32 bytes in Base64.

    Raises:
        DamageError: it is none.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamageError("a hash of the proof is no Base64") from error
    if len(data) != HASH_BYTES or format_hash(data) != text:
        raise DamageError("a hash of the proof is not 32 bytes")
    return data


def parse_size(text: str) -> int:
    """Read a number of leaves: decimal, without leading zeros, of at most 18 digits.

    Raises:
        DamageError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and str(int(text)) == text):
        raise DamageError(f"this is no number of leaves: {text[:40]!r}")
    return int(text)


def _split(count: int) -> int:
    """Return the largest power of two that is less than ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def _find_sides(place: int, last: int, count: int) -> tuple[bool, ...] | None:
    """Return, from the node ``place`` upwards, which hashes of a path stand on its left.

    ``last`` is the last node beside it.  None where the way to the root has not ``count`` steps.
    """
    sides: list[bool] = []
    for _ in range(count):
        if last == 0:
            return None
        is_left = bool(place & 1) or place == last
        sides.append(is_left)
        while is_left and not place & 1 and place:
            place >>= 1
            last >>= 1
        place >>= 1
        last >>= 1
    return tuple(sides) if last == 0 else None


def _read_range(read: ReadNode, start: int, end: int) -> bytes:
    """Return the root over the leaves from ``start`` to ``end``, a range that proofs use."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return read(height, start >> height)
    middle = start + _split(count)
    return hash_node(_read_range(read, start, middle), _read_range(read, middle, end))


def _are_hashes(items: Sequence[bytes]) -> bool:
    return all(len(item) == HASH_BYTES for item in items)
