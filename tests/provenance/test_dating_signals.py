"""Days that a page of an unseen template got wrong, each named after what went wrong.

Not for: pages made from patterns (`tests/provenance/test_dating.py`), or the scripts and calendars
of the world (`tests/provenance/test_dating_world.py`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from archive.core.claim import Assertion, Claim, Field
from archive.core.span import read_span
from archive.extract.claims import read_claims
from archive.provenance.assertions import choose_assertions
from tests.extract.pages import HTML

CAPTURED = datetime(2025, 9, 10, 12, 0, tzinfo=UTC)
URL = "https://harbour.example/quay"
TITLE = "The northern quay is closed"
TEXT = (
    "<p>The harbour office said that the northern quay stays closed to lorries until the crane"
    " rails are replaced, and that ferries are not affected by the works.</p><p>A speaker added"
    " that the council has approved the budget, and that a list of detours hangs in the hall.</p>"
)
EVENT = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@type":"MusicEvent",'
    '"name":"Harbour concert","startDate":"2025-07-04T19:00"}</script>'
)


def _choose(
    body: str, field: Field = "published", *, head: str = "", lang: str = "en", url: str = URL
) -> Assertion:
    page = (
        f"<!doctype html><html lang={lang}><head><title>{TITLE}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )
    claims: Sequence[Claim] = read_claims(page.encode(), (HTML,), url)
    asserted = choose_assertions(tuple(claims), url=url, captured=CAPTURED)
    return next(item for item in asserted if item.field == field)


def _story(line: str, text: str = TEXT) -> str:
    return f"<main><h1>{TITLE}</h1>{line}{text}</main>"


# What went wrong: body, head, language.
UNDATED = {
    "the day of a talk, with the hour, before an address": (
        f"<main><h1>Talk: cranes</h1><p>18 June 2025, 7:30 pm</p><p>The Old Mill</p>{TEXT}</main>",
        "",
        "en",
    ),
    "the day of an event, its hour and venue in a list behind it": (
        _story(
            "<dl><dt>Date</dt><dd>Saturday 12 July 2025</dd><dt>Time</dt><dd>10:00 – 16:00</dd>"
            "<dt>Venue</dt><dd>Town hall</dd></dl>"
        ),
        "",
        "en",
    ),
    "the day of a lecture, classed as a date, before its venue": (
        _story('<p class="date">Thursday 5 June 2025, 18:30</p><p class="venue">Great Hall</p>'),
        "",
        "en",
    ),
    "the day of a concert, its hour and place behind labels": (
        _story('<p class="fecha">4 de julio de 2025</p><p>Hora: 20:00</p><p>Lugar: Plaza</p>'),
        "",
        "es",
    ),
    "the day of a concert from hour to hour": (
        _story('<p class="date">Vendredi 4 juillet 2025 de 19h00 à 21h00</p>'),
        "",
        "fr",
    ),
    "the day of a concert, with the hour, before its place": (
        _story("<p>4 ביולי 2025 בשעה 19:00</p><p>מיקום: היכל התרבות</p>"),
        "",
        "he",
    ),
    "a time element of an event before its doors": (
        _story("<p><time>4 July 2025</time></p><p>Doors open at 18:00.</p>"),
        "",
        "en",
    ),
    "the day that the page's data calls the start of an event": (
        _story("<p>Friday, 4 July 2025</p>"),
        EVENT,
        "en",
    ),
    "a press release cited in a footnote": (
        _story(
            "", TEXT + '<ol class="footnotes"><li>Office, press release, 3 March 2025.</li></ol>'
        ),
        "",
        "en",
    ),
    "the review of a product": (
        _story(
            "",
            TEXT + '<div itemprop="review" itemscope itemtype="https://schema.org/Review">'
            '<meta itemprop="datePublished" content="2024-02-02"></div>',
        ),
        "",
        "en",
    ),
    "a picture shown behind the text, from elsewhere": (
        _story("", TEXT + '<div class="sbi_item"><time datetime="2025-08-01">Aug 1</time></div>'),
        "",
        "en",
    ),
    "the heading of a part that begins with a day": (
        _story(f"<h2>12 June 2025: the closure</h2>{TEXT}"),
        "",
        "en",
    ),
    "a source to see, with its day": (
        _story("<p>See also: Harbour Gazette, 12 June 2025, p. 4.</p>"),
        "",
        "en",
    ),
    "today's date over the page behind the word for dates": (
        f"<p>Date: 10 September 2025</p><div><ul><li>Home</li></ul></div>{_story('')}",
        "",
        "en",
    ),
}


@pytest.mark.parametrize("name", UNDATED)
def test_the_day_of_something_else_is_not_taken_for_the_pages(name: str) -> None:
    body, head, lang = UNDATED[name]
    found = _choose(body, head=head, lang=lang)
    assert found.value is None or not read_span(found.value).is_day, found


# What went wrong: body, head, language, day.
DATED = {
    "a class for changes about the second of two dates hid the first": (
        (
            '<div class="article__info-date"><a>14:30 12.06.2025</a>'
            '<span class="article__info-date-modified">(обновлено: 15:10 13.06.2025)</span></div>'
            f"<h1>{TITLE}</h1>{TEXT}"
        ),
        "",
        "ru",
        "2025-06-12",
    ),
    "a change in the same line made the line too long": (
        _story(
            '<p class="meta">Par Jean Dupré, le jeudi 12 juin 2025 à 8h30 — mis à jour le 13 juin'
            " 2025 à 9h</p>"
        ),
        "",
        "fr",
        "2025-06-12",
    ),
    "an hour touched the day of a date in Chinese": (
        f'<h1>{TITLE}</h1><p class="sou">2025年06月12日14:30 | 来源：港口网</p>{TEXT}',
        "",
        "zh",
        "2025-06-12",
    ),
    "strokes stood about the month's name": (
        _story('<p class="date">12/حزيران/2025 02:30 م</p>'),
        "",
        "ar",
        "2025-06-12",
    ),
    "two words for publishing in one list were taken for rows": (
        _story(
            "<dl><dt>Posted</dt><dd>13 Jun 2025</dd><dt>Originally published</dt>"
            "<dd>12 Jun 2025</dd></dl>"
        ),
        "",
        "en",
        "2025-06-12",
    ),
    "the day of creation stood against the day of issue": (
        _story(""),
        (
            '<meta name="DCTERMS.issued" content="2025-06-12">'
            '<meta name="DCTERMS.created" content="2025-05-01">'
        ),
        "en",
        "2025-06-12",
    ),
    "a name touched the figures behind it": (
        _story(
            '<div class="row"><a href="/author/1">Ruth Example</a><span>14/05/2025</span></div>'
        ),
        "",
        "he",
        "2025-05-14",
    ),
    "facts stood before the label in its own element": (
        (
            '<main><div class="head"><span>UA 44/25</span> <span>Index: X 44/25</span>'
            f" <span>Date: 14 May 2025</span></div><h1>{TITLE}</h1>{TEXT}</main>"
        ),
        "",
        "en",
        "2025-05-14",
    ),
    "a statement is signed with place and day behind its text": (
        _story("", f"{TEXT}<p>Riverton, 12 June 2025</p>"),
        "",
        "en",
        "2025-06-12",
    ),
    "the Croatian October is the Polish November": (
        _story('<p class="date">12. listopada 2024.</p>'),
        "",
        "hr",
        "2024-10-12",
    ),
    "a Slovak month was not known": (
        _story('<p class="date">12. júna 2025</p>'),
        "",
        "sk",
        "2025-06-12",
    ),
    "months are figures in Vietnamese": (
        _story('<p class="date">Thứ năm, ngày 12 tháng 6 năm 2025</p>'),
        "",
        "vi",
        "2025-06-12",
    ),
    "a Hindi month was not known": (
        _story('<p class="date">12 जून 2025</p>'),
        "",
        "hi",
        "2025-06-12",
    ),
}


@pytest.mark.parametrize("name", DATED)
def test_the_day_is_read_all_the_same(name: str) -> None:
    body, head, lang, day = DATED[name]
    assert (_choose(body, head=head, lang=lang).value or "")[:10] == day


def test_a_change_of_two_readings_did_not_stop_the_reading() -> None:
    body = _story("", f"{TEXT}<p>Last modified at 12/06/2024 10:33 by Ann Example</p>")
    found = _choose(body, "modified")
    assert found.value == "[2024-06-12,2024-12-06]"
    assert (found.earliest, found.latest) == ("2024-06-12", "2024-12-06")


@pytest.mark.parametrize(
    ("host", "value"),
    [
        ("county.example.ke", "[2025-06-07,2025-07-06]"),  # nobody chose the template's language
        ("county.example.co.uk", "2025-07-06"),
        ("county.example.org", "2025-06-07"),
        ("county.example.us", "2025-06-07"),
    ],
)
def test_american_english_on_another_countrys_domain_does_not_say_month_first(
    host: str, value: str
) -> None:
    body = _story("<p>Posted on 06/07/2025</p>")
    assert _choose(body, lang="en-US", url=f"https://{host}/quay").value == value


@pytest.mark.parametrize(
    ("line", "author"),
    [
        (
            '<div>By <a href="/staff/a">Ann Example</a> and <a href="/staff/b">Bo Lens</a></div>',
            "Ann Example; Bo Lens",
        ),
        ('<p class="autor">Por Ana Souza — Riverton</p>', "Ana Souza"),
        (
            '<dl><dd class="createdby">Written by Ann Example</dd><dd>Hits: 4</dd></dl>',
            "Ann Example",
        ),
    ],
)
def test_an_author_stood_where_no_class_says_so(line: str, author: str) -> None:
    assert _choose(f"<article><h1>{TITLE}</h1>{line}{TEXT}</article>", "author").value == author


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (
            _story('<div class="info">时间：2025-06-12 14:30 来源：港口日报 浏览：44</div>'),
            "港口日报",
        ),
        (
            _story(
                "<dl><dt>Source</dt><dd>Harbour Aid</dd><dt>Posted</dt><dd>12 Jun 2025</dd></dl>"
            ),
            "Harbour Aid",
        ),
        (_story("", f"{TEXT}<p>SOURCE Harbour Office</p>"), "Harbour Office"),
        (
            _story("<figure><figcaption>12 June 2025. Source: A. Lens</figcaption></figure>"),
            None,
        ),
    ],
)
def test_a_source_among_the_facts_beside_the_date_is_credited(
    body: str, source: str | None
) -> None:
    assert _choose(body, "credited").value == source
