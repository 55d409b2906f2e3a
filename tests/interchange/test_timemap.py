"""Forms of TimeMaps and CDX lines.  Not for: which mementos are in them (``tests/index``)."""

import json
from datetime import UTC, datetime, timedelta

from archive.interchange.cdxj import CdxLine, format_cdx_json, format_cdxj
from archive.interchange.timemap import Place, TimeMap, format_link_header, format_timemap

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def make_map(count: int, *, page: int = 1, is_last: bool = True) -> TimeMap:
    return TimeMap(
        original='https://a.example/<"b">',
        timegate="http://archive.example/timegate/https://a.example/",
        find_uri=lambda form, number: f"http://archive.example/{form}/{number}",
        page=page,
        mementos=[
            Place(uri=f"http://archive.example/{number}", time=START + timedelta(days=number))
            for number in range(count)
        ],
        is_first=page == 1,
        is_last=is_last,
    )


def test_one_memento_is_the_first_and_the_last() -> None:
    text = format_timemap(make_map(1), "link")
    assert 'rel="first last memento"; datetime="Sun, 22 Nov 2026 09:30:00 GMT"' in text
    said = json.loads(format_timemap(make_map(1), "json"))
    assert said["mementos"]["first"] == said["mementos"]["last"] == said["mementos"]["list"][0]


def test_an_address_cannot_leave_its_brackets() -> None:
    header = format_link_header([('http://a.example/>; rel="x', "original", None)])
    assert header == '<http://a.example/%3E;%20rel=%22x>; rel="original"'
    assert "<https://a.example/%3C%22b%22%3E>" in format_timemap(make_map(1), "link")


def test_a_page_in_the_middle_names_its_neighbours() -> None:
    text = format_timemap(make_map(2, page=2, is_last=False), "link")
    assert '<http://archive.example/link/1>; rel="timemap"' in text
    assert '<http://archive.example/link/3>; rel="timemap"' in text
    assert "first" not in text
    assert "last" not in text


def test_cdx_lines_are_those_of_pywb() -> None:
    line = CdxLine(
        key="example,a)/",
        stamp="20261122093000",
        url="https://a.example/",
        media_type="text/html",
        status=None,
        digest=None,
        length=7,
        offset=9,
        file="x.warc.gz",
    )
    key, stamp, rest = format_cdxj(line).split(" ", 2)
    assert (key, stamp) == ("example,a)/", "20261122093000")
    whole = {"urlkey": key, "timestamp": stamp, **json.loads(rest)}
    assert json.loads(format_cdx_json(line)) == whole
    assert whole["status"] == whole["digest"] == "-"
