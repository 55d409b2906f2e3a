"""The demo's publisher: one statement, and its unannounced edit."""

import urllib.request
from urllib.error import HTTPError

import pytest

from archive.service.publisher import open_publisher


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # loopback, ours
        content: bytes = answer.read()
    return content


def test_it_edits_without_notice() -> None:
    with open_publisher() as publisher:
        before = read(publisher.url)
        publisher.edit()
        after = read(publisher.url)
    assert b"twelve departures" in before
    assert b"nine departures" in after
    assert before.replace(b"twelve", b"nine") == after


def test_there_is_nothing_else() -> None:
    with open_publisher() as publisher, pytest.raises(HTTPError) as caught:
        read(publisher.url + "/more")
    assert caught.value.code == 404
    caught.value.close()
