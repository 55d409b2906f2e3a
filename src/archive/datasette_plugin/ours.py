"""Which of the databases that Datasette serves is an index of ours.

The first one in Datasette's order is the archive that the home page shows.  Where its file was
replaced, by ``archive rebuild`` or ``archive publish --force``, Datasette is led to the new one:
connections would keep the old one, in which nothing is ever withdrawn or closed again.  Not for:
reading it (`archive.index.overview`).
"""

import asyncio
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.database import Database

from archive.errors import ArchiveError
from archive.index.overview import recognise_copy, recognise_index
from archive.store.layout import Layout
from archive.workflows.publish import read_manifest

File = tuple[int, int]  # device and inode
_LINGER = 60.0  # seconds in which requests that began with the old file may end

# Looked at once for each database, since every response asks.
_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
_copies: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()  # those that `archive publish` made
_files: WeakKeyDictionary[Any, File | None] = WeakKeyDictionary()  # None: in memory, or missing
_locks: WeakKeyDictionary[Any, asyncio.Lock] = WeakKeyDictionary()


async def find_database(datasette: Any) -> Any | None:
    """Return Datasette's database that is an index of ours, or None."""
    for database in list(datasette.databases.values()):
        if await is_ours(database):
            return database
    return None


async def is_ours(database: Any) -> bool:
    """Tell whether this database of Datasette's is an index of ours."""
    if database not in _known:
        try:
            _copies[database] = await database.execute_fn(recognise_copy)
            _known[database] = await database.execute_fn(recognise_index)
        except Exception:  # noqa: BLE001  # somebody else's database, and not ours to complain about
            return False
    return _known[database]


def note_files(datasette: Any) -> None:
    """Remember which file each database is, before requests open it."""
    for database in datasette.databases.values():
        if database not in _files:
            _files[database] = _identify(database)


def find_file(database: Any) -> File | None:
    """Return which file a database is: another one may come to lie at its path."""
    return _files.get(database)


async def follow_file(datasette: Any, database: Any) -> Any | None:
    """Return our database over the file that lies at its path now.

    None where there is none, none that is ours, or a copy that is not the one of its manifest.
    """
    if not database.path or _files.get(database) == _identify(database):
        return database
    async with _locks.setdefault(datasette, asyncio.Lock()):
        current = datasette.databases.get(database.name, database)
        found = _identify(current)
        if found is None or found == _files.get(current):
            return current if found else None
        fresh = Database(datasette, path=current.path, is_mutable=current.is_mutable)
        fresh.name, fresh.route = current.name, current.route
        _files[fresh] = found
        if not (await is_ours(fresh) and await _is_whole(fresh)):
            fresh.close()
            return None
        datasette.databases = {**datasette.databases, fresh.name: fresh}
        asyncio.get_running_loop().call_later(_LINGER, current.close)
        return fresh


async def _is_whole(database: Any) -> bool:
    """Tell whether a copy is the one of its manifest; the index of an archive has none."""
    if database.is_mutable:
        return True
    try:
        published = await asyncio.to_thread(read_manifest, Path(database.path))
    except ArchiveError:
        return False
    database.cached_hash = published.sha256  # Datasette would read the file once more for it
    return True


def _identify(database: Any) -> File | None:
    if not database.path:
        return None
    try:
        found = Path(database.path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_known(datasette: Any, name: str) -> bool:
    """Tell whether the database of this name has been found to be ours in this response."""
    database = datasette.databases.get(name)
    return database is not None and _known.get(database, False)


def is_copy(database: Any) -> bool:
    """Tell whether this index of ours is a public copy."""
    return _copies.get(database, False)


def find_layout(database: Any) -> Layout | None:
    """Return the archive that the index lies in, or None where it is a copy by itself.

    A public copy shows what lies beside it: it is the index of the archive in whose folder it is,
    or of a folder with copies of its WARC files and log.
    """
    if not database.path:
        return None
    path = Path(database.path).absolute()
    if is_copy(database):
        layout = Layout(root=path.parent, copy=path)
        return layout if layout.warcs.is_dir() and layout.log.is_dir() else None
    layout = Layout(root=path.parents[1])
    return layout if layout.database == path else None
