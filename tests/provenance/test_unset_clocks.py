"""Days of clocks that were never set, where what stands beside a page states them.

Not for: such clocks on pages themselves (`tests/provenance/test_dating.py`).
"""

import json
from datetime import UTC, datetime

import pytest

from archive.extract.companions import list_companion_claims, read_companion
from archive.provenance.assertions import choose_assertions

URL = "https://example.org/wall/"
CAPTURED = datetime(2024, 3, 6, 9, 30, tzinfo=UTC)


def _write_feed(moment: str) -> bytes:
    return (
        '<rss version="2.0"><channel><title>T</title><item><title>Wall</title>'
        f"<link>{URL}</link><pubDate>{moment}</pubDate></item></channel></rss>"
    ).encode()


def _write_record(moment: str) -> bytes:
    return json.dumps({"link": URL, "date": moment, "date_gmt": moment}).encode()


def _choose(content: bytes, kind: str) -> str | None:
    companion = read_companion(content, URL, kind)
    claims = list_companion_claims(companion, url=URL, record="0123456789abcdef")
    assert any(claim.field == "published" for claim in claims)
    asserted = choose_assertions(claims, url=URL, captured=CAPTURED)
    return next(item.value for item in asserted if item.field == "published")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_write_feed("Thu, 01 Jan 1970 00:00:00 +0000"), "feed"),
        (_write_feed("Wed, 31 Dec 1969 19:00:00 -0500"), "feed"),
        (_write_record("1970-01-01T00:00:00"), "rest"),
        (_write_record("1900-01-01T00:00:00"), "rest"),
        (_write_record("0000-00-00T00:00:00"), "rest"),
    ],
)
def test_a_clock_unset_beside_the_page_dated_it(content: bytes, kind: str) -> None:
    assert _choose(content, kind) is None


def test_a_clock_that_was_set_dates_the_page() -> None:
    assert (_choose(_write_feed("Wed, 06 Mar 2024 08:00:00 +0100"), "feed") or "")[:10] == (
        "2024-03-06"
    )
    assert (_choose(_write_record("2024-03-05T08:00:00"), "rest") or "")[:10] == "2024-03-05"
