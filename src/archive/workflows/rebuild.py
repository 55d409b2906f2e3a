"""Making the index again from the WARC files and the log; and a lost log from the files.

The new index is made beside the old one and takes its place only when it is whole.  Not for:
damage to WARC files or the log, which `archive verify` finds.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.core.checkpoint import Checkpoint
from archive.index.database import finish_database, open_database
from archive.store.log import read_log
from archive.store.rederive import rederive_log
from archive.workflows.opening import Archive, World, mint_origin, open_signer, open_writer
from archive.workflows.replay import Replay, replay_leaves

Progress = Callable[[int, int], None]


def rebuild_index(
    archive: Archive, world: World, *, progress: Progress = lambda _done, _total: None
) -> Replay:
    """Make the index again; return what was replayed.

    Raises:
        BusyError: another process is writing.
        DamageError: there is no log, though there are WARC files.
    """
    layout = archive.layout
    fresh = layout.metadata / "archive.db.new"
    with open_writer(archive, world, options="rebuild", lock_seconds=10.0):
        _remove(fresh, world)
        replay = fill_index(archive, fresh, progress=progress)
        for suffix in ("-wal", "-shm"):
            world.disk.remove(Path(f"{layout.database}{suffix}"))
        world.disk.rename(fresh, layout.database)
        world.disk.sync_folder(layout.metadata)
    return replay


def rederive_records(
    archive: Archive, world: World, *, progress: Progress = lambda _done, _total: None
) -> Checkpoint:
    """Make the capture log again from the WARC files, where it was lost, under a new name.

    Raises:
        InputError: there is a log, or nothing to make one from.
        BusyError: another process is writing.
        StoreError: the disk refuses, or a file cannot be read.
    """
    origin = mint_origin(world)
    signer = open_signer(archive, world, origin)
    checkpoint = rederive_log(
        archive.layout,
        disk=world.disk,
        clock=world.clock,
        origin=origin,
        sign=signer.sign,
        lock_seconds=10.0,
        progress=progress,
    )
    signer.remember(checkpoint)
    return checkpoint


def fill_index(
    archive: Archive, path: Path, *, progress: Progress = lambda _done, _total: None
) -> Replay:
    """Make an index at ``path`` from all leaves of the log.

    Raises:
        StoreError: the log cannot be read, or the index not be written.
    """
    with closing(open_database(path)) as index:
        replay = replay_leaves(
            archive.layout,
            read_log(archive.layout.log),
            index,
            archive.settings.extraction,
            start=0,
            progress=progress,
        )
        finish_database(index)
    return replay


def _remove(path: Path, world: World) -> None:
    for suffix in ("", "-wal", "-shm"):
        world.disk.remove(Path(f"{path}{suffix}"))
