"""Opening an archive: for reading, or for writing with everything a crash left put right.

Not for: making one (`archive.workflows.init`).
"""

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path

from archive.core.leaf import Leaf
from archive.errors import DamageError, InputError, StoreError
from archive.index.database import (
    Index,
    open_database,
    open_readonly,
    read_indexed_leaves,
    write_rows,
)
from archive.index.rows import Row
from archive.store.disk import Disk
from archive.store.groups import GroupDraft
from archive.store.keys import find_private_folder
from archive.store.layout import Layout, find_archive, has_warcs, make_folders
from archive.store.log import has_log, read_log, read_origin
from archive.store.signer import CheckpointSigner, Succession
from archive.store.write import ArchiveWriter
from archive.workflows.history_rules import HISTORY
from archive.workflows.records import Identity
from archive.workflows.settings import SOFTWARE, Settings
from archive.workflows.settings_file import read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that comes from outside: the clock, chance, the disk, and the user's keys.

    ``key_folder`` is where private keys lie unless the settings say otherwise, and where what
    they signed is remembered in any case.  ``note`` tells the user what is done on the way.
    """

    clock: Callable[[], datetime]
    identity: Identity
    disk: Disk
    key_folder: Path
    passphrase: bytes | None = None
    note: Callable[[str], None] = lambda _said: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that may be read."""

    layout: Layout
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenArchive:
    """An archive that this process may write to."""

    layout: Layout
    settings: Settings
    world: World
    writer: ArchiveWriter
    signer: CheckpointSigner
    index: Index
    origin: str

    def store(
        self, drafts: Sequence[GroupDraft], make_rows: Callable[[Sequence[Leaf]], Iterable[Row]]
    ) -> tuple[Leaf, ...]:
        """Store groups, then index them; when this returns, both are durable.

        ``make_rows`` gives the rows that follow from the leaves of the groups.

        Raises:
            StoreError: the disk refused; what was stored before is safe.
        """
        leaves = self.writer.append(drafts)
        write_rows(
            self.index,
            make_rows(leaves),
            leaves=leaves[-1].sequence + 1,
            origin=self.origin,
            history=HISTORY,
        )
        self.signer.remember_batch(self.writer.checkpoint)
        return leaves


def open_archive(folder: Path | None, *, start: Path) -> Archive:
    """Find the archive at ``folder``, or from ``start`` upwards, and read its settings.

    Raises:
        InputError: there is none, or its settings cannot be read.
    """
    layout = find_archive(folder or start)
    if folder is not None and layout.root != folder.absolute():
        raise InputError(f"{folder} is no archive", remedy="make one: archive init")
    return Archive(layout=layout, settings=read_settings(layout.settings))


def open_index(archive: Archive) -> Index:
    """Open the index for reading.

    Raises:
        DamageError: there is none; `archive rebuild` makes it.
    """
    return open_readonly(archive.layout.database)


@contextmanager
def open_for_writing(
    archive: Archive,
    world: World,
    *,
    options: str,
    lock_seconds: float = 10.0,
    succession: Succession | None = None,
    moved: bool = False,
) -> Iterator[OpenArchive]:
    """Hold the writer's lock; recover the store, and bring the index up to the log.

    ``succession`` says why a new key is to sign alone, ``moved`` that the keys lie in another
    place on purpose (`archive.workflows.keys`).

    Raises:
        BusyError: another process is writing.
        DamageError: the store is not what the log says.
    """
    layout = archive.layout
    with open_writer(
        archive,
        world,
        options=options,
        lock_seconds=lock_seconds,
        succession=succession,
        moved=moved,
    ) as writing:
        writer, signer = writing
        index = open_database(layout.database)
        try:
            log = read_log(layout.log)
            indexed = read_indexed_leaves(index)
            if indexed > log.size:
                raise DamageError(
                    f"the index reflects {indexed} leaves, the log has only {log.size}",
                    remedy="the log has lost leaves: restore metadata/log from a copy",
                )
            if indexed < log.size:
                if not indexed:
                    world.note(
                        f"the index is lost or empty: it is made again from {log.size} leaves"
                    )
                # Loaded only after a crash: it brings worker processes and the rules about dates.
                replay = import_module("archive.workflows.replay")
                replay.replay_leaves(layout, log, index, archive.settings.extraction, start=indexed)
            yield OpenArchive(
                layout=layout,
                settings=archive.settings,
                world=world,
                writer=writer,
                signer=signer,
                index=index,
                origin=log.origin,
            )
        finally:
            index.close()


@contextmanager
def open_writer(
    archive: Archive,
    world: World,
    *,
    options: str,
    lock_seconds: float,
    succession: Succession | None = None,
    moved: bool = False,
) -> Iterator[tuple[ArchiveWriter, CheckpointSigner]]:
    """Hold the writer's lock on a store that is put right; the index is left alone.

    Raises:
        BusyError: another process is writing.
        DamageError: the store is not what the log says.
    """
    layout = archive.layout
    make_folders(layout, world.disk)
    origin = read_origin(layout.log)
    if origin is None:
        _require_new(layout)
        origin = mint_origin(world)
    signer = open_signer(archive, world, origin, succession, moved=moved)
    with (
        closing(signer),
        ArchiveWriter(
            layout,
            disk=world.disk,
            clock=world.clock,
            new_id=world.identity.new_id,
            origin=origin,
            sign=signer.sign,
            info=_describe_run(archive.settings, options),
            rotate_bytes=archive.settings.rotate_bytes,
            lock_seconds=lock_seconds,
            command=f"archive {options}",
        ) as writer,
    ):
        try:
            yield writer, signer
        except BaseException:
            with suppress(StoreError):  # the first error is the one to tell
                signer.remember(writer.checkpoint)
            raise
        signer.remember(writer.checkpoint)


def open_signer(
    archive: Archive,
    world: World,
    origin: str,
    succession: Succession | None = None,
    *,
    moved: bool = False,
) -> CheckpointSigner:
    """Return what signs for the log ``origin``.

    Raises:
        InputError: the private keys would lie inside the archive.
    """
    return CheckpointSigner(
        archive.layout,
        folder=find_key_folder(archive, world.key_folder, origin),
        home=find_home(world.key_folder, origin),
        setting=archive.settings.key_path,
        disk=world.disk,
        new_seed=lambda: world.identity.new_salt() + world.identity.new_salt(),
        passphrase=world.passphrase,
        succession=succession,
        moved=moved,
    )


def find_home(folder: Path, origin: str) -> Path:
    """Return where the folder ``folder`` of all keys remembers what the log ``origin`` signed."""
    return find_private_folder(folder.resolve(), origin)


def find_key_folder(archive: Archive, default: Path, origin: str) -> Path:
    """Return where the private keys of the log ``origin`` lie.

    ``default`` is the folder of all keys unless the settings name another.

    Raises:
        InputError: that is inside the archive.
    """
    root = archive.layout.root.resolve()
    stated = archive.settings.key_path
    try:
        folder = (root / Path(stated).expanduser() if stated else default).resolve()
    except RuntimeError as error:  # no such user, or a circle of links
        raise InputError(f"key_path {stated!r}: {error}", remedy="correct archive.toml") from error
    if folder.is_relative_to(root):
        raise InputError(
            f"private keys would lie inside the archive, in {folder}",
            remedy="set key_path in archive.toml to a folder outside of it",
        )
    return find_private_folder(folder, origin)


def _describe_run(settings: Settings, options: str) -> tuple[tuple[str, str], ...]:
    """Return the fields of a warcinfo record (WARC/1.1 §6.2) that say who captured, and how."""
    fields = (
        ("software", f"{SOFTWARE} Python/{platform.python_version()}"),
        ("format", "WARC File Format 1.1"),
        (
            "conformsTo",
            "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        ),
        ("operator", settings.operator),
        ("organization", settings.organisation),
        ("contact", settings.contact),
        ("hostname", platform.node()),
        ("http-header-user-agent", settings.user_agent),
        ("robots", "recorded; applied to automatic visits only"),
        ("options", options),
    )
    return tuple((name, value) for name, value in fields if value)


def _require_new(layout: Layout) -> None:
    """Refuse to begin a log where something was logged already: its name is minted once."""
    if has_warcs(layout) or has_log(layout.log):
        raise DamageError(
            f"there are WARC files, but the capture log in {layout.log} is lost or incomplete",
            remedy="restore metadata/log from a copy of the archive; where there is none:"
            " archive rebuild --log",
        )


def mint_origin(world: World) -> str:
    """Return a new name for a capture log; it is kept for good."""
    return f"statement-archive/{world.identity.new_id().rpartition(':')[2].replace('-', '')[:16]}"
