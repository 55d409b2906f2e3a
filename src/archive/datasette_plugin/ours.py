"""Which of the databases that Datasette serves is an index of ours.

The first one in Datasette's order is the archive that the home page shows.  Not for: reading
it (`archive.index.overview`).
"""

from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from archive.index.overview import recognise_copy, recognise_index
from archive.store.layout import Layout

# Looked at once for each database, since every response asks.
_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
_copies: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()  # those that `archive publish` made


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
