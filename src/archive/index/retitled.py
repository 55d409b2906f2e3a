"""Statements that a curator gave a title, found by its words, which stand in no text.

Full-text search holds what pages say.  Curated titles are few, and looked through one by one, word
by word as the tokenizer sees them; what is asked for and not in the title must stand in the
statement's newest text.  Not for: finding texts (`archive.index.search`).
"""

import sqlite3

from archive.index.full_text import choose_table, format_query
from archive.index.quote import find_phrases, parse_query

_MOST = 5_000  # titles that are looked through
_TITLES = (
    "SELECT id, title FROM statements INDEXED BY statements_curated WHERE curated IS NOT NULL"
    " AND ', ' || curated || ', ' LIKE '%, title, %' ORDER BY last_captured DESC, id LIMIT ?"
)
_NEWEST = (
    "SELECT text_id FROM captures WHERE statement_id = ? AND text_id IS NOT NULL"
    " ORDER BY captured_at DESC, leaf DESC LIMIT 1"
)
_HOLDS = "SELECT 1 FROM {table} WHERE {table} MATCH ? AND rowid = ?"


def find_retitled(
    connection: sqlite3.Connection, text: str, *, limit: int
) -> tuple[tuple[int, str], ...]:
    """Return the newest text and the id of each statement that is found by a curator's title.

    The last captured come first.
    """
    typed = parse_query(text)
    phrases = [phrase for phrase in typed if phrase]
    found: list[tuple[int, str]] = []
    if not phrases:
        return ()
    for statement_id, title in connection.execute(_TITLES, (_MOST,)).fetchall():
        held = find_phrases(title or "", phrases)
        newest = connection.execute(_NEWEST, (statement_id,)).fetchone() if held else None
        if newest is None:
            continue
        rest = " ".join(f'"{typed[phrase]}"' for phrase in phrases if phrase not in held)
        holds = _HOLDS.format(table=choose_table(rest))
        if rest and connection.execute(holds, (format_query(rest), newest[0])).fetchone() is None:
            continue
        found.append((newest[0], statement_id))
        if len(found) == limit:
            break
    return tuple(found)
