"""Checking an index for damage that no row shows: its pages, and its full-text search.

Works on a copy, because SQLite checks full-text search only where it may write, and because a
reader that stays long keeps a withdrawal from emptying the write-ahead log.  Not for: comparing
rows with the records (`archive.workflows.verify`).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from archive.errors import DamageError, StoreError
from archive.index.database import open_readonly
from archive.index.pairs import has_spaceless, split_pairs

_MOST_PROBLEMS = 3
_WORDS = (
    "INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)",
    "INSERT INTO pairs_fts (pairs_fts) VALUES ('integrity-check')",
)
# The index of pairs keeps no text that it could be compared with: a twin of it takes them from
# the texts, with the same tables behind it.
_SHADOWS = ("data", "idx", "docsize")
_TWIN = (
    (
        "CREATE VIEW twin_texts AS SELECT id, split_pairs(title) AS title,"
        " split_pairs(text) AS text FROM texts WHERE has_pairs(title, text)"
    ),
    (
        "CREATE VIRTUAL TABLE twin_fts USING fts5 (title, text, content = 'twin_texts',"
        " content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')"
    ),
    *(f"DELETE FROM twin_fts_{shadow}" for shadow in _SHADOWS),
    *(f"INSERT INTO twin_fts_{shadow} SELECT * FROM pairs_fts_{shadow}" for shadow in _SHADOWS),
)
_WITHOUT_TWIN = ("DROP TABLE twin_fts", "DROP VIEW twin_texts")
_PAIRS = ("INSERT INTO twin_fts (twin_fts, rank) VALUES ('integrity-check', 1)",)


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
            yield from _check_search(connection, _WORDS)
            for statement in _TWIN:
                connection.execute(statement)
        # Anew, since FTS5 keeps what it has read of its own tables.
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema = ON")  # the view calls what follows
            connection.create_function("has_pairs", 2, _has_pairs, deterministic=True)
            connection.create_function("split_pairs", 1, split_pairs, deterministic=True)
            problems = list(_check_search(connection, _PAIRS))
            for statement in _WITHOUT_TWIN:
                connection.execute(statement)
            yield from problems
    except sqlite3.DatabaseError as error:
        yield f"the index is damaged: {error}"


def _check_pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (problem,) in connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})"):
        if problem != "ok":
            yield f"the index is damaged: {problem}"


def _check_search(connection: sqlite3.Connection, checks: Sequence[str]) -> Iterator[str]:
    """Compare what is searched with the texts (FTS5, "The 'integrity-check' Command")."""
    try:
        for check in checks:
            connection.execute(check)
    except sqlite3.DatabaseError as error:
        yield f"full-text search does not agree with the texts: {error}"


def _has_pairs(title: str, text: str) -> bool:
    return has_spaceless(title) or has_spaceless(text)
