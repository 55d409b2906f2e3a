"""What a page and a sheet show, found by the code that shows it."""

import time

import pytest

from archive.replay.page import make_static_page
from archive.replay.requisites import find_page_requisites, find_sheet_requisites

URL = "https://council.example/press/1"

# What stands in the page; the sheets; the others: relative to the page's folder.
PAGES: dict[str, tuple[str, list[str], list[str]]] = {
    "nothing": ("<p>words</p>", [], []),
    "a sheet and an icon": (
        "<link rel=icon href=i.ico><link rel=icon href=j.png><link rel=stylesheet href=s.css>",
        ["s.css"],
        ["i.ico"],
    ),
    "sheets that no browser loads": (
        (
            "<link rel='alternate stylesheet' href=a.css><link rel=stylesheet disabled href=b.css>"
            "<link rel=preload href=c.css>"
        ),
        [],
        [],
    ),
    "a style element": (
        (
            "<style>@import 'a.css'; @import url(b.css) screen; p{background:url( c.png )}"
            "@font-face{src:url('f.woff2') format('woff2')}</style>"
        ),
        ["a.css", "b.css"],
        ["c.png", "f.woff2"],
    ),
    "a style attribute": ("<p style='background:url(&quot;d.png&quot;)'>", [], ["d.png"]),
    "old attributes": (
        "<body background=a.gif><table background=b.gif><td background=c.gif>",
        [],
        ["a.gif", "b.gif", "c.gif"],
    ),
    "a poster, and no video": ("<video poster=p.jpg src=v.mp4><source src=w.mp4>", [], ["p.jpg"]),
    "an image": ("<img src=a.png#x><img src=a.png>", [], ["a.png"]),
    "an image in several sizes": (
        "<img src=small.jpg srcset='small.jpg 320w, fits.jpg 1300w, huge.jpg 9000w'>",
        [],
        ["fits.jpg"],
    ),
    "a set behind the address": ("<img srcset='a.png 1x, b.png 2x' src=c.png>", [], ["a.png"]),
    "an empty set": ("<img src=a.png srcset=''>", [], ["a.png"]),
    "a picture": (
        (
            "<picture><source media='(max-width: 600px)' srcset=phone.webp>"
            "<source type=image/jxl srcset=odd.jxl>"
            "<source type=image/webp srcset='desk.webp 1x, desk2.webp 2x'>"
            "<source type=image/png srcset=late.png><img src=old.jpg srcset=old2.jpg></picture>"
            "<img src=after.png>"
        ),
        [],
        ["desk.webp", "after.png"],
    ),
    "a picture without a source that suits": (
        "<picture><source media=print srcset=p.png><img src=i.png></picture>",
        [],
        ["i.png"],
    ),
    "a picture that never ends": (
        "<picture><source srcset=a.png><img src=b.png><p><img src=c.png>",
        [],
        ["a.png", "c.png"],
    ),
    "a source of sound": ("<audio><source srcset=a.png src=a.ogg></audio>", [], []),
    "what lies in the page, and other schemes": (
        (
            "<img src='data:image/png;base64,AA=='><img src='file:///etc/passwd'>"
            "<img src='javascript:1'><img src='ftp://council.example/a.png'><img src=''>"
        ),
        [],
        [],
    ),
    "a base": ("<base href='https://cdn.example/x/'><img src=a.png>", [], ["//cdn/x/a.png"]),
    "noscript, and no template": (
        (
            "<noscript><img src=a.png></noscript><template><img src=b.png></template>"
            "<script>'<img src=c.png>'</script>"
        ),
        [],
        ["a.png"],
    ),
}


def name(address: str) -> str:
    """An address as the table above spells it."""
    return address.removeprefix("https://council.example/press/").replace(
        "https://cdn.example", "//cdn"
    )


@pytest.mark.parametrize("kind", PAGES)
def test_what_a_page_shows(kind: str) -> None:
    source, sheets, others = PAGES[kind]
    found = find_page_requisites(source, url=URL)
    assert [name(address) for address in found.sheets] == sheets
    assert [name(address) for address in found.others] == others


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_that_has_its_requisites_lacks_nothing_and_loads_nothing_else(kind: str) -> None:
    source, _, _ = PAGES[kind]
    found = find_page_requisites(source, url=URL)
    held = {*found.sheets, *found.others}
    page = make_static_page(
        source,
        url=URL,
        find_link=lambda _: None,
        find_resource=lambda address: f"/held/{name(address)}" if address in held else None,
    )
    assert page is not None
    assert page.missing == ()


def test_what_a_sheet_imports_and_what_it_shows() -> None:
    found = find_sheet_requisites(
        """@charset "utf-8"; @import "a.css"; @import url( "b.css" ) print; @import url(c.css);
        @\\69mport "d.css"; p { background: url(x.png), url("../y.svg#z"); mask: url(#m) }
        @font-face { src: url(f.eot?#iefix) format("embedded"), url(f.woff2) }
        q { content: "@import 'no.css'"; background: image-set("n.png" 1x) }""",
        url="https://council.example/press/css/s.css",
    )
    assert [name(one) for one in found.sheets] == [f"css/{one}.css" for one in "abcd"]
    assert [name(one) for one in found.others] == [
        "css/x.png",
        "y.svg",
        "css/f.eot",
        "css/f.woff2",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "<img src=a>",
        "<img srcset='a 1x,b 2x'>",
        "<picture>",
        "<source srcset=a>",
        "<link rel=icon>",
    ],
)
def test_a_hostile_page_costs_time_in_proportion(piece: str) -> None:
    times = []
    for count in (10_000, 40_000):
        start = time.process_time()
        find_page_requisites(piece * count, url=URL)
        times.append(time.process_time() - start)
    assert times[1] < max(12 * times[0], 1)


def test_no_more_is_found_than_replay_lists() -> None:
    source = (
        "".join(f"<img src={number}.png>" for number in range(1000))
        + "<link rel=stylesheet href=s>"
    )
    found = find_page_requisites(source, url=URL)
    assert (len(found.sheets), len(found.others)) == (1, 499)
