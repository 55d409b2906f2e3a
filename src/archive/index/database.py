"""Opening the index, and writing rows to it: what happens while captures wait.

The order of leaves is the order of rows, and every derived column is computed from other
rows, so that catching up, rebuilding and capturing end in the same database.  Rules:

1. One transaction a batch; ``about.leaves`` moves in the same transaction.
2. WAL with ``synchronous=FULL``; a withdrawn row leaves no trace (``secure_delete``).
3. Plain `sqlite3` here, because this is the path that captures wait on; what reads at
   leisure goes through sqlite-utils (`archive.index.search`).

Not for: deciding what a row holds (`archive.index.rows`), or the tables it goes to
(`archive.index.write`).
"""

import contextlib
import functools
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.errors import DamageError, StoreError
from archive.index.known import Fresh
from archive.index.rows import CaptureRow, Row
from archive.index.rules import describe_rules
from archive.index.statements import refresh_statement
from archive.index.versions import HistoryRules, refresh_history
from archive.index.write import Touched, merge_touched, write_row

SCHEMA_VERSION = "8"
_SCHEMA = Path(__file__).with_name("schema.sql")
_TABLES = (
    "about",
    "statements",
    "captures",
    "texts",
    "conversions",
    "readings",
    "claims",
    "assertions",
    "annotations",
    "organisations",
    "organisation_domains",
    "organisation_names",
    "watches",
    "events",
    "versions",
    "edits",
    "absences",
    "pending_comparisons",
)
_COUNT = re.compile(r"[0-9]{1,18}")
Index = sqlite3.Connection


def open_database(path: Path) -> sqlite3.Connection:
    """Open the index for writing, making an empty one where there is none.

    Raises:
        DamageError: the file is no index of ours, or of another schema version.
        StoreError: it cannot be opened or written.
    """
    try:
        _require_file(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -32768")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            create_tables(connection)
        check_schema(connection, path)
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    return connection


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open the index for reading only, also where nothing can be written.

    Raises:
        DamageError: there is none, or none that this version reads.
    """
    try:
        _require_file(path)
        connection = sqlite3.connect(format_readonly_uri(path), uri=True)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        check_schema(connection, path)
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    return connection


def format_readonly_uri(path: Path) -> str:
    """Return what SQLite opens the index by for reading only, also where nothing can be written."""
    how = "immutable=1" if _is_still(path) else "mode=ro"
    return f"{path.resolve().as_uri()}?{how}"


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse an index of another schema version, or derived by other rules.

    Raises:
        DamageError: version or rules differ, or there are none.
    """
    row = connection.execute("SELECT value FROM about WHERE key = 'schema'").fetchone()
    if row is None or row[0] != SCHEMA_VERSION:
        found = row[0] if row else "none"
        raise DamageError(
            f"{path} has schema version {found}, this program reads {SCHEMA_VERSION}",
            remedy="run `archive rebuild`: the index is derived and loses nothing",
        )
    row = connection.execute("SELECT value FROM about WHERE key = 'rules'").fetchone()
    if row is None or row[0] != describe_rules():
        raise DamageError(
            f"{path} was derived by other rules ({row[0] if row else 'none are named'}) than this"
            f" program's ({describe_rules()})",
            remedy="run `archive rebuild`: the index is derived and loses nothing",
        )
    _require_own_schema(connection, path)


def read_indexed_leaves(connection: sqlite3.Connection) -> int:
    """Return how many leaves of the log the index reflects.

    Raises:
        DamageError: what stands there is no number.
    """
    row = connection.execute("SELECT value FROM about WHERE key = 'leaves'").fetchone()
    if row is not None and not _COUNT.fullmatch(str(row[0])):
        raise DamageError(
            f"the index says that it reflects {str(row[0])[:40]!r} leaves of the log",
            remedy="run `archive rebuild`: the index is derived and loses nothing",
        )
    return int(row[0]) if row else 0


def write_rows(
    connection: sqlite3.Connection,
    rows: Iterable[Row],
    *,
    leaves: int,
    origin: str,
    history: HistoryRules | None = None,
    refresh: bool = True,
) -> None:
    """Write rows of consecutive leaves in one transaction; ``leaves`` is then indexed.

    Without ``history`` versions are left alone.  With ``refresh`` false the statements' derived
    columns wait for `refresh_statements`.

    Raises:
        StoreError: SQLite cannot write; nothing of the batch is then in the index.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            touched: Touched = {}
            withdrawn = False
            for row in rows:
                merge_touched(touched, write_row(connection, row))
                withdrawn = withdrawn or (
                    isinstance(row, CaptureRow) and row.outcome == "withdrawn"
                )
            if refresh:
                for statement_id in sorted(touched):
                    _refresh(connection, statement_id, history, touched[statement_id])
            connection.executemany(
                "INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)",
                [("leaves", str(leaves)), ("origin", origin)],
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                connection.execute("ROLLBACK")
            raise
        if withdrawn:
            # What was overwritten must not live on in the write-ahead log.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        is_held = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        what = "end the program that holds it open" if is_held else "make room on the disk"
        raise StoreError(
            f"the index could not be written: {error}",
            remedy=f"{what}; captures already stored are safe and join later",
        ) from error


def refresh_statements(connection: sqlite3.Connection, history: HistoryRules | None) -> None:
    """Compute the derived columns of every statement, and its versions."""
    connection.execute("BEGIN IMMEDIATE")
    ids = [row[0] for row in connection.execute("SELECT id FROM statements ORDER BY id")]
    for statement_id in ids:
        _refresh(connection, statement_id, history)
    connection.execute("COMMIT")


def _refresh(
    connection: sqlite3.Connection,
    statement_id: str,
    history: HistoryRules | None,
    fresh: Fresh = None,
) -> None:
    refresh_statement(connection, statement_id)
    if history is not None:
        refresh_history(connection, statement_id, history, fresh)


def read_dump(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the canonical dump: every row of every table as a JSON line, in key order."""
    for table in _TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
        order = ", ".join(f'"{key}"' for key in keys)
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY {order}"):
            yield json.dumps([table, dict(zip(columns, row, strict=True))], ensure_ascii=False)


def finish_database(connection: sqlite3.Connection) -> None:
    """Gather statistics, and put everything into the one file.

    Raises:
        DamageError: full-text search does not agree with the texts.
    """
    try:
        connection.execute("INSERT INTO texts_fts (texts_fts, rank) VALUES ('integrity-check', 1)")
        connection.execute("INSERT INTO pairs_fts (pairs_fts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        raise DamageError(f"full-text search does not agree with the texts: {error}") from error
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _require_file(path: Path) -> None:
    """Refuse what would be waited for, such as a pipe; a missing file is none of these."""
    try:
        is_other = path.exists() and not path.is_file()
    except OSError:
        return  # SQLite says why
    if is_other:
        raise DamageError(
            f"{path} is no file", remedy="remove it and run `archive rebuild`: nothing is lost"
        )


def _require_own_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse an index that would run somebody's SQL: views, triggers, tables made otherwise."""
    found = {
        (kind, name): sql
        for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master")
    }
    strange = [name for kind, name in found if kind in ("view", "trigger")]
    strange += [name for (kind, name), sql in _list_own() if found.get((kind, name)) != sql]
    if strange:
        raise DamageError(
            f"{path} has a table, view or trigger {strange[0]!r} that is not ours",
            remedy="run `archive rebuild`: the index is derived and loses nothing",
        )


@functools.lru_cache(maxsize=1)
def _list_own() -> tuple[tuple[tuple[str, str], str], ...]:
    """Return our tables and indexes, and the SQL that SQLite keeps of each."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        create_tables(connection)
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL")
        # The tables behind full-text search are SQLite's own affair.
        return tuple(
            ((kind, name), sql)
            for kind, name, sql in rows
            if not name.startswith(("texts_fts_", "pairs_fts_"))
        )


def _is_still(path: Path) -> bool:
    """Tell whether SQLite must not look for the files of a writer, because it would make them.

    In WAL mode a reader makes ``-shm`` where there is none; in a folder that it cannot write to
    it fails (https://sqlite.org/wal.html#read_only_databases).  A writer's ``-wal`` is there as
    long as the writer is; an empty one is what a reader left.
    """
    log = Path(f"{path}-wal")
    effective = os.access in os.supports_effective_ids
    try:
        return (
            path.exists()
            and not os.access(path.parent, os.W_OK, effective_ids=effective)
            and not (log.exists() and log.stat().st_size)
        )
    except OSError:
        return False  # the folder cannot be looked into: SQLite will say so


def _translate(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    remedy = "run `archive rebuild`: the index is derived and loses nothing"
    try:
        if not path.exists():
            return DamageError(f"there is no index at {path}", remedy=remedy)
    except OSError as refusal:
        return StoreError(f"{path} cannot be opened: {refusal}", remedy="check permissions")
    if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
        return StoreError(f"{path} cannot be opened: {error}", remedy="check disk and permissions")
    return DamageError(f"{path} is no usable index: {error}", remedy=remedy)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty index."""
    script = _SCHEMA.read_text(encoding="utf-8")
    rules = describe_rules().replace("'", "''")
    about = (
        f"INSERT INTO about VALUES ('schema', '{SCHEMA_VERSION}'), ('rules', '{rules}'),"
        " ('leaves', '0');"
    )
    connection.executescript(f"BEGIN IMMEDIATE; {script} {about} COMMIT;")
