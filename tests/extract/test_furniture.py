"""What is furniture leaves the main text; what the statement says stays.

Not for: how stable the text is under rotating furniture (`tests/extract/test_noise.py`).
"""

import time

import pytest
from lxml import etree

from archive.core.text import normalise_text
from archive.extract.furniture import find_furniture, leave_out, measure_page
from archive.extract.page import parse_page
from archive.extract.statement import read_extraction
from archive.extract.visible import measure_text, read_visible_text

URL = "https://harbour.example/news/1"
HTML = ("Content-Type", "text/html; charset=utf-8")
FIRST = (
    "The harbour office opens its new reading room on Monday. It has forty seats, and a view over"
    " the northern mole that nobody had before."
)
SECOND = (
    "The old room next to the market stays open until the end of the year. Readers are asked to"
    " bring back what they have borrowed there by then."
)


def read_text(inside: str, *, above: str = "", below: str = "") -> str:
    page = (
        "<!doctype html><html><head><title>Reading room opens</title></head><body>"
        f"{above}<div><h1>Reading room opens</h1><p>{FIRST}</p>{inside}<p>{SECOND}</p></div>{below}"
        "</body></html>"
    )
    return read_extraction(page.encode(), (HTML,), URL).text


LIST = "<ul>{}</ul>".format(
    "".join(f"<li><a href=/news/{n}>The market moves to street {n}</a></li>" for n in range(2, 6))
)
FURNITURE = {
    "related": f'<div class="related-posts"><h3>Related</h3>{LIST}</div>',
    "camel case": f'<div class="relatedArticles">{LIST}<p>Chosen by our editors for you.</p></div>',
    "block of a style sheet": f'<section class="c-most-read__list">{LIST}</section>',
    "share": '<div class="share-buttons"><p>Share with 120 friends of yours</p></div>',
    "newsletter": '<div class="newsletter-signup"><p>Join 1,200 readers every Friday.</p></div>',
    "advertisement": '<div class="ad-slot"><p>Garden chairs, now cheaper than ever.</p></div>',
    "advertisement by id": '<div id="div-gpt-ad-17-0"><p>Buy two chairs, pay one.</p></div>',
    "label": '<div aria-label="Advertisement"><p>Garden chairs, now cheaper than ever.</p></div>',
    "ticker": '<div role="marquee"><p>Breaking: the bridge is closed until noon today.</p></div>',
    "comments": '<div id="comments-section"><p>I was there and I liked it very much.</p></div>',
    "consent": '<div id="onetrust-banner-sdk"><p>We use cookies, and you can say no.</p></div>',
    "count": "<p>1,204 views</p>",
    "count behind a word": "<p>Comments (12)</p>",
    "count in German": "<p>12 Kommentare</p>",
    "links under a heading": f"<div><h3>Mehr zum Thema</h3>{LIST}</div>",
    "links behind a heading": f"<h3>Most read</h3>{LIST}",
    "links": LIST,
    "line": "<p>Read also: <a href=/news/2>The market moves to street 2</a></p>",
    "links under an Arabic heading": f"<div><span>مقالات ذات صلة</span>{LIST}</div>",
    "link under a Chinese heading": "<div><b>相关新闻</b><a href=/news/2>市场迁往新街道</a></div>",
    "count in Chinese": "<p>55 条评论</p>",
    "how long ago": "<div><span>Updated 5 minutes ago</span></div>",
    "how long ago in Arabic": "<div><span>تم التحديث منذ 5 دقائق</span></div>",
    "how long ago in Chinese": "<div><span>5分钟前更新</span></div>",
    "presses of a button": "<div><button>Share</button><span>657</span></div>",
    "line in French": "<p>À lire aussi : <a href=/news/2>Le marché déménage rue 2</a></p>",
}


@pytest.mark.parametrize("name", FURNITURE)
def test_furniture_leaves_the_text(name: str) -> None:
    assert read_text(FURNITURE[name]) == read_text("")


STATEMENT = {
    "files": "<ul>{}</ul>".format(
        "".join(
            f"<li><a href=/files/{n}.pdf>Report of the year {n} in full</a></li>"
            for n in range(2021, 2024)
        )
    ),
    "links behind a colon": f"<p>The office names these pages as further reading:</p>{LIST}",
    "places on the page": "<ul>{}</ul>".format(
        "".join(f"<li><a href=#s{n}>Section {n} of the rules</a></li>" for n in range(2, 6))
    ),
    "related in prose": "<p>Related work at the mole, says the office, continues in May.</p>",
    "a count in prose": "<p>The office counted 1,204 views of the old room, and 12 comments.</p>",
    "social in a class": '<div class="section-social"><p>The office also lets 12 flats.</p></div>',
    "topic of a post": '<div class="category-latest-news"><p>The lifts work again.</p></div>',
    "a page that has a sidebar": '<div class="has-sidebar"><p>The lifts work again.</p></div>',
    "a bold count in prose": "<p>The office counted <b>1,204 views</b> of the old room.</p>",
    "how long ago in prose": "<p>The room was opened <b>2 days ago</b> by the mayor.</p>",
    "time of an event": "<p>10:30 a.m.</p>",
}


@pytest.mark.parametrize("name", STATEMENT)
def test_the_statement_stays(name: str) -> None:
    page = parse_page(f"<h1>Title of it</h1><p>{FIRST}</p>{STATEMENT[name]}".encode(), (HTML,), URL)
    furniture = find_furniture(page, measure_page(page))
    assert [(element.tag, element.text) for element in furniture] == []


def test_a_clock_above_the_headline_leaves_the_text() -> None:
    assert read_text("", above="<div>Friday, 8 March 2024, 10:15</div>") == read_text("")


LAID_OUT = (
    "<html><head><title>Reading room opens</title></head><body><table><tr><td colspan=2>"
    "<b>Harbour office</b> {clock}</td></tr><tr><td><a href=/1>Home</a><br><a href=/2>{lead}</a>"
    "<br><a href=/3>Contact</a></td><td id=content><h2>Reading room opens</h2>"
    f"<p>{FIRST}</p>"
    "<ul><li>On Monday at {hour}</li><li>On Friday at noon</li></ul>"
    f"<p>{SECOND}</p><p>{FIRST} {SECOND}</p></td></tr>"
    "<tr><td colspan=2><font size=1>Visitors: {visitors}</font></td></tr></table></body></html>"
)


def read_laid_out(clock: str, lead: str, visitors: str, hour: str = "nine") -> str:
    page = LAID_OUT.format(clock=clock, lead=lead, visitors=visitors, hour=hour)
    return read_extraction(page.encode(), (HTML,), URL).text


def test_clock_links_and_counter_in_cells_that_lay_a_page_out_leave_the_text() -> None:
    text = read_laid_out("8.03.2024 10:15:02", "The market moves", "1204")
    assert text == read_laid_out("9.03.2024 22:01:44", "The mill is sold", "1377")
    assert FIRST in text


def test_a_list_in_a_cell_that_lays_a_page_out_is_read() -> None:
    text = read_laid_out("8.03.2024 10:15:02", "The market moves", "1204", hour="ten")
    assert "On Monday at ten" in text


def test_what_holds_the_headline_is_no_furniture() -> None:
    page = f'<div class="widget-area share"><h1>Room</h1><p>{FIRST}</p><p>{SECOND}</p></div>'
    text = read_extraction(page.encode(), (HTML,), URL).text
    assert FIRST in text
    assert SECOND in text


def test_what_holds_most_of_the_words_is_no_furniture() -> None:
    page = f'<div class="recommended"><p>{FIRST}</p><p>{SECOND}</p></div><p>Harbour office</p>'
    assert FIRST in read_extraction(page.encode(), (HTML,), URL).text


def test_a_page_of_furniture_alone_keeps_its_text() -> None:
    page = f'<div class="adsbygoogle"><p>{FIRST}</p></div>'
    assert FIRST in read_extraction(page.encode(), (HTML,), URL).text


def test_leaving_furniture_out_leaves_the_page_as_it_was() -> None:
    own = f'<p MARK="left" mark="left">{FIRST}</p>'  # no page can ask to be left out
    page = parse_page(f"<h1>Room</h1>{own}{FURNITURE['related']}".encode(), (HTML,), URL)
    assert page.tree is not None
    before = etree.tostring(page.tree)
    furniture = find_furniture(page, measure_page(page))
    rest = etree.tostring(leave_out(page.tree, furniture), encoding="unicode")
    assert furniture
    assert etree.tostring(page.tree) == before
    assert FIRST in rest
    assert len(rest) < len(before)


def test_text_is_measured_as_it_is_read() -> None:
    page = parse_page(
        (
            f"<p>a<b>b</b> c<script>x</script>d<br>e</p>f{'<div>' * 9} <p>g{'</div>' * 9}"
            f"{FURNITURE['related']}"
        ).encode(),
        (HTML,),
        URL,
    )
    assert page.tree is not None
    measured = measure_text(page.tree)
    assert normalise_text(measured.text) == normalise_text(read_visible_text(page.tree))
    whole = measured.sizes[page.tree]
    assert whole.letters > whole.linked > 0
    assert whole.links == 4
    assert all(measured.sizes[element].letters for element in measured.sizes)


HOSTILE = {
    "blocks in blocks": "<div class=related>" * 250 + "x <a href=/a>y</a>" * 2_000,
    "growing blocks": "<div>a<a href=b>c</a>" * 250 + " " * 500_000,
    "lists of links": "<ul><li><a href=/a>one two three</a></ul>" * 8_000,
    "headings that lead": "<h3>Related</h3><p>x <a href=/a>y</a></p>" * 5_000,
    "long names": f'<div class="{"related-" * 50_000}">x</div>',
    "counts": "<p>1,204 views</p>" * 20_000,
    "spaces and digits": "<p>" + "1 " * 200_000 + "</p>",
    "a line for every rule": "<p>" + "we use cookies page seite your " * 20_000 + "</p>",
    "titles": f"<title>{'page not found | ' * 50_000}</title><p>x</p>",
    "bars": f"<title>{' | ' * 100_000}</title><h1>{'404 ' * 50_000}</h1>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    page = parse_page(HOSTILE[name].encode(), (HTML,), URL)
    start = time.process_time()
    furniture = find_furniture(page, measure_page(page))
    assert time.process_time() - start < 2
    start = time.process_time()
    assert read_extraction(HOSTILE[name].encode(), (HTML,), URL, claims_only=True).page is not None
    assert time.process_time() - start < 8
    assert len(furniture) <= HOSTILE[name].count("<")
