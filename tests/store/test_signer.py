"""Signing: keys on first use, and never a checkpoint that does not continue the last one."""

import shutil
from pathlib import Path

import pytest

from archive.core.key import check_note, make_key_pair
from archive.errors import DamageError, InputError
from archive.store.disk import Disk
from archive.store.keys import (
    NEW,
    read_key_pairs,
    read_public_keys,
    rename_key_pair,
    write_key_pair,
)
from archive.store.layout import Layout
from archive.store.log import read_log, read_note
from archive.store.memory import SEEN, read_remembered
from archive.store.signer import CheckpointSigner
from archive.store.write import ArchiveWriter
from tests.store.drafts import INFO, ORIGIN, Maker


def make_signer(layout: Layout, keys: Path, passphrase: bytes | None = None) -> CheckpointSigner:
    return CheckpointSigner(
        layout,
        folder=keys,
        disk=Disk(),
        new_seed=lambda: bytes(32),
        passphrase=passphrase,
    )


def append(layout: Layout, maker: Maker, keys: Path, count: int = 1) -> None:
    signer = make_signer(layout, keys)
    with ArchiveWriter(
        layout,
        disk=Disk(),
        clock=maker.clock,
        new_id=maker.new_id,
        origin=ORIGIN,
        sign=signer.sign,
        info=INFO,
    ) as writer:
        for _ in range(count):
            writer.append([maker.conversion()])
    signer.remember(writer.checkpoint)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_a_key_is_made_on_first_use(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    (path,) = keys.glob("log-*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    note = read_note(layout.log)
    assert note is not None
    known = read_public_keys(layout.keys, "log")
    assert check_note(note, known).good == known
    append(layout, maker, keys)
    assert list(keys.glob("log-*.pem")) == [path]
    (remembered,) = read_remembered([keys])
    assert remembered.checkpoint == read_log(layout.log).checkpoint


def test_a_log_that_was_rolled_back_is_not_signed(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    shutil.copytree(layout.root, layout.root.with_name("older"))
    append(layout, maker, keys)
    shutil.rmtree(layout.root)
    shutil.copytree(layout.root.with_name("older"), layout.root)
    with pytest.raises(DamageError, match="rolled back: it has 1 leaves, but 2"):
        append(layout, maker, keys)
    assert read_log(layout.log).size == 1
    (keys / SEEN).unlink()  # somebody says so
    append(layout, maker, keys)


def test_a_log_that_was_forked_is_not_signed(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    older = layout.root.with_name("older")
    shutil.copytree(layout.root, older)
    shutil.copytree(keys, older.with_name("older-keys"))
    append(layout, maker, keys)
    append(Layout(root=older), maker, older.with_name("older-keys"), count=3)
    shutil.rmtree(layout.root)
    shutil.copytree(older, layout.root)
    with pytest.raises(DamageError, match="forked: its first 2 leaves"):
        append(layout, maker, keys)


def test_a_lost_private_key_is_told(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    shutil.rmtree(keys)
    with pytest.raises(InputError, match="is not in"):
        append(layout, maker, keys)
    assert read_log(layout.log).size == 1


def test_an_unsigned_log_is_signed_when_it_is_opened(
    layout: Layout, maker: Maker, keys: Path
) -> None:
    append(layout, maker, keys)
    path = layout.log / "checkpoint"
    signed = path.read_bytes()
    path.write_bytes(signed.partition(b"\n\n")[0] + b"\n\n")
    append(layout, maker, keys, count=0)
    assert path.read_bytes() == signed


def test_a_private_key_that_others_may_read_is_refused(
    layout: Layout, maker: Maker, keys: Path
) -> None:
    append(layout, maker, keys)
    (path,) = keys.glob("log-*.pem")
    path.chmod(0o640)
    with pytest.raises(InputError, match="others may read"):
        append(layout, maker, keys)


def test_every_key_in_use_signs(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    second = make_key_pair(ORIGIN, "log", bytes([1]) * 32)
    write_key_pair(keys, Disk(), second, suffix=NEW)
    append(layout, maker, keys)
    note = read_note(layout.log)
    assert note is not None
    assert len(note.signatures) == 1
    rename_key_pair(keys, Disk(), second.public, old=NEW, new="")
    append(layout, maker, keys)
    note = read_note(layout.log)
    known = read_public_keys(layout.keys, "log")
    assert note is not None
    assert len(known) == 2
    assert check_note(note, known).good == known


def test_a_file_that_is_another_key_is_refused(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    (private,) = keys.glob("log-*.pem")
    (public,) = layout.keys.glob("log-*.vkey")
    other = make_key_pair(ORIGIN, "log", bytes([1]) * 32)
    written = write_key_pair(keys, Disk(), other)
    written.replace(private)
    with pytest.raises(InputError, match="not the key that its name says"):
        read_key_pairs(keys, "log", name=ORIGIN)
    for data in (b"", b"x\n", public.read_bytes()[:-1], public.read_bytes() * 2, b"\xff\n"):
        public.write_bytes(data)
        with pytest.raises(DamageError):
            read_public_keys(layout.keys, "log")


def test_what_is_remembered_but_broken_is_told(layout: Layout, maker: Maker, keys: Path) -> None:
    append(layout, maker, keys)
    (keys / SEEN).write_bytes(b"noise")
    with pytest.raises(InputError, match="signed"):
        append(layout, maker, keys)
