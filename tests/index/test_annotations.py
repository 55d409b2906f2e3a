"""Annotations in the index: which are in force, and by which names they are found.

Not for: storing them (``tests/workflows/test_curate.py``).
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.core.annotation import Annotation, Body
from archive.core.curation import CuratorAssertion
from archive.core.organisation import Merger, Organisation
from archive.errors import InputError
from archive.index.annotations import find_annotation
from archive.index.database import Index, open_database, read_dump, write_rows
from archive.index.organisations import find_host_organisation, find_named, find_organisation
from archive.index.rows import AnnotationRow
from archive.index.statements import find_year

CAPTURE = "c" * 16


def make_row(
    number: int, kind: str, body: Body, *, supersedes: int | None = None, about: str = ""
) -> AnnotationRow:
    """Return an annotation whose id, record id and leaf follow from ``number``."""
    return AnnotationRow(
        id=f"{number:016d}",
        record_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        annotation=Annotation(
            kind=kind,
            target="urn:uuid:00000000-0000-4000-8000-999999999999",
            body=body,
            agent="urn:uuid:00000000-0000-4000-8000-888888888888",
            agent_name="Ann",
            time=datetime(2024, 3, 6, tzinfo=UTC),
            reason="r",
        ),
        capture_id=None if about else CAPTURE,
        organisation_id=about or None,
        watch_id=None,
        supersedes=None if supersedes is None else f"{supersedes:016d}",
        warc="one.warc.gz",
        offset=number * 100,
        length=100,
        leaf=number,
    )


def say(value: str, number: int, *, supersedes: int | None = None) -> AnnotationRow:
    body = CuratorAssertion(field="title", values=(value,))
    return make_row(number, "assertion", body, supersedes=supersedes)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(open_database(tmp_path / "archive.db")) as connection:
        yield connection


def write(index: Index, *rows: AnnotationRow) -> None:
    write_rows(index, rows, leaves=99, origin="test")


def read_states(index: Index) -> dict[int, str]:
    return dict(index.execute("SELECT leaf, state FROM annotations").fetchall())


def read_asserted(index: Index) -> list[str]:
    rows = index.execute("SELECT value FROM assertions ORDER BY leaf").fetchall()
    return [row[0] for row in rows]


def test_states_follow_from_what_supersedes(index: Index) -> None:
    write(index, say("a", 1), say("b", 2, supersedes=1), say("c", 3))
    assert read_states(index) == {1: "superseded", 2: "in force", 3: "in force"}
    assert read_asserted(index) == ["b", "c"]
    write(index, make_row(4, "retraction", "", supersedes=2))
    assert read_states(index) == {1: "superseded", 2: "retracted", 3: "in force", 4: "in force"}
    assert read_asserted(index) == ["c"]


def test_the_order_of_arrival_makes_no_difference(tmp_path: Path) -> None:
    rows = (say("a", 1), say("b", 2, supersedes=1), make_row(3, "retraction", "", supersedes=2))
    dumps = []
    for name, order in (("ab", rows), ("ba", rows[::-1]), ("twice", rows + rows)):
        with closing(open_database(tmp_path / name)) as index:
            write(index, *order)
            dumps.append(list(read_dump(index)))
    assert dumps[0] == dumps[1] == dumps[2]


def test_what_is_of_another_kind_supersedes_nothing(index: Index) -> None:
    write(index, say("a", 1), make_row(2, "note", "I see it otherwise.", supersedes=1))
    assert read_states(index)[1] == "in force"
    assert read_asserted(index) == ["a"]


def test_what_refers_to_nothing_is_kept(index: Index) -> None:
    write(index, make_row(1, "retraction", "", supersedes=7), say("a", 2, supersedes=8))
    assert read_states(index) == {1: "in force", 2: "in force"}


def test_names_of_annotations(index: Index) -> None:
    row = say("a", 1)
    write(index, row, replace(say("b", 2), id="0000000abcdefghj"))
    for name in (row.id, row.record_id, f"urn:archive:annotation:{row.id}", row.id[:8]):
        assert find_annotation(index, name).id == row.id
    with pytest.raises(InputError, match="ambiguous: 0000000000000001, 0000000abcdefghj"):
        find_annotation(index, "000000")
    for name in ("", "0", "0" * 17, "urn:uuid:", "%", "zzzzzz", "x" * 100_000):
        with pytest.raises(InputError, match="no annotation") as caught:
            find_annotation(index, name)
        assert len(str(caught.value)) < 200


def test_the_most_exact_domain_decides(index: Index) -> None:
    write(
        index,
        make_row(1, "organisation", Organisation(name="A", domains=("a.example",)), about="o1"),
        make_row(2, "organisation", Organisation(name="B", domains=("b.a.example",)), about="o2"),
    )
    for host, expected in {
        "a.example": "o1",
        "www.a.example:8080": "o1",
        "b.a.example": "o2",
        "c.b.a.example": "o2",
        "nota.example": None,
        "example": None,
        "": None,
    }.items():
        assert find_host_organisation(index, host) == expected


def test_names_of_organisations(index: Index) -> None:
    write(
        index,
        make_row(1, "organisation", Organisation(name="Anadolu", aliases=("AA",)), about="o1"),
        make_row(2, "organisation", Organisation(name="Alcoholics", aliases=("A.A.",)), about="o2"),
    )
    with pytest.raises(InputError, match="several organisations"):
        find_organisation(index, "(AA)")
    assert find_named(index, "(AA)") is None
    assert find_named(index, "ANADOLU") == "o1"
    assert find_organisation(index, "nothing at all") is None
    assert find_organisation(index, "") is None


def test_a_date_of_several_years_has_none() -> None:
    for value, year in {
        "2024-03-06T09:00:00+01:00": 2024,
        "2024-03-06T09:00:00": 2024,
        "2024-03/2024-05": 2024,
        "{2024-03..2024-05}": 2024,
        "[2024-03-06,2024-03-13]": 2024,
        "2024~": 2024,
        "2024/2025": None,
        "../2024": None,
        "2024/..": None,
        "2024/": None,
        "/2024": None,
        "[..2024]": None,
        "[2024,2024-05..]": None,
        "202X": None,
    }.items():
        assert find_year(value) == year, value


def test_mergers_in_a_circle_end(index: Index) -> None:
    write(
        index,
        make_row(1, "organisation", Merger(into="urn:archive:organisation:222222"), about="111111"),
        make_row(2, "organisation", Merger(into="urn:archive:organisation:111111"), about="222222"),
    )
    found = find_organisation(index, "111111")
    assert found is None or found.merged_into
