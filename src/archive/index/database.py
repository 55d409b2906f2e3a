"""Opening the index, and writing rows to it: what happens while captures wait.

The order of leaves is the order of rows, and every derived column is computed from other
rows, so that catching up, rebuilding and capturing end in the same database.  Rules:

1. One transaction a batch; ``about.leaves`` moves in the same transaction.
2. WAL with ``synchronous=FULL``; a withdrawn row leaves no trace (``secure_delete``).
3. Plain `sqlite3` here, because this is the path that captures wait on; what reads at
   leisure goes through sqlite-utils (`archive.index.search`).

Not for: deciding what a row holds (`archive.index.rows`).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from pathlib import Path

from archive.errors import DamageError, StoreError
from archive.index.rows import AnnotationRow, CaptureRow, Row, TextRow
from archive.index.statements import place_aliases, refresh_statement, write_statement

SCHEMA_VERSION = "1"
_SCHEMA = Path(__file__).with_name("schema.sql")
_CAPTURE_COLUMNS = tuple(field.name for field in fields(CaptureRow))
_read_capture = attrgetter(*_CAPTURE_COLUMNS)
_INSERT_CAPTURE = "INSERT OR REPLACE INTO captures ({}, statement_id) VALUES ({}, ?)".format(
    ", ".join(f'"{name}"' for name in _CAPTURE_COLUMNS), ", ".join("?" * len(_CAPTURE_COLUMNS))
)
_TABLES = (
    "about",
    "statements",
    "captures",
    "texts",
    "conversions",
    "claims",
    "assertions",
    "annotations",
)
Index = sqlite3.Connection


def open_database(path: Path) -> sqlite3.Connection:
    """Open the index for writing, making an empty one where there is none.

    Raises:
        DamageError: the file is no index of ours, or of another schema version.
        StoreError: it cannot be opened or written.
    """
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -32768")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _create_tables(connection)
        check_schema(connection, path)
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    return connection


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open the index for reading only.

    Raises:
        DamageError: there is none, or none that this version reads.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.execute("PRAGMA query_only = ON")
        check_schema(connection, path)
    except sqlite3.DatabaseError as error:
        raise _translate(error, path) from error
    return connection


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse an index of another schema version.

    Raises:
        DamageError: the version differs, or there is none.
    """
    row = connection.execute("SELECT value FROM about WHERE key = 'schema'").fetchone()
    if row is None or row[0] != SCHEMA_VERSION:
        found = row[0] if row else "none"
        raise DamageError(
            f"{path} has schema version {found}, this program reads {SCHEMA_VERSION}",
            remedy="run `archive rebuild`: the index is derived and loses nothing",
        )


def read_indexed_leaves(connection: sqlite3.Connection) -> int:
    """Return how many leaves of the log the index reflects."""
    row = connection.execute("SELECT value FROM about WHERE key = 'leaves'").fetchone()
    return int(row[0]) if row else 0


def write_rows(
    connection: sqlite3.Connection,
    rows: Iterable[Row],
    *,
    leaves: int,
    origin: str,
    refresh: bool = True,
) -> None:
    """Write rows of consecutive leaves in one transaction; ``leaves`` is then indexed.

    With ``refresh`` false the statements' derived columns wait for `refresh_statements`.

    Raises:
        StoreError: SQLite cannot write; nothing of the batch is then in the index.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            touched: set[str] = set()
            withdrawn = False
            for row in rows:
                touched |= _write_row(connection, row)
                withdrawn = withdrawn or (
                    isinstance(row, CaptureRow) and row.outcome == "withdrawn"
                )
            if refresh:
                for statement_id in sorted(touched):
                    refresh_statement(connection, statement_id)
            connection.executemany(
                "INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)",
                [("leaves", str(leaves)), ("origin", origin)],
            )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        if withdrawn:
            # What was overwritten must not live on in the write-ahead log.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(
            f"the index could not be written: {error}",
            remedy="make room on the disk; captures already stored are safe and join later",
        ) from error


def refresh_statements(connection: sqlite3.Connection) -> None:
    """Compute the derived columns of every statement."""
    connection.execute("BEGIN IMMEDIATE")
    ids = [row[0] for row in connection.execute("SELECT id FROM statements ORDER BY id")]
    for statement_id in ids:
        refresh_statement(connection, statement_id)
    connection.execute("COMMIT")


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
    except sqlite3.DatabaseError as error:
        raise DamageError(f"full-text search does not agree with the texts: {error}") from error
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _translate(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    remedy = "run `archive rebuild`: the index is derived and loses nothing"
    if not path.exists():
        return DamageError(f"there is no index at {path}", remedy=remedy)
    if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
        return StoreError(f"{path} cannot be opened: {error}", remedy="check disk and permissions")
    return DamageError(f"{path} is no usable index: {error}", remedy=remedy)


def _create_tables(connection: sqlite3.Connection) -> None:
    script = _SCHEMA.read_text(encoding="utf-8")
    version = f"INSERT INTO about VALUES ('schema', '{SCHEMA_VERSION}'), ('leaves', '0');"
    connection.executescript(f"BEGIN IMMEDIATE; {script} {version} COMMIT;")


def _write_row(connection: sqlite3.Connection, row: Row) -> set[str]:
    """Write one row; return the ids of the statements that it touches."""
    if isinstance(row, CaptureRow):
        if row.outcome == "withdrawn":
            return _write_withdrawn(connection, row)
        return _write_capture(connection, row)
    if isinstance(row, TextRow):
        return _write_text(connection, row)
    _write_annotation(connection, row)
    return set()


def _write_capture(connection: sqlite3.Connection, row: CaptureRow) -> set[str]:
    statement_id = None if row.key is None else write_statement(connection, row.key)
    connection.execute(_INSERT_CAPTURE, (*_read_capture(row), statement_id))
    if row.revisit_of is not None:
        connection.execute(
            "UPDATE captures SET (text_outcome, text_id) = (SELECT nullif(text_outcome, 'pending'),"
            " text_id FROM captures AS first WHERE first.id = captures.revisit_of) WHERE id = ?",
            (row.id,),
        )
    if row.key is None or statement_id is None:
        return set()
    touched = place_aliases(connection, row.key) if row.alias_of is not None else set()
    return touched | {statement_id}


def _write_text(connection: sqlite3.Connection, row: TextRow) -> set[str]:
    found = connection.execute(
        "SELECT outcome FROM captures WHERE id = ?", (row.capture_id,)
    ).fetchone()
    if found is None or found[0] == "withdrawn":
        return set()
    _delete_reading(connection, row.capture_id)
    connection.execute(
        "INSERT OR REPLACE INTO conversions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.record_id,
            row.capture_id,
            row.extractor,
            row.outcome,
            row.detail,
            row.digest,
            row.warc,
            row.offset,
            row.length,
            row.leaf,
        ),
    )
    if row.text_id is not None and row.digest is not None:
        added = connection.execute(
            "INSERT INTO texts (id, digest, title, text) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (row.text_id, row.digest, row.title, row.text),
        ).rowcount
        if added:
            connection.execute(
                "INSERT INTO texts_fts (rowid, title, text) VALUES (?, ?, ?)",
                (row.text_id, row.title, row.text),
            )
    connection.executemany(
        "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (row.capture_id, place, c.field, c.raw, c.value, c.source, c.locator, c.rule, c.zone)
            for place, c in enumerate(row.claims)
        ],
    )
    connection.executemany(
        "INSERT INTO assertions VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row.capture_id,
                a.field,
                a.value,
                a.confidence,
                a.rule,
                json.dumps(a.supports),
                json.dumps(a.contradicts),
            )
            for a in row.assertions
        ],
    )
    return _set_text(connection, row.capture_id, row.outcome, row.text_id)


def _set_text(
    connection: sqlite3.Connection, capture_id: str, outcome: str | None, text_id: int | None
) -> set[str]:
    """Note the text of a capture and of the revisits that share its payload."""
    before = connection.execute(
        "SELECT text_id FROM captures WHERE id = ?", (capture_id,)
    ).fetchone()
    connection.execute(
        "UPDATE captures SET text_outcome = ?1, text_id = ?2 WHERE id = ?3 OR revisit_of = ?3",
        (outcome, text_id, capture_id),
    )
    if before and before[0] is not None and before[0] != text_id:
        _delete_orphan(connection, before[0])
    return {
        found
        for (found,) in connection.execute(
            "SELECT statement_id FROM captures WHERE id = ?1 OR revisit_of = ?1", (capture_id,)
        )
        if found is not None
    }


def _delete_reading(connection: sqlite3.Connection, capture_id: str) -> None:
    connection.execute("DELETE FROM claims WHERE capture_id = ?", (capture_id,))
    connection.execute("DELETE FROM assertions WHERE capture_id = ?", (capture_id,))


def _delete_orphan(connection: sqlite3.Connection, text_id: int) -> None:
    used = connection.execute(
        "SELECT 1 FROM captures WHERE text_id = ? LIMIT 1", (text_id,)
    ).fetchone()
    row = connection.execute("SELECT title, text FROM texts WHERE id = ?", (text_id,)).fetchone()
    if used is None and row is not None:
        connection.execute(
            "INSERT INTO texts_fts (texts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (text_id, *row),
        )
        connection.execute("DELETE FROM texts WHERE id = ?", (text_id,))


def _write_withdrawn(connection: sqlite3.Connection, row: CaptureRow) -> set[str]:
    before = connection.execute(
        "SELECT key, alias_of, statement_id FROM captures WHERE id = ?", (row.id,)
    ).fetchone()
    touched: set[str] = set()
    if before is not None:
        _delete_reading(connection, row.id)
        connection.execute("DELETE FROM conversions WHERE capture_id = ?", (row.id,))
        touched |= _set_text(connection, row.id, None, None)
        # FTS5 only marks words as deleted; merging everything takes them away.
        connection.execute("INSERT INTO texts_fts (texts_fts) VALUES ('optimize')")
    connection.execute(_INSERT_CAPTURE, (*_read_capture(row), None))
    if before is not None and before[1] is not None:
        touched |= place_aliases(connection, before[0])
    return touched


def _write_annotation(connection: sqlite3.Connection, row: AnnotationRow) -> None:
    note = row.annotation
    connection.execute(
        "INSERT OR REPLACE INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.record_id,
            note.kind,
            row.capture_id,
            note.body,
            note.reason,
            note.agent,
            note.agent_name,
            note.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            note.supersedes,
            row.warc,
            row.offset,
            row.length,
            row.leaf,
        ),
    )
