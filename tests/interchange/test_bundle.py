"""Folders of proof bundles: whole or not there, and what the page says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.core.checkpoint import Checkpoint, format_checkpoint, hash_leaf
from archive.core.digest import digest_bytes
from archive.core.key import make_key_pair, sign_note
from archive.core.leaf import Leaf, Placed, format_leaf
from archive.core.note import Note
from archive.core.proof import InclusionProof
from archive.errors import InputError, StoreError
from archive.interchange.bundle import Bundle, Token, format_bundle, write_bundle

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def bundle() -> Bundle:
    """The bundle of a leaf that is alone in its log."""
    digest = digest_bytes(b"stored")
    leaf = Leaf(
        sequence=0,
        kind="capture",
        time=NOON,
        warc="a.warc.gz",
        records=(
            Placed(
                record_id="urn:uuid:1", kind="metadata", offset=7, length=6, member=digest,
                record=digest, block=digest,
            ),
        ),
    )  # fmt: skip
    entry = format_leaf(leaf)
    pair = make_key_pair("log.example/a$b'c", "log", bytes(32))
    checkpoint = Checkpoint(origin="log.example/a$b'c", size=1, root=hash_leaf(entry))
    note = sign_note(Note(text=format_checkpoint(checkpoint)), pair)
    return Bundle(
        leaf=leaf,
        entry=entry,
        proof=InclusionProof(index=0, hashes=(), checkpoint=note),
        key=pair.public,
    )


def read_page(bundle: Bundle) -> str:
    return format_bundle(bundle)["VERIFY.md"].decode()


def test_nothing_of_others_can_become_a_command(bundle: Bundle) -> None:
    """An address or an authority with line ends, fences or our own marks stays one quoted text."""
    nasty = "http://a.example/`\n```\n\n```sh\nrm -rf ~\n```\n{{names}}|\u202e"
    plain, odd = (
        read_page(bundle),
        read_page(
            replace(
                bundle,
                address=nasty,
                captured=NOON,
                revisit_of=nasty,
            )
        ),
    )
    assert plain.count("```") == odd.count("```") == 4
    assert "\nrm -rf" not in odd
    assert "\u202e" not in odd
    assert "{{names}}" in odd
    assert odd.split("```sh")[1] == plain.split("```sh")[1]


def test_the_key_is_quoted_for_the_shell(bundle: Bundle) -> None:
    assert """= 'log.example/a$b'"'"'c+""" in read_page(bundle)


def test_the_page_says_who_dated_it_or_that_nobody_did(bundle: Bundle) -> None:
    assert "no outsider has put a time" in read_page(bundle)
    token = Token(
        authority="http://tsa.example/", response=b"x", roots=("-----BEGIN",), stated=NOON
    )
    page = read_page(replace(bundle, tokens=(token,)))
    assert "no outsider has put a time" not in page
    assert "by 2026-11-02T12:00:00" in page
    assert "*'Time stamp: Nov  2 12:00:00'*' 2026 GMT'*" in page
    assert f"-attime {int(NOON.timestamp())}\n" in page
    assert format_bundle(replace(bundle, tokens=(token,)))["timestamp-1.pem"] == b"-----BEGIN\n"


def test_a_folder_is_whole_or_not_there(bundle: Bundle, tmp_path: Path) -> None:
    def break_off() -> Iterator[bytes]:
        yield b"sto"
        raise StoreError("the disk is gone")

    folder = tmp_path / "bundle"
    with pytest.raises(StoreError, match="the disk is gone"):
        write_bundle(folder, format_bundle(bundle), break_off())
    assert not list(tmp_path.iterdir())
    write_bundle(folder, format_bundle(bundle), [b"sto", b"red"])
    assert (folder / "record.warc.gz").read_bytes() == b"stored"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_nothing_is_overwritten(bundle: Bundle, tmp_path: Path) -> None:
    contents = format_bundle(bundle)
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "full", "link", "no/where"):
        with pytest.raises(InputError):
            write_bundle(tmp_path / name, contents, [b"stored"])
    (tmp_path / "empty").mkdir()
    write_bundle(tmp_path / "empty", contents, [b"stored"])
    assert (tmp_path / "empty" / "VERIFY.md").exists()
