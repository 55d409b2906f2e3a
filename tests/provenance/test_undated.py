"""Pages that state no day: none is invented, and an interval holds the truth.

Each page was, so the story goes, published on `TRUTH` and captured on `CAPTURED`.  Not for: pages
that state a day (`tests/extract/test_real_pages.py`).
"""

from datetime import UTC, date, datetime

import pytest

from archive.core.claim import Assertion
from archive.core.span import read_span
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from tests.extract.pages import HTML

TRUTH = date(2023, 11, 15)  # a Wednesday
CAPTURED = datetime(2024, 3, 6, 9, 30, tzinfo=UTC)
TITLE = "The ministry repairs the old wall"
TEXT = "<p>The ministry said that the wall in the old town is being repaired at last.</p>"
URL = "https://ministry.example/news/wall"
RENDERED = (("Date", "Wed, 06 Mar 2024 09:30:00 GMT"),)


def page(before: str = "", after: str = "", text: str = TEXT, head: str = "") -> str:
    return (
        f"<html lang=en><head><title>{TITLE}</title>{head}</head><body>{before}"
        f"<article><h1>{TITLE}</h1>{text}</article>{after}</body></html>"
    )


RELATED = '<aside class="related"><h3>Read more</h3><ul>{}</ul></aside>'
LINK = '<li><a href="/news/{0}">Another story</a> <time datetime="{0}">{0}</time></li>'
PAGES: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {}


def add(name: str, markup: str, url: str = URL, fields: tuple[tuple[str, str], ...] = ()) -> None:
    PAGES[name] = (markup, url, fields)


add("bare", page())
for mark in ("© 2014-2026", "© 2014–2024", "Copyright 2024", "(c) 2010 - 2024", "&copy; 2024"):
    add(f"footer {mark}", page(after=f"<footer><p>{mark} Ministry of Walls</p></footer>"))
    add(f"div {mark}", page(after=f'<div class="bottom">{mark} Ministry. All rights</div>'))
for day in ("2024-03-01", "2022-05-05"):
    add(f"related time {day}", page(after=RELATED.format(LINK.format(day) * 4)))
    listed = "".join(f"<li><a href=/a>Story</a> <span class=date>{day}</span></li>" for _ in "abc")
    add(f"sidebar {day}", page(after=f'<div class="sidebar"><ul>{listed}</ul></div>'))
    add(f"navigation {day}", page(before=f"<nav><ul>{listed}</ul></nav>"))
    add(f"widget {day}", page(before=f'<div class="widget latest-posts"><ul>{listed}</ul></div>'))
    add(f"footer list {day}", page(after=f"<footer><ul>{listed}</ul></footer>"))
for words in (
    "The law was adopted in 2019 and has been in force since 2020.",
    "Das Gesetz wurde 2019 beschlossen und gilt seit 2020.",
    "The association was founded in 1998.",
    "The town has had a wall since 1652, and a mayor since 1911.",
    "The plan runs until 2030, and the next election is in 2025.",
    "In 2040 the wall will be four hundred years old.",
):
    add(f"year {words[:24]}", page(text=f"{TEXT}<p>{words}</p>"))
for words in (
    "The exhibition opens on 5 May 2024 and closes on 9 June 2024.",
    "On 3 October 1990 the town was divided no longer, as everybody knows who lived there.",
    "Der Prozess beginnt am 12. Januar 2024 vor dem Landgericht, teilte das Gericht mit.",
    "The earthquake of 6 February 2023 destroyed much of it, the ministry said in its report.",
    "Applications are accepted until 31 December 2023 by post or electronic mail only.",
):
    add(f"event {words[:24]}", page(text=f"{TEXT}<p>{words}</p>"))
for today in ("Wednesday, 6 March 2024", "06.03.2024", "March 6, 2024", "6 Mar 2024"):
    add(f"today {today}", page(before=f'<header><div class="date">{today}</div></header>'))
    add(f"today bare {today}", page(before=f"<div>{today}</div>"))
add("rendered", page(), fields=(*RENDERED, ("Last-Modified", "Wed, 06 Mar 2024 09:29:58 GMT")))
add(
    "rendered meta",
    page(head='<meta name="date" content="2024-03-06T09:29:59Z">'),
    fields=RENDERED,
)
for words in ("Wednesday", "Wednesday, 10:30", "Mittwoch, 10.30 Uhr", "Published Wednesday"):
    add(f"weekday {words}", page(text=f"<p>{words}</p>{TEXT}"))
add("weekday in the text", page(text="<p>The ministry said on Wednesday it would repair it.</p>"))
for words in ("November 2023", "Nov. 2023", "novembre 2023"):
    add(f"month {words}", page(text=f'<p class="date">{words}</p>{TEXT}'))
add("month in the address", page(), url="https://ministry.example/2023/11/wall")
IMAGE = '<img src="/wp-content/uploads/2023/{}/wall.jpg">'
add("upload", page(text=TEXT + IMAGE.format("11")))
add("two uploads", page(text=TEXT + IMAGE.format("10") + IMAGE.format("09")))
add("upload and weekday", page(text="<p>Wednesday</p>" + TEXT + IMAGE.format("11")))
COMMENT = (
    '<div class="comments"><div class="comment"><time datetime="2023-11-{}">x</time></div></div>'
)
add("comment", page(after=COMMENT.format(20)))
add("comment and upload", page(text=TEXT + IMAGE.format("11"), after=COMMENT.format(17)))
add("photo", page(text=TEXT + "<figure><figcaption>Photo: A. B., 2021</figcaption></figure>"))
add("member since", page(text=TEXT + '<p class="author">A. Writer, member since 5 May 2019</p>'))
add("event in data", page(head='<script type="application/ld+json">{"@type":"Event","startDate":'
                              '"2024-05-05","name":"Opening"}</script>'))  # fmt: skip
add("numbers", page(text=TEXT + "<p>Call 030 2018 2019. Room 12.11.2 costs 20.23 euro.</p>"))
add("ambiguous", page(text=f'<p class="date">11/12/2023</p>{TEXT}'.replace("11/12", "11/10")))
WITH_EVIDENCE = ("month", "upload", "two uploads", "comment", "weekday", "related", "year", "bare")


def choose(name: str) -> Assertion:
    markup, url, fields = PAGES[name]
    claims = read_claims(markup.encode(), (HTML, *fields), url)
    asserted = choose_assertions(claims, url=url, captured=CAPTURED)
    return next(item for item in asserted if item.field == "published")


def test_there_are_many() -> None:
    assert len(PAGES) >= 40


@pytest.mark.parametrize("name", PAGES)
def test_no_day_is_invented(name: str) -> None:
    assertion = choose(name)
    if assertion.value is not None:
        assert not read_span(assertion.value).is_day, assertion
    if name != "ambiguous":
        assert assertion.earliest is None or date.fromisoformat(assertion.earliest) <= TRUTH
        assert assertion.latest is not None
        assert TRUTH <= date.fromisoformat(assertion.latest) <= CAPTURED.date()
        if assertion.value is not None:
            assert read_span(assertion.value).holds(TRUTH), assertion


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bare", None),
        ("month November 2023", "2023-11"),
        ("month in the address", "2023-11"),
        ("upload", "2023-11-01/2024-03-06"),
        ("two uploads", "2023-10-01/2024-03-06"),
        ("comment and upload", "2023-11-01/2023-11-17"),
        ("ambiguous", "[2023-10-11,2023-11-10]"),
    ],
)
def test_what_is_said_instead(name: str, value: str | None) -> None:
    assert choose(name).value == value


def test_the_weekdays_between_two_bounds_are_a_set() -> None:
    markup = page(text="<p>Wednesday</p>" + TEXT + IMAGE.format("11"), after=COMMENT.format(20))
    claims = read_claims(markup.encode(), (HTML,), URL)
    asserted = choose_assertions(claims, url=URL, captured=CAPTURED)
    published = next(item for item in asserted if item.field == "published")
    assert published.value == "[2023-11-01,2023-11-08,2023-11-15]"
