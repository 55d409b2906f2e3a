"""Full-text search: what it holds of a text, in which table, and how it is asked.

Not for: asking (`archive.index.search`, `archive.index.overview`), or quoting what was found
(`archive.index.quote`).
"""

import sqlite3

from archive.index.pairs import format_pairs, has_spaceless, split_pairs
from archive.index.quote import parse_query

TABLES = ("texts_fts", "pairs_fts")


def index_words(connection: sqlite3.Connection, text_id: int, *words: str) -> None:
    """Write the words of a text, which are its title and its main text, to full-text search."""
    connection.execute(
        "INSERT INTO texts_fts (rowid, title, text) VALUES (?, ?, ?)", (text_id, *words)
    )
    if any(map(has_spaceless, words)):
        connection.execute(
            "INSERT INTO pairs_fts (rowid, title, text) VALUES (?, ?, ?)",
            (text_id, *map(split_pairs, words)),
        )


def forget_words(connection: sqlite3.Connection, text_id: int, *words: str) -> None:
    """Take the words of a text, as they were written, out of full-text search."""
    connection.execute(
        "INSERT INTO texts_fts (texts_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        (text_id, *words),
    )
    if any(map(has_spaceless, words)):
        connection.execute(
            "INSERT INTO pairs_fts (pairs_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (text_id, *map(split_pairs, words)),
        )


def format_query(text: str) -> str:
    """Return ``text`` as an FTS5 query that cannot be a syntax error.

    Words are asked for together, each once; a part in double quotes is a phrase.
    """
    if choose_table(text) == "texts_fts":
        return format_words(text)
    return " ".join(map(format_pairs, parse_query(text).values()))


def format_words(text: str) -> str:
    """Return ``text`` as a query of the table of words, whatever its script."""
    return " ".join(f'"{typed}"' for typed in parse_query(text).values())


def choose_table(text: str) -> str:
    """Return the full-text table that holds what ``text`` asks for, as `format_query` puts it."""
    return "pairs_fts" if has_spaceless(text) else "texts_fts"
