"""Real pages made static: nothing leads out, and their words stay.

The pages cannot be shipped; where they are absent the tests are skipped.  Not for: how they look.
"""

import gzip
import json
from collections import Counter
from pathlib import Path

from archive.extract.charset import decode_page
from archive.extract.page import parse_tree
from archive.extract.visible import read_visible_text
from archive.replay.page import make_static_page
from tests.replay.reading import PREFIX, find_faults


def count_words(source: str) -> Counter[str]:
    """The words that stand in a page outside of scripts, as `archive.extract` reads it."""
    tree, _ = parse_tree(source)
    return Counter(read_visible_text(tree).split() if tree is not None else [])


def test_the_words_of_real_pages_stay(shared_data: Path) -> None:
    folder = shared_data / "pages"
    for line in (folder / "pages.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        source = decode_page(gzip.decompress((folder / page["file"]).read_bytes()), "text/html")
        made = make_static_page(
            source,
            url=page["url"].strip(),
            find_link=lambda address: PREFIX + address,
            find_resource=lambda address: PREFIX + address,
        )
        assert made is not None, page["url"]
        assert list(find_faults(made.html)) == [], page["url"]
        before, after = count_words(source), count_words(made.html)
        assert (before & after).total() >= 0.98 * before.total(), page["url"]
