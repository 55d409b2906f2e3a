"""``python -m bench.peers.reader ours|theirs FOLDER``: read a folder of pages, as one rival.

A process of its own, so that both start cold.  Not for: measuring it (`bench.goals.reading`).
"""

import sys
from collections.abc import Callable
from pathlib import Path

import htmldate
import trafilatura

from archive.extract.statement import read_extraction
from archive.provenance.assertions import choose_assertions

URL = "https://ministry.example/news/statement"
_FIELDS = (("Content-Type", "text/html"),)


def read_ours(content: bytes) -> None:
    """Text, claims and assertions."""
    extraction = read_extraction(content, _FIELDS, URL)
    choose_assertions(extraction.claims, url=URL)


def read_theirs(content: bytes) -> None:
    """Text and metadata of trafilatura, and the date of htmldate."""
    trafilatura.bare_extraction(content, url=URL, with_metadata=True)
    htmldate.find_date(content, url=URL, original_date=True)


READERS: dict[str, Callable[[bytes], None]] = {"ours": read_ours, "theirs": read_theirs}


if __name__ == "__main__":
    name, folder = sys.argv[1:]
    for path in sorted(Path(folder).rglob("*.html")):
        READERS[name](path.read_bytes())
