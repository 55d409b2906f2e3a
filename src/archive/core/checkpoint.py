"""The tree hash of the capture log, and the checkpoint's text form.

Follows RFC 6962 §2.1 (SHA-256, prefixes 0x00 and 0x01) and C2SP tlog-checkpoint.  Not for:
signatures (`archive.core.note`), proofs (`archive.core.proof`) or files (`archive.store.log`).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from archive.errors import DamageError

EMPTY_ROOT = hashlib.sha256(b"").digest()
_MAX_DIGITS = 18  # of a size; Python refuses to read numbers of thousands of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log's name, its number of leaves and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


def hash_leaf(entry: bytes) -> bytes:
    """Return the leaf hash of a log entry: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def hash_tree(hashes: tuple[bytes, ...] | list[bytes]) -> bytes:
    """Return the root over ``hashes``, which may be leaf hashes or roots of equal full trees."""
    return bag_peaks(append_peaks((), 0, hashes)) if hashes else EMPTY_ROOT


def append_peaks(
    peaks: tuple[bytes, ...], size: int, hashes: tuple[bytes, ...] | list[bytes]
) -> tuple[bytes, ...]:
    """Return the peaks of a tree of ``size`` leaves after appending ``hashes``.

    Peaks are the roots of the full subtrees of the tree, largest first, one for each bit
    that is set in its size.
    """
    stack = list(peaks)
    for count, item in enumerate(hashes, size):
        node = item
        height = count
        while height & 1:
            node = hash_node(stack.pop(), node)
            height >>= 1
        stack.append(node)
    return tuple(stack)


def bag_peaks(peaks: tuple[bytes, ...]) -> bytes:
    """Return the root that follows from the peaks."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hash_node(peak, root)
    return root


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text of the checkpoint's note: origin, size and root, a line each."""
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note.

    Raises:
        DamageError: the text is no checkpoint.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines.pop() or not lines[0]:
        raise DamageError("the checkpoint is not three lines")
    origin, size_text, root_text = lines
    is_number = size_text.isascii() and size_text.isdigit() and len(size_text) <= _MAX_DIGITS
    if not is_number or str(int(size_text)) != size_text:
        raise DamageError(f"the checkpoint's size is no number: {size_text[:40]!r}")
    try:
        root = base64.b64decode(root_text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamageError("the checkpoint's root is no Base64") from error
    if len(root) != 32 or base64.b64encode(root).decode() != root_text:
        raise DamageError("the checkpoint's root is not 32 bytes")
    if int(size_text) == 0 and root != EMPTY_ROOT:
        raise DamageError("the checkpoint of an empty log has another root")
    return Checkpoint(origin=origin, size=int(size_text), root=root)
