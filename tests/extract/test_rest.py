"""REST records: whose they are, and the zone of their dates."""

import json

import pytest

from archive.extract.companions import list_companion_claims, read_companion

URL = "https://example.org/wall/"
BASE = {"link": URL, "date": "2024-03-06T00:30:00", "date_gmt": "2024-03-05T23:30:00"}


def list_published(record: object) -> list[tuple[str, str | None, str | None]]:
    """Locator, value and zone of what a record says of the page's publication."""
    companion = read_companion(json.dumps(record).encode(), URL, "rest")
    claims = list_companion_claims(companion, url=URL, record="0123456789abcdef")
    assert {claim.record for claim in claims} <= {"0123456789abcdef"}
    return [(item.locator, item.value, item.zone) for item in claims if item.field == "published"]


RECORDS: dict[str, tuple[object, list[tuple[str, str | None, str | None]]]] = {
    "both": (BASE, [("$.date", "2024-03-06T00:30:00+01:00", None)]),
    "in UTC": (BASE | {"date": BASE["date_gmt"]}, [("$.date", "2024-03-05T23:30:00Z", None)]),
    "west": (
        BASE | {"date": "2024-03-05T20:00:00"},
        [("$.date", "2024-03-05T20:00:00-03:30", None)],
    ),
    "no zone": (
        BASE | {"date": "2024-03-06T00:37:00"},
        [("$.date", "2024-03-06T00:37:00", "none stated")],
    ),
    "UTC alone": (
        {"link": URL, "date_gmt": "2024-03-05T23:30:00"},
        [("$.date_gmt", "2024-03-05T23:30:00Z", None)],
    ),
    "local alone": (
        {"link": URL, "date": "2024-03-06T00:30:00"},
        [("$.date", "2024-03-06T00:30:00", "none stated")],
    ),
    "no date": (BASE | {"date": "0000-00-00"}, [("$.date", None, None)]),
    "by its guid": (
        BASE | {"link": None, "guid": {"rendered": URL}},
        [("$.date", "2024-03-06T00:30:00+01:00", None)],
    ),
    "another page": (BASE | {"link": "https://example.org/quay/"}, []),
    "private": (BASE | {"status": "private"}, []),
    "other types": ({"link": 5, "date": [1], "title": {"rendered": {}}, "guid": 3}, []),
    "a list": ([BASE], []),
    "a number": (7, []),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_dates_carry_the_zone_that_their_twin_tells(kind: str) -> None:
    record, expected = RECORDS[kind]
    assert list_published(record) == expected


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_what_is_no_record_says_nothing(content: bytes) -> None:
    companion = read_companion(content, URL, "rest")
    assert list_companion_claims(companion, url=URL, record="0123456789abcdef") == ()
