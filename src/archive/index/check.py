"""Checking an index for damage that no row shows: its pages, and its full-text search.

Works on a copy, because SQLite checks full-text search only where it may write, and because a
reader that stays long keeps a withdrawal from emptying the write-ahead log.  Not for: comparing
rows with the records (`archive.workflows.verify`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.errors import DamageError, StoreError
from archive.index.database import open_readonly

_MOST_PROBLEMS = 3


def copy_index(path: Path, copy: Path) -> None:
    """Copy the index at ``path``, as it is at one moment, page by page to ``copy``.

    Raises:
        DamageError: it cannot be read.
        StoreError: the copy cannot be written.
    """
    try:
        with (
            closing(open_readonly(path)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path} cannot be copied to {copy.parent}: {error}",
            remedy="make room in the folder for temporary files, or name another by TMPDIR",
        ) from error
    except sqlite3.DatabaseError as error:
        raise DamageError(f"{path} cannot be read: {error}") from error


def check_copy(copy: Path) -> Iterator[str]:
    """Yield what is wrong with pages, indexes and full-text search of a copied index."""
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            yield from _check_pages(connection)
            yield from _check_search(connection)
    except sqlite3.DatabaseError as error:
        yield f"the index is damaged: {error}"


def _check_pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (problem,) in connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})"):
        if problem != "ok":
            yield f"the index is damaged: {problem}"


def _check_search(connection: sqlite3.Connection) -> Iterator[str]:
    """Compare every word with the texts (FTS5, "The 'integrity-check' Command")."""
    try:
        connection.execute("INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)")
        connection.execute("INSERT INTO pairs_fts (pairs_fts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        yield f"full-text search does not agree with the texts: {error}"
