"""What changes on a page from one request to the next though nobody edited the statement.

`add_noise` puts furniture into a page and rotates what is there: related links, most-read lists,
advertisements, share counts, comment counts and comments, clocks, tickers, newsletter boxes,
cookie banners, nonces, ids, cache busters and remarks.  The page decides which kinds it has and
where they stand; the seed decides what they show, so that two seeds are two requests for one page.
Not for: changes to the statement itself.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from random import Random

from lxml import html

_NOUNS = "harbour library council museum river market school station garden bridge".split()
_VERBS = "opens renews reviews presents postpones extends celebrates measures".split()
_THINGS = (
    "its programme",
    "the winter timetable",
    "a new reading room",
    "the annual figures",
    "plans for the old mill",
    "a survey of visitors",
    "the results of the vote",
)
_NAMES = "Ada Ben Cleo Dora Emil Finn Greta Hugo".split()
_REMARKS = (
    "I was there on Sunday and it was well worth the long way from the station.",
    "Does anybody know whether the side entrance is open as well?",
    "Thank you for this, the times on the poster were hard to read.",
    "They should have said so much earlier, if you ask me.",
)
_OFFERS = (
    "Save 30 % on garden chairs this week",
    "Your new bicycle is waiting",
    "Three months of tea for the price of two",
    "Advertisement: insure your boat today",
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"</body\s*>|</html\s*>|\Z", re.IGNORECASE)
_ROTATING = re.compile(
    r"related|recommend|most-?(?:read|popular|viewed)|popular-?posts|trending|latest-?(?:news|posts)"
    r"|recent-?(?:posts|entries|comments)|taboola|outbrain|newsletter|sidebar",
    re.IGNORECASE,
)

_UTF8 = html.HTMLParser(encoding="utf-8")

_Block = Callable[[Random], str]


def add_noise(page: str, seed: int) -> str:
    """Return the HTML of ``page`` as another request would find it.

    The same page and seed give the same result.
    """
    layout = Random(sha256(page.encode("utf-8", "replace")).digest())
    show = Random(seed)
    page = _turn_markup(_put_blocks(page, layout, show), show)
    return f"<!-- served in 0.{show.randrange(1000):03} s -->\n".join(
        [page, f"<!-- cache {show.getrandbits(64):x} -->"]
    )


def rotate_blocks(page: str, seed: int) -> str:
    """Return the HTML of ``page`` with its own rotating blocks turned: other links, other order."""
    show = Random(seed)
    tree = html.document_fromstring(page.encode("utf-8", "replace"), _UTF8)
    for element in list(tree.iter("div", "section", "ul", "ol", "aside")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        inner = element.xpath("boolean(.//h1 | .//main | .//article | .//*[@itemprop])")
        if not _ROTATING.search(names) or inner:
            continue
        for link in element.iter("a"):
            parent = link.getparent()
            is_alone = parent is not None and len(str(parent.xpath("string()")).split()) < 20
            if is_alone and len(link) == 0 and link.text and len(link.text.split()) > 3:
                link.text = _say_headline(show)
                link.set("href", _say_address(show))
    return str(html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def _put_blocks(page: str, layout: Random, show: Random) -> str:
    top = [*layout.sample(_TOP, 3)]
    behind_title = [*layout.sample(_BEHIND_TITLE, 2)]
    amid = [*layout.sample(_AMID, 2)]
    behind_text = [*layout.sample(_BEHIND_TEXT, 4)]
    bottom = [*layout.sample(_BOTTOM, 3)]
    page = _insert(page, _BODY.search(page), top, show)
    page = _insert(page, re.search(r"</h1\s*>", page, re.IGNORECASE), behind_title, show)
    paragraphs = [item for item in _list_ends(page) if _is_among_prose(page, item.start())]
    if len(paragraphs) > 4:
        page = _insert(page, paragraphs[len(paragraphs) // 2], amid, show)
        paragraphs = [item for item in _list_ends(page) if _is_among_prose(page, item.start())]
    last = paragraphs[-1] if paragraphs else None
    ends = list(re.finditer(r"</article\s*>", page, re.IGNORECASE))
    page = _insert(page, ends[0] if len(ends) == 1 else last, behind_text, show)
    found = _END.search(page)
    place = found.start() if found else len(page)
    return page[:place] + "\n".join(make(show) for make in bottom) + page[place:]


def _list_ends(page: str) -> list[re.Match[str]]:
    return list(re.finditer(r"</p\s*>", page, re.IGNORECASE))


def _is_among_prose(page: str, end: int) -> bool:
    """Tell whether the paragraph that ends there is prose: long, and with few tags."""
    start = page.rfind("<p", 0, end)
    piece = page[start:end]
    words = re.sub(r"<[^>]*>", "", piece)
    return start >= 0 and len(words) > 120 and len(words) > len(piece) / 2


def _insert(page: str, match: re.Match[str] | None, blocks: list[_Block], show: Random) -> str:
    shown = "\n".join(make(show) for make in blocks)  # made in any case: the order of chance stays
    return page if match is None else f"{page[: match.end()]}\n{shown}\n{page[match.end() :]}"


def _turn_markup(page: str, show: Random) -> str:
    nonce = f"{show.getrandbits(64):016x}"
    page = re.sub(
        r"<script\b(?![^>]*\bnonce=)", f'<script nonce="{nonce}"', page, flags=re.IGNORECASE
    )
    page = re.sub(
        r"(\.(?:js|css))(?:\?[^\"'\s>]*)?([\"'])",
        lambda match: f"{match[1]}?v={show.randrange(10**6)}{match[2]}",
        page,
    )
    page = re.sub(
        r"<(div|section|span)(?![^>]*\bid=)(?=[\s>])",
        lambda match: f'<{match[1]} data-k="{show.randrange(10**5)}"',
        page,
        count=60,
    )
    return re.sub(
        r"<form\b[^>]*>",
        lambda match: (
            f'{match[0]}<input type="hidden" name="csrf" value="{show.getrandbits(64):x}">'
        ),
        page,
        flags=re.IGNORECASE,
    )


# --- what is shown --------------------------------------------------------------------------------


def _say_headline(show: Random) -> str:
    return (
        f"The {show.choice(_NOUNS)} {show.choice(_VERBS)} {show.choice(_THINGS)}"
        f" {show.choice(['', 'again', 'this year', 'from Monday', 'in the east'])}"
    ).strip()


def _say_address(show: Random) -> str:
    return f"/{show.choice(_NOUNS)}/{show.randrange(10**6)}.html"


def _say_count(show: Random) -> str:
    return f"{show.randrange(2, 90_000):,}"


def _list_links(show: Random, count: int) -> str:
    return "".join(
        f'<li><a href="{_say_address(show)}">{_say_headline(show)}</a></li>' for _ in range(count)
    )


def _make_nav(show: Random) -> str:
    return f'<nav class="main-navigation"><ul>{_list_links(show, 6)}</ul></nav>'


def _make_clock(show: Random) -> str:
    clock = f"{show.randrange(24):02}:{show.randrange(60):02}:{show.randrange(60):02}"
    return f'<div class="header-clock" id="clock">Thursday, 7 March 2024, {clock}</div>'


def _make_weather(show: Random) -> str:
    return f'<div class="weather-widget">{show.randrange(-9, 30)} °C, light rain</div>'


def _make_ticker(show: Random) -> str:
    return (
        '<div class="breaking-news-ticker" role="marquee"><span>Breaking</span>'
        f'<a href="{_say_address(show)}">{_say_headline(show)}</a></div>'
    )


def _make_trending(show: Random) -> str:
    return f'<div class="td-trending-now-wrapper"><ul>{_list_links(show, 3)}</ul></div>'


def _make_leaderboard(show: Random) -> str:
    number, ad = show.random(), _make_ad(show)
    return f'<div class="ad-slot ad-slot--leaderboard" data-ad="{number}">{ad}</div>'


def _make_ad(show: Random) -> str:
    if show.random() < 0.3:  # nobody bought it
        return ""
    return f'<a href="https://ads.example/{show.randrange(10**9)}">{show.choice(_OFFERS)}</a>'


def _make_slot(show: Random) -> str:
    return f'<div class="advertisement" aria-label="Advertisement"><p>{_make_ad(show)}</p></div>'


def _make_google(show: Random) -> str:
    return f'<ins class="adsbygoogle" data-ad-slot="{show.randrange(10**9)}">{_make_ad(show)}</ins>'


def _make_teads(show: Random) -> str:
    return f'<div id="div-gpt-ad-{show.randrange(10**9)}-0"><span>{_make_ad(show)}</span></div>'


def _make_share(show: Random) -> str:
    return (
        '<div class="social-share-bar"><ul><li><a href="https://share.example/a">Share</a>'
        f"<span>{_say_count(show)}</span></li><li><a href='https://share.example/b'>Post</a>"
        f"<span>{_say_count(show)}</span></li></ul></div>"
    )


def _make_sharedaddy(show: Random) -> str:
    return (
        '<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>'
        f'<li><a href="?share=a&nb={show.randrange(99)}">Mail ({show.randrange(99)})</a></li></ul>'
        "</div>"
    )


def _make_views(show: Random) -> str:
    return f'<div class="post-views">{_say_count(show)} views</div>'


def _make_comment_count(show: Random) -> str:
    return f'<p><a href="#comments" class="comments-link">{show.randrange(2, 400)} Comments</a></p>'


def _make_bare_count(show: Random) -> str:
    return f"<p>{_say_count(show)} Aufrufe</p>"


def _make_related(show: Random) -> str:
    return f'<div class="related-posts"><h3>Related posts</h3><ul>{_list_links(show, 4)}</ul></div>'


def _make_jetpack(show: Random) -> str:
    items = "".join(
        f'<div class="jp-relatedposts-post"><h4><a href="{_say_address(show)}">'
        f"{_say_headline(show)}</a></h4><p>{show.choice(_REMARKS)}</p></div>"
        for _ in range(3)
    )
    return f'<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3>{items}</div>'


def _make_cards(show: Random) -> str:
    cards = "".join(
        f'<article class="card"><a href="{_say_address(show)}"><h3>{_say_headline(show)}</h3>'
        f"<p>{show.choice(_REMARKS)}</p></a></article>"
        for _ in range(3)
    )
    return f'<section class="c-recommendations"><h2>Recommended for you</h2>{cards}</section>'


def _make_bare_related(show: Random) -> str:
    return f"<div><h3>Mehr zum Thema</h3><ul>{_list_links(show, 5)}</ul></div>"


def _make_most_read(show: Random) -> str:
    return f'<section class="most-read"><h2>Most read</h2><ol>{_list_links(show, 5)}</ol></section>'


def _make_taboola(show: Random) -> str:
    items = "".join(
        f'<div class="trc_spotlight_item"><a href="https://ads.example/{show.randrange(10**6)}">'
        f"<span>{_say_headline(show)}</span></a></div>"
        for _ in range(4)
    )
    return f'<div id="taboola-below-article-thumbnails" class="trc_related_container">{items}</div>'


def _make_read_also(show: Random) -> str:
    return f'<p>Read also: <a href="{_say_address(show)}">{_say_headline(show)}</a></p>'


def _make_newsletter(show: Random) -> str:
    return (
        '<div class="newsletter-signup"><h3>Our newsletter</h3><p>Join'
        f" {_say_count(show)} readers and get the best of the week every Friday.</p></div>"
    )


def _make_comments(show: Random) -> str:
    items = "".join(
        f'<li class="comment"><div class="comment-author">{show.choice(_NAMES)}</div>'
        f'<div class="comment-content"><p>{show.choice(_REMARKS)}</p></div></li>'
        for _ in range(show.randrange(1, 6))
    )
    return (
        f'<div id="comments" class="comments-area"><h2>{show.randrange(2, 99)} thoughts</h2>'
        f'<ol class="comment-list">{items}</ol></div>'
    )


def _make_cookie(show: Random) -> str:
    return (
        '<div id="cookie-banner" class="cookie-banner" role="dialog" aria-label="Cookies">'
        "<p>We"
        f" and our {show.randrange(100, 900)} partners use cookies. You can change your choice at"
        " any time in the settings.</p><button>Accept all</button></div>"
    )


def _make_sidebar(show: Random) -> str:
    return (
        '<aside id="secondary" class="widget-area sidebar"><section class="widget'
        f' widget_recent_entries"><h2>Recent posts</h2><ul>{_list_links(show, 5)}</ul></section>'
        "</aside>"
    )


def _make_footer(show: Random) -> str:
    return (
        f'<footer class="site-footer"><p>{_say_count(show)} readers today. Page made at'
        f" {show.randrange(24):02}:{show.randrange(60):02}.</p></footer>"
    )


def _make_online(show: Random) -> str:
    return f'<div class="online-now">Visitors online: {_say_count(show)}</div>'


def _make_hashed_teasers(show: Random) -> str:
    """As a site builder writes it: no word of the class tells anything."""
    items = "".join(
        f'<div class="css-1q7njkh"><a class="css-9mylee" href="{_say_address(show)}">'
        f"{_say_headline(show)}</a></div>"
        for _ in range(4)
    )
    return f'<div class="css-v2kfba"><h2 class="css-k3d">More from the region</h2>{items}</div>'


def _make_bare_teasers(show: Random) -> str:
    """No heading, no class: links and their days."""
    items = "".join(
        f'<div><a href="{_say_address(show)}">{_say_headline(show)}</a>'
        f" <span>{show.randrange(1, 29)} March</span></div>"
        for _ in range(3)
    )
    return f"<div>{items}</div>"


def _make_bare_list(show: Random) -> str:
    return f"<ul>{_list_links(show, 4)}</ul>"


def _make_bare_clock(show: Random) -> str:
    return f"<div><span>{show.randrange(24):02}:{show.randrange(60):02}</span></div>"


def _make_frame(show: Random) -> str:
    address = f"https://ads.example/{show.randrange(10**9)}"
    return (
        f'<div><iframe src="{address}"></iframe><a href="{address}"><img src="{address}"></a></div>'
    )


_TOP: list[_Block] = [
    _make_nav,
    _make_clock,
    _make_weather,
    _make_ticker,
    _make_trending,
    _make_leaderboard,
    _make_bare_clock,
    _make_bare_list,
]
_BEHIND_TITLE: list[_Block] = [
    _make_share,
    _make_sharedaddy,
    _make_views,
    _make_comment_count,
    _make_bare_count,
    _make_slot,
]
_AMID: list[_Block] = [
    _make_slot,
    _make_frame,
    _make_bare_list,
    _make_google,
    _make_teads,
    _make_read_also,
    _make_newsletter,
]
_BEHIND_TEXT: list[_Block] = [
    _make_related,
    _make_jetpack,
    _make_cards,
    _make_bare_related,
    _make_most_read,
    _make_taboola,
    _make_newsletter,
    _make_sharedaddy,
    _make_comments,
    _make_hashed_teasers,
    _make_bare_teasers,
]
_BOTTOM: list[_Block] = [
    _make_cookie,
    _make_sidebar,
    _make_footer,
    _make_online,
    _make_most_read,
    _make_leaderboard,
]
