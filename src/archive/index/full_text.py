"""What is asked of full-text search: which table, and in which words.

Not for: asking (`archive.index.search`, `archive.index.overview`), or quoting what was found
(`archive.index.quote`).
"""

from archive.index.pairs import format_pairs, has_spaceless
from archive.index.quote import parse_query


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
