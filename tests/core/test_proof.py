"""Proofs: each verifies, and each altered one fails; the published vectors agree."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.checkpoint import EMPTY_ROOT, Checkpoint, format_checkpoint, hash_leaf, hash_tree
from archive.core.note import Note
from archive.core.proof import (
    InclusionProof,
    check_consistency,
    check_inclusion,
    format_proof,
    parse_proof,
    prove_consistency,
    prove_inclusion,
    read_root,
)
from archive.errors import DamageError, InputError

LEAVES = [hash_leaf(number.to_bytes(4, "big")) for number in range(300)]
# Roots of 12 bytes, which its own checker does not look at: a hash is 32 bytes (docs/format.md).
DECIDED = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}


def read_node(height: int, index: int) -> bytes:
    part = LEAVES[index << height : (index + 1) << height]
    assert len(part) == 1 << height
    return hash_tree(part)


def root(size: int) -> bytes:
    return hash_tree(LEAVES[:size])


def decode(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_the_published_vectors_agree(shared_data: Path) -> None:
    lines = (shared_data / "merkle" / "vectors.jsonl").read_text().splitlines()
    odd = set()
    for vector in map(json.loads, lines):
        hashes = tuple(map(decode, vector["proof"] or ()))
        if "root1" in vector:
            holds = check_consistency(
                vector["size1"],
                decode(vector["root1"]),
                vector["size2"],
                decode(vector["root2"]),
                hashes,
            )
        else:
            holds = check_inclusion(
                decode(vector["leafHash"]),
                vector["leafIdx"],
                vector["treeSize"],
                hashes,
                decode(vector["root"]),
            )
        if holds == vector["wantErr"]:
            odd.add(vector["name"])
    assert len(lines) == 196
    assert odd == DECIDED


sizes = st.integers(min_value=1, max_value=len(LEAVES))


@given(st.data(), sizes)
def test_every_inclusion_verifies_and_nothing_else_does(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    hashes = prove_inclusion(read_node, index, size)
    assert check_inclusion(LEAVES[index], index, size, hashes, root(size))
    assert not check_inclusion(hash_leaf(b"other"), index, size, hashes, root(size))
    assert not check_inclusion(LEAVES[index], index, size, (*hashes, LEAVES[0]), root(size))
    assert not check_inclusion(LEAVES[index], index, size, hashes, root(size - 1) or EMPTY_ROOT)
    other = data.draw(st.integers(min_value=-1, max_value=size))
    if other != index:
        assert not check_inclusion(LEAVES[index], other, size, hashes, root(size))
    if hashes:
        place = data.draw(st.integers(min_value=0, max_value=len(hashes) - 1))
        bit = data.draw(st.integers(min_value=0, max_value=255))
        wrong = list(hashes)
        wrong[place] = (int.from_bytes(wrong[place]) ^ 1 << bit).to_bytes(32)
        assert not check_inclusion(LEAVES[index], index, size, wrong, root(size))
        assert not check_inclusion(LEAVES[index], index, size, hashes[:-1], root(size))


@given(st.data(), sizes)
def test_every_consistency_verifies_and_nothing_else_does(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(min_value=0, max_value=new))
    hashes = prove_consistency(read_node, old, new)
    assert check_consistency(old, root(old), new, root(new), hashes)
    assert not check_consistency(old, root(old), new, root(new), (*hashes, LEAVES[0]))
    if old not in (0, new):
        assert not check_consistency(old, hash_leaf(b""), new, root(new), hashes)
        assert not check_consistency(old, root(old), new, hash_leaf(b""), hashes)
        assert not check_consistency(old, root(old), new, root(new), hashes[:-1])
        place = data.draw(st.integers(min_value=0, max_value=len(hashes) - 1))
        bit = data.draw(st.integers(min_value=0, max_value=255))
        wrong = list(hashes)
        wrong[place] = (int.from_bytes(wrong[place]) ^ 1 << bit).to_bytes(32)
        assert not check_consistency(old, root(old), new, root(new), wrong)


def test_every_pair_of_small_trees() -> None:
    for new in range(66):
        assert read_root(read_node, new) == root(new)
        for old in range(new + 1):
            hashes = prove_consistency(read_node, old, new)
            assert check_consistency(old, root(old), new, root(new), hashes)


def test_hashes_of_another_length_are_none() -> None:
    assert not check_inclusion(b"", 0, 1, (), b"")
    assert not check_consistency(1, b"x", 1, b"x", ())


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    with pytest.raises(InputError, match="has no leaf"):
        prove_inclusion(read_node, 7, 7)
    with pytest.raises(InputError, match="cannot begin"):
        prove_consistency(read_node, 8, 7)


def test_the_text_form_is_that_of_the_specification() -> None:
    checkpoint = Checkpoint(origin="archive.example/a1", size=7, root=root(7))
    proof = InclusionProof(
        index=5,
        hashes=prove_inclusion(read_node, 5, 7),
        checkpoint=Note(text=format_checkpoint(checkpoint)),
    )
    text = format_proof(proof)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    assert parse_proof(text) == proof
    assert parse_proof(text.replace("\nindex", "\nextra AAAA\nindex")) == proof
    for wrong in (
        text.replace("@v1", "@v2"),
        text.replace("index 5", "index 05"),
        text.replace("index 5\n", ""),
        text.replace("=\n", "\n", 1),
        text.partition("\n\n")[0],
        "",
    ):
        with pytest.raises(DamageError):
            parse_proof(wrong)
