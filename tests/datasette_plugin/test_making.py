"""Work beside the server is bounded as Datasette's own queries are.  Not for: what is made."""

from pathlib import Path

import pytest
from datasette.database import QueryInterrupted

from archive.datasette_plugin.making import ask_aside
from archive.index.database import Index
from tests.datasette_plugin.sample import write_sample
from tests.datasette_plugin.site import Site

_ENDLESS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_a_question_without_end_is_broken_off(tmp_path: Path) -> None:
    def ask(index: Index) -> int:
        return int(index.execute(_ENDLESS).fetchone()[0])

    with Site(write_sample(tmp_path / "archive.db")) as site:
        database = site.datasette.get_database("archive")
        with pytest.raises(QueryInterrupted, match="interrupted"):
            site.run(ask_aside(database, ask))


def test_a_question_that_is_wrong_is_not_taken_for_a_long_one(tmp_path: Path) -> None:
    with Site(write_sample(tmp_path / "archive.db")) as site:
        database = site.datasette.get_database("archive")
        with pytest.raises(Exception, match="no such table: absent"):
            site.run(ask_aside(database, lambda index: index.execute("SELECT * FROM absent")))
