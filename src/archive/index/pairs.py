"""Words without spaces between them, as full-text search is given them: in pairs of letters.

The tokenizer of ``schema.sql`` takes a whole run of Chinese, Japanese or Thai letters for one word.
Such texts are indexed once more, each run as its overlapping pairs and its last letter, so that
any part of it is a phrase of pairs.  Trigrams would not do: most Chinese words have two letters.
Not for: the words that are quoted (`archive.index.quote`).
"""

import re
from itertools import pairwise

from archive.core.text import SPACELESS

_RUN = re.compile(f"[{SPACELESS}]+")
_LAST_RUN = re.compile(rf"[{SPACELESS}]+\Z")


def has_spaceless(text: str) -> bool:
    """Tell whether a letter of a script without spaces is in ``text``."""
    return not text.isascii() and _RUN.search(text) is not None


def split_pairs(text: str) -> str:
    """Return ``text`` with spaces between the pairs of letters, as it is indexed."""
    return _RUN.sub(_split_run, text)


def format_pairs(typed: str) -> str:
    """Return what somebody typed as an FTS5 phrase over such an index; it holds no quotes."""
    last = _LAST_RUN.search(typed)
    if last is None:
        return f'"{split_pairs(typed)}"'
    begun = split_pairs(typed[: last.start()])
    if len(last[0]) == 1:
        return f'"{begun} {last[0]}" *'  # the first letter of a pair
    return f'"{begun} {_join_pairs(last[0])}"'


def _split_run(run: re.Match[str]) -> str:
    return f" {_join_pairs(run[0])} {run[0][-1]} "


def _join_pairs(run: str) -> str:
    return " ".join(map("".join, pairwise(run)))
