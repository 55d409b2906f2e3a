"""The digests by which captures are told apart: what makes them equal, and what does not."""

import pytest

from archive.core.version import Stated
from archive.history.digests import RULES, derive_digests

TEXT = "The ferry leaves at nine.\nIt does not run on Sundays."
BASE = derive_digests(TEXT, "Ferry", Stated(published="2024-02-05", author="Ida Lind"))


@pytest.mark.parametrize(
    ("text", "title", "stated", "differing"),
    [
        (TEXT, "Ferry", {}, set()),
        (f"{TEXT}\n1,234 views", "Ferry", {}, set()),
        (TEXT.replace("nine", "ten"), "Ferry", {}, {"words", "fold"}),
        (TEXT.replace("ferry", "Ferry"), "Ferry", {}, {"words"}),
        (TEXT.replace(".", "!"), "Ferry", {}, {"words"}),
        (TEXT, "Ferries", {}, {"title"}),
        (TEXT, None, {}, {"title"}),
        (TEXT, "Ferry", {"published": "2024-02-06"}, {"meta"}),
        (TEXT, "Ferry", {"author": None}, {"meta"}),
        (TEXT, "Ferry", {"publisher": "Harbour Office"}, {"meta"}),
    ],
)
def test_what_differs(
    text: str, title: str | None, stated: dict[str, str | None], differing: set[str]
) -> None:
    fields: dict[str, str | None] = {"published": "2024-02-05", "author": "Ida Lind", **stated}
    found = derive_digests(text, title, Stated(**fields))
    names = ("words", "fold", "title", "meta")
    assert {name for name in names if getattr(found, name) != getattr(BASE, name)} == differing


def test_one_moment_in_two_zones_is_no_difference() -> None:
    told = ("2024-02-05T10:00:00+01:00", "2024-02-05T09:00:00Z", "2024-02-05T09:00:00+00:00")
    assert len({derive_digests(TEXT, None, Stated(modified=date)).meta for date in told}) == 1
    naive = derive_digests(TEXT, None, Stated(modified="2024-02-05T09:00:00"))
    assert naive.meta != derive_digests(TEXT, None, Stated(modified=told[1])).meta


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2024-02-30T00:00:00Z"]
)
def test_a_moment_that_no_calendar_holds_is_taken_as_it_stands(date: str) -> None:
    assert derive_digests(None, None, Stated(modified=date)).meta


def test_what_was_not_read_has_no_words() -> None:
    found = derive_digests(None, None, Stated())
    assert (found.words, found.fold) == (None, None)
    assert derive_digests("1,234 views", None, Stated()).words is not None


def test_each_digest_names_the_version_of_its_rule() -> None:
    assert [rule.partition("/")[0] for rule in RULES.split()] == [
        *("text", "words", "fold", "visible", "title", "meta")
    ]
