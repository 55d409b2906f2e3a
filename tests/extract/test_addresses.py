"""Dates in addresses."""

import pytest

from tests.extract.pages import list_claims_of

ADDRESSES = {
    "/2024/03/06/wall": ("2024-03-06", "url-day/1"),
    "/news/2024-03-06-wall": ("2024-03-06", "url-day/1"),
    "/news/06-03-2024-wall": ("2024-03-06", "url-day-first/1"),
    "/news/23.01.2022": ("2022-01-23", "url-day-first/1"),
    "/news/31-02-2024-wall": None,
    "/news/12-03-20245": None,
    "/2024/03/wall": ("2024-03", "url-month/1"),
    "/2024/wall": None,
}


@pytest.mark.parametrize("path", ADDRESSES)
def test_what_an_address_states(path: str) -> None:
    claims = list_claims_of("", "<p>x</p>", url=f"https://example.org{path}")
    found = [(claim.value, claim.rule) for claim in claims if claim.source == "url"]
    expected = ADDRESSES[path]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("/uploads/2024/03/06/a.jpg", "2024-03-06/.."),
        ("/uploads/2024/03/a.jpg", "2024-03/.."),
        ("/uploads/pics/2024-03-06_a.jpg", "2024-03-06/.."),
        ("/uploads/2024/03/99/a.jpg", "2024-03/.."),
    ],
)
def test_an_upload_bounds_as_exactly_as_its_path(path: str, bound: str) -> None:
    claims = list_claims_of("", f"<article><h1>H</h1><img src='{path}'></article>")
    assert [claim.value for claim in claims if claim.source == "uploads"] == [bound]
