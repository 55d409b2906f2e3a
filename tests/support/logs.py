"""Logs in memory for tests of witnesses: leaves, their tree, and a key that signs.

Not for: logs on disk (`tests.store.drafts`, `tests.support.archives`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from archive.core.checkpoint import Checkpoint, format_checkpoint, hash_leaf, hash_tree
from archive.core.key import KeyPair, make_key_pair, sign_note
from archive.core.note import Note
from archive.core.proof import prove_consistency
from archive.witness.cosign import CosignRequest, format_cosign_request, parse_cosign_request

ORIGIN = "archive.example/a1"
LOG = make_key_pair(ORIGIN, "log", bytes(range(32)))
WITNESS = make_key_pair("archive.example/b2/witness", "witness", bytes(range(1, 33)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeLog:
    """The leaf hashes of a log."""

    hashes: tuple[bytes, ...]
    origin: str = ORIGIN

    def find_checkpoint(self, size: int) -> Checkpoint:
        """Return the checkpoint of the first ``size`` leaves."""
        return Checkpoint(origin=self.origin, size=size, root=hash_tree(self.hashes[:size]))

    def sign(self, size: int, *pairs: KeyPair) -> Note:
        """Return the signed checkpoint of the first ``size`` leaves."""
        note = Note(text=format_checkpoint(self.find_checkpoint(size)))
        for pair in pairs or (LOG,):
            note = sign_note(note, pair)
        return note

    def prove(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the consistency proof."""
        return prove_consistency(self._read_node, old, new)

    def ask(self, old: int, new: int, *pairs: KeyPair) -> CosignRequest:
        """Return the question that an honest log asks."""
        return parse_cosign_request(self.format_request(old, new, *pairs))

    def format_request(self, old: int, new: int, *pairs: KeyPair) -> bytes:
        """Return the body of that question."""
        return format_cosign_request(old, self.prove(old, new), self.sign(new, *pairs))

    @property
    def _read_node(self) -> Callable[[int, int], bytes]:
        return lambda height, index: hash_tree(self.hashes[index << height : (index + 1) << height])


def make_log(size: int, seed: str = "") -> FakeLog:
    """Return a log of that many leaves; another seed gives others."""
    return FakeLog(hashes=tuple(hash_leaf(f"{seed}{place}".encode()) for place in range(size)))
