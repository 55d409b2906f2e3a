"""The tree hash against its definition and published roots; the checkpoint's text form."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.checkpoint import (
    EMPTY_ROOT,
    Checkpoint,
    append_peaks,
    bag_peaks,
    format_checkpoint,
    hash_leaf,
    hash_node,
    hash_tree,
    parse_checkpoint,
)
from archive.errors import DamageError

# The leaves and roots that the tests of Certificate Transparency use (RFC 6962 §2.1.3's tree).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hash_slowly(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hash_leaf(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_node(hash_slowly(leaves[:split]), hash_slowly(leaves[split:]))


def test_published_roots() -> None:
    assert hash_tree(()) == EMPTY_ROOT == hashlib.sha256().digest()
    for size, root in enumerate(ROOTS, 1):
        assert hash_tree([hash_leaf(leaf) for leaf in LEAVES[:size]]).hex() == root


def test_roots_of_published_vectors(shared_data: Path) -> None:
    known = {size: bytes.fromhex(root) for size, root in enumerate(ROOTS, 1)}
    seen = 0
    for line in (shared_data / "merkle" / "vectors.jsonl").read_text().splitlines():
        vector = json.loads(line)
        if vector["wantErr"] or "root2" not in vector or vector["size2"] not in known:
            continue
        if base64.b64decode(vector["root2"]) == known[vector["size2"]]:
            seen += 1
    assert seen


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert hash_tree([hash_leaf(leaf) for leaf in leaves]) == hash_slowly(leaves)


@given(st.lists(st.lists(st.binary(max_size=3), max_size=9), max_size=9))
def test_appending_in_batches_gives_the_same_root(batches: list[list[bytes]]) -> None:
    peaks: tuple[bytes, ...] = ()
    leaves: list[bytes] = []
    for batch in batches:
        peaks = append_peaks(peaks, len(leaves), [hash_leaf(leaf) for leaf in batch])
        leaves += batch
        assert bag_peaks(peaks) == hash_slowly(leaves)
        assert len(peaks) == len(leaves).bit_count()


checkpoints = st.builds(
    Checkpoint,
    origin=st.text(st.characters(categories=["L", "N", "P"]), min_size=1),
    size=st.integers(min_value=1, max_value=10**18 - 1),
    root=st.binary(min_size=32, max_size=32),
)


@given(checkpoints)
def test_format_and_parse_are_inverse(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_the_text_is_that_of_the_specification() -> None:
    checkpoint = Checkpoint(origin="archive.example/a1", size=0, root=EMPTY_ROOT)
    text = format_checkpoint(checkpoint)
    assert text == "archive.example/a1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


GOOD = "archive.example/a1\n7\n" + base64.b64encode(bytes(32)).decode() + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        GOOD[:-1],
        GOOD.replace("\n7\n", "\n07\n"),
        GOOD.replace("\n7\n", "\n-7\n"),
        GOOD.replace("\n7\n", "\n+7\n"),
        GOOD.replace("\n7\n", "\n7 \n"),
        GOOD.replace("\n7\n", "\n７\n"),
        GOOD.replace("\n7\n", "\n\n"),
        GOOD.replace("\n7\n", "\n0\n"),
        GOOD.replace("\n7\n", f"\n{'9' * 5000}\n"),
        GOOD.replace("archive.example/a1", ""),
        GOOD.replace("=\n", "\n"),
        GOOD.replace("A=\n", "B=\n"),
        GOOD.replace("AAAA", "AA", 1),
        GOOD.replace("AAAA", "AA-_", 1),
        GOOD + "extension\n",
        GOOD + "\n",
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(DamageError):
        parse_checkpoint(text)


@given(st.text())
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(DamageError):
        parse_checkpoint(text)
