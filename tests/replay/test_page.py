"""A captured page made static: what stays, what goes, and that nothing leads out.

Not for: what a browser does with it (``tests/datasette_plugin/test_hostile_page.py``).
"""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.replay.page import MOST_TOKENS, StaticPage, make_plain_page, make_static_page
from tests.replay.reading import PREFIX, find_faults, read_page

BASE = "https://council.example/press/1?x=1"


def find_known(address: str) -> str | None:
    """Everything whose address says so is held."""
    return PREFIX + address if "held" in address else None


def make(source: str, *, is_xml: bool = False) -> StaticPage:
    page = make_static_page(
        source, url=BASE, find_link=find_known, find_resource=find_known, is_xml=is_xml
    )
    assert page is not None
    return page


def make_body(source: str) -> str:
    """What becomes of the source, without the style that every page begins with."""
    return make(source).html.partition("</style>")[2]


KEPT = [
    ("<p lang=de dir=ltr class=a>Wort</p>", '<p lang="de" dir="ltr" class="a">Wort</p>'),
    ("a &amp; b &lt;i&gt; &copy", "a &amp; b &lt;i&gt; ©"),
    ("<b>x<i>y</b>z</i>", "<b>x<i>y</b>z</i>"),  # a browser mends it, as it would have
    ("<table><tr><td background=held.png>", f'<table><tr><td background="{PREFIX}'),
    ("<x-card data-a=1>x</x-card>", '<x-card data-a="1">x</x-card>'),
    ("<noscript><p>without</p></noscript>", "<p>without</p>"),
    ("<xmp><b></xmp>c", "<pre>&lt;b&gt;</pre>c"),
    ("<object data=x><p>instead</p></object>", "<p>instead</p>"),
    ("<a href='#top'>up</a>", '<a href="#top">up</a>'),
    ("<template shadowrootmode=open><p>s</p></template>", "<p>s</p>"),
    ("1 < 2 <3 a<>b </>c", "1 &lt; 2 &lt;3 a&lt;&gt;b c"),
    ("<input type=password value=x>", '<input type="text" value="x">'),
]


@pytest.mark.parametrize(("source", "said"), KEPT)
def test_what_a_reader_saw_stays(source: str, said: str) -> None:
    assert said in make_body(source)


GONE = [
    "<script>x</script>",
    "<script src=held.js></script>",
    "<SCRIPT\n>x</script\t>",
    "<svg><script>x</script></svg>",
    "<iframe srcdoc='<b>x</b>'></iframe>",
    "<template><b>x</b></template>",
    "<!-- x -->",
    "<!--> --><!---> --><!-- x --!>",
    "<![CDATA[x]]>",
    "<?php x ?>",
    "<noembed>x</noembed><noframes>x</noframes>",
    "<svg><foreignObject><p>x</p></foreignObject></svg>",
    "<math><annotation-xml encoding='text/html'><p>x</p></annotation-xml></math>",
    "<base href=//x><meta charset=x><link rel=preload href=held><link rel=manifest href=held>",
    "<link rel='alternate stylesheet' href=held.css><link rel=dns-prefetch href=//x>",
]


@pytest.mark.parametrize("source", GONE)
def test_what_runs_or_was_not_seen_goes(source: str) -> None:
    left = read_page(make_body(source))
    assert "x" not in "".join(left.words)
    assert {name for name, _ in left.tags} <= {"svg", "math"}


def test_handlers_and_actions_go_and_are_counted() -> None:
    page = make(
        "<body onload=a()><form action=/send onsubmit=b()><button formaction=/x>go</button></form>"
        "<a href=held ping=/p>x</a><meta http-equiv=Refresh content='0;url=/x'><script>1</script>"
    )
    assert not list(find_faults(page.html))
    assert page.left_out == {"handler": 2, "refresh": 1, "script": 1}


def test_links_lead_into_the_archive_or_nowhere() -> None:
    body = make_body("<a href='held?a=1&amp;b=2#f' target=x>in</a><a href=other>out</a>")
    address = "https://council.example/press/held?a=1&amp;b=2"
    assert f'<a href="{PREFIX}{address}#f" target="_top">in</a>' in body
    missing = "https://council.example/press/other"
    assert f'<a data-archive-missing="{missing}" title="Not in this archive: {missing}">' in body


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " \x01javascript:alert(1)"),
        *("java\nscript:alert(1)", "java&#10;script:alert(1)", "&#106;avascript:alert(1)"),
        *("data:text/html,held", "vbscript:held", "file:///held", "blob:held", "view-source:held"),
        *(
            "mailto:held@x.example",
            "tel:held",
            "about:held",
            "ws://held.example/",
            "//",
            "http://[",
        ),
    ],
)
def test_links_that_are_none_of_the_web_lead_nowhere(address: str) -> None:
    (tag,) = read_page(make_body(f'<a href="{address}">x</a>')).tags
    assert "href" not in tag[1]


def test_a_page_cannot_mark_links_in_our_name() -> None:
    assert "data-archive" not in make_body("<a data-archive-missing=x href=held>x</a>")


def test_the_first_base_decides() -> None:
    body = make_body("<base href=/a/><base href=//evil.example/><a href=held>x</a>")
    assert f"{PREFIX}https://council.example/a/held" in body


def test_pictures_sheets_and_fonts_come_from_the_archive_or_are_listed() -> None:
    page = make(
        "<link rel=stylesheet href=held.css media=print><link rel=stylesheet href=lost.css>"
        "<img src=held.png srcset='held.png 1x, lost.png 2x,held-3.png 3x'><img src=lost.png alt=L>"
        "<video poster=held.jpg src=held.mp4><source src=held.webm></video>"
        "<style>p{background:url(held-bg.png)} q{background:url('lost-bg.png')}</style>"
        "<p style='background:url(held-p.png)'>"
    )
    assert not list(find_faults(page.html))
    assert [address.rpartition("/")[2] for address in page.missing] == [
        *("lost.css", "lost.png", "lost-bg.png"),
    ]
    found = PREFIX + "https://council.example/press/"
    assert f'srcset="{found}held.png 1x, {found}held-3.png 3x"' in page.html
    assert '<img alt="L">' in page.html
    assert "mp4" not in page.html
    assert f"url(&quot;{found}held-p.png&quot;)" in page.html


def test_frames_are_named() -> None:
    page = make("<frameset><frame src=/a><frame src=/b></frameset><iframe src=/c></iframe>")
    assert page.frames == tuple(f"https://council.example/{name}" for name in "abc")


DOCTYPES = [
    ("<!doctype html>", "<!DOCTYPE html>"),
    (
        '<!-- c -->\n<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">',
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">',
    ),
    (
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://x/\"><script>'>",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
    ),
    ("<p>none</p><!doctype html>", "<style>"),
    ("<!doctype>", "<!DOCTYPE>"),
    ("<!doctype <script>", "<!DOCTYPE archive>"),
]


@pytest.mark.parametrize(("source", "start"), DOCTYPES)
def test_a_browser_stays_in_its_mode(source: str, start: str) -> None:
    assert make(source).html.startswith(start)


def test_xhtml_may_close_a_script_in_its_tag() -> None:
    source = "<script src='a.js'/><p>read me</p>"
    assert "read me" in make(source, is_xml=True).html
    assert "read me" not in make(source).html  # as a browser reads HTML


def test_pictures_in_the_page_stay_and_documents_do_not() -> None:
    body = make_body(
        "<img src='data:image/png;base64,AAAA'><img src='data:text/html,x'>"
        "<img src='data:image/svg+xml,%3Csvg/%3E'><a href='data:image/png,x'>x</a>"
    )
    assert body.count("data:image") == 2
    assert "text/html" not in body


# What sanitizers fell for: parsers that disagree on where raw text, foreign content or
# comments end.
CONFUSING = [
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=x&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<textarea><a title='</textarea><img src=x onerror=alert(1)>'>",
    "<xmp><p id='</xmp><svg/onload=alert(1)>'>",
    "<style><style/><img src=x onerror=alert(1)></style>",
    "<style>@import '</style><script>alert(1)</script>';</style>",
    '<select><template><style><!--</style><a rel="--></style></template></select><img onerror=1>',
    "<a href='&#1;javascript:alert(1)'>x</a><a href=javas&Tab;cript:alert(1)>y</a>",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a><set to=javascript:1></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<img src=`x`onerror=alert(1)><img/src=x/onerror=alert(1)><img src='x'onerror=alert(1)>",
    "<scr\0ipt>alert(1)</scr\0ipt><\0script>alert(1)</script><script\0>alert(1)</script>",
    "<<script>alert(1)</script>//<</script><b <script>alert(1)</script>>",
    "<plaintext><script>alert(1)</script>",
    '<p title="</p><script>alert(1)</script>',
    "<!--[if true]><script>alert(1)</script><![endif]--><![if x]><img onerror=1><![endif]>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<isindex type=image src=1 onerror=alert(1)><image src=x onerror=alert(1)><keygen onfocus=1>",
    "<body background=javascript:alert(1) style='background:url(javascript:alert(1))'>",
    "<p style='width:expression(alert(1));-moz-binding:url(x#y);behavior:url(x)'>",
    "<math href=javascript:alert(1)><maction actiontype=statusline xlink:href=javascript:1></math>",
    "<details open ontoggle=alert(1)><marquee onstart=alert(1)><video onerror=1><source onerror=1>",
]


@pytest.mark.parametrize("source", CONFUSING)
def test_what_confused_others_leaves_nothing(source: str) -> None:
    page = make(source)
    assert list(find_faults(page.html)) == []
    again = make(page.html)  # and by its own reading there is nothing left to take away
    assert again.left_out == {}


PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<title>"),
        *("</title>", "<textarea>", "</textarea>", "<template>", "</template>", "<noscript>"),
        *("<foreignObject>", "<p ", "<a ", "<img ", "<link rel=stylesheet ", "href=", "src="),
        *("style=", "onclick=alert(1) ", "'", '"', ">", "/>", "<!--", "-->", "<![CDATA[", "]]>"),
        *("javascript:alert(1)", "//evil.example/x", "held", "url(", ")", "@import ", "\\", "\n"),
        *("&#39;", "&quot;", "&lt;", "&amp;", "\0", "</", "<", "x", " ", "{", "}", ";", "/*", "*/"),
        *("image-set(", "\\75 rl(", "srcset=", "<use href=", "fill=url(//e/)", "<form action=/x>"),
    ]
)


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=30).map("".join))
@example("<p style=\"a:url('//evil.example/')\">")
def test_whatever_is_drawn_nothing_leads_out(source: str) -> None:
    page = make(source)
    assert list(find_faults(page.html)) == []


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_is_static_has_nothing_to_take_away(source: str) -> None:
    again = make(make(source).html)
    assert set(again.left_out) <= {"style"}
    assert list(find_faults(again.html)) == []


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_some_page(source: str) -> None:
    assert list(find_faults(make(source).html)) == []
    assert list(find_faults(make_plain_page(source).html)) == []


SLOW = {
    "nested": "<div>" * 150_000,
    "attributes": "<p " + "a=1 " * 1_000_000 + ">",
    "unclosed tags": "<a " * 500_000,
    "unclosed quotes": '<a href="x' * 200_000,
    "unclosed comments": "<!--" * 500_000,
    "comments": "<!-->" * 400_000,
    "angles": "<" * 150_000,
    "entities": "&amp" * 500_000,
    "links": "".join(f"<a href=/held/{number}>" for number in range(50_000)),
    "css": "<style>" + "a{b:url(x)}\n" * 150_000,
    "css escapes": "<style>" + "\\" * 1_000_000,
    "css strings": "<style>" + '"a' * 500_000,
    "css addresses": "<style>" + "url(" * 400_000,
    "css hiding": "<style>" + "body{display " * 100_000,
    "css comments": "<style>" + "/*" * 500_000,
    "srcset": "<img srcset='" + "a (" * 6_000 + "'>",
    "doctype": "<!doctype html public " + "'" * 1_000_000,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_a_hostile_page_is_made_in_time(source: str) -> None:
    begun = time.process_time()
    page = make_static_page(source, url=BASE, find_link=find_known, find_resource=find_known)
    assert time.process_time() - begun < 8
    assert page is None or len(page.html) < 12 * len(source) + 1000


HIDING = [
    "<style>body {\n display: none;\n}</style><body>so",
    "<style>html,body{color:red;display : none!important}</style><body>so",
    "<body style='display:none'>so",
]


@pytest.mark.parametrize("source", HIDING)
def test_a_page_that_hid_itself_until_a_script_ran_is_shown(source: str) -> None:
    page = make_static_page(source, url=BASE, find_link=find_known, find_resource=find_known)
    assert page is not None
    assert page.html.count("html:root:root>body{display:block!important}") == 1


@pytest.mark.parametrize(
    "source",
    [
        "<style>.body{display:none} #html{display:none} body{color:red} p{display:none}</style>so",
        "<style>html-x{display:none} body p{display:none}</style>so",
    ],
)
def test_a_page_that_hides_a_part_is_left_as_it_is(source: str) -> None:
    page = make_static_page(source, url=BASE, find_link=find_known, find_resource=find_known)
    assert page is not None
    assert "display:block!important" not in page.html


def test_a_page_of_too_many_parts_is_not_made() -> None:
    source = "<b>" * (MOST_TOKENS + 1)
    assert (
        make_static_page(source, url=BASE, find_link=find_known, find_resource=find_known) is None
    )
