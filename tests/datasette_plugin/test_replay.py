"""Pages as they looked, and what they show.

Not for: how a browser takes them (``test_hostile_page.py``).
"""

import re
from collections.abc import Iterator

import pytest

from tests.datasette_plugin.held import HTML, PNG, Kept, keep_archive
from tests.datasette_plugin.site import Site
from tests.support.raw_server import Answer, answer_page, answer_redirect

CSS = ("Content-Type: text/css",)
PAGE = b"""<!doctype html><html lang=de dir=ltr><title>T</title><link rel=stylesheet href=/s.css>
<h1>The bridge</h1><img src=/i.png alt=Bridge><img src=/moved.png><img src=/lost.png>
<a href=/b>b</a> <a href=/nowhere>n</a><iframe src=/b></iframe><script>x()</script>"""
POLICY = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; img-src 'self' data:;"
    " style-src 'self' 'unsafe-inline'; font-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
TARGETS = ("/a", "/b", "/s.css", "/t.css", "/i.png", "/moved.png", "/f.woff2", "/x.svg", "/d.pdf")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    answers: dict[str, Answer] = {
        "/a": answer_page(PAGE, fields=HTML),
        "/b": answer_page(b"<p>b", fields=HTML),
        "/s.css": answer_page(
            b"@import 't.css'; p{background:url(i.png)} q{background:url(lost2.png)}"
            b"@font-face{font-family:f;src:url(f.woff2)}",
            fields=CSS,
        ),
        "/t.css": answer_page(b"b{color:red}", fields=CSS),
        "/i.png": answer_page(PNG, fields=("Content-Type: image/png",)),
        "/moved.png": answer_redirect("/i.png"),
        "/f.woff2": answer_page(b"wOF2xx", fields=("Content-Type: font/woff2",)),
        "/x.svg": answer_page(
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            fields=("Content-Type: image/svg+xml",),
        ),
        "/d.pdf": answer_page(b"%PDF-1.4", fields=("Content-Type: application/pdf",)),
        "/euc": answer_page(
            "<title>x</title><p>日本語</p>".encode("euc_jp"),
            fields=("Content-Type: text/html; charset=euc-jp",),
        ),
        "/2022": answer_page(
            b"<meta charset=iso-2022-jp><p>\x1b$BF|K\\8l\x1b(B</p>",
            fields=("Content-Type: text/html",),
        ),
        "/utf7": answer_page(
            b"+ADw-script+AD4-alert(1)", fields=("Content-Type: text/html; charset=utf-7",)
        ),
        "/plain": answer_page(b"a <b>b</b>", fields=("Content-Type: text/plain",)),
        "/large": answer_page(b"<p>begin</p>" + b"<i>x</i>\n" * 700_000, fields=HTML),
        "/go": answer_redirect("/b", status="301 Moved Permanently"),
    }
    with keep_archive(tmp_path_factory.mktemp("replay"), answers) as kept:
        yield kept


@pytest.fixture(scope="module")
def ids(kept: Kept) -> dict[str, str]:
    found = kept.capture(*TARGETS, "/euc", "/2022", "/utf7", "/plain", "/large")
    kept.answers["/i.png"] = answer_page(PNG + b"later", fields=("Content-Type: image/png",))
    return found | {"later": kept.capture("/i.png")["/i.png"]}


@pytest.fixture(scope="module")
def served(kept: Kept, ids: dict[str, str]) -> Iterator[Site]:
    assert ids
    with kept.serve() as site:
        yield site


def test_the_banner_stands_outside_of_the_frame(served: Site, ids: dict[str, str]) -> None:
    page = served.visit(f"/replay/{ids['/a']}")
    assert page.status_code == 200
    for said in (
        *("As it looked on", "Static rendering; the evidence is the WARC record", "lost.png"),
        *(f'src="/replay/{ids["/a"]}/frame"', "1 × script", "Pages that stood within it"),
        'sandbox="allow-top-navigation-by-user-activation"',
    ):
        assert said in page.text, said
    assert "The bridge</h1>" not in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["memento-datetime"] == "Fri, 01 Mar 2024 12:00:00 GMT"


def test_the_frame_is_sandboxed_by_its_own_headers(served: Site, ids: dict[str, str]) -> None:
    frame = served.visit(f"/replay/{ids['/a']}/frame")
    assert frame.headers["content-security-policy"] == POLICY
    assert frame.headers["x-content-type-options"] == "nosniff"
    assert frame.headers["referrer-policy"] == "no-referrer"
    assert frame.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="de" dir="ltr">' in frame.text
    assert "script" not in frame.text


def test_what_the_page_shows_is_of_its_time_and_from_here(
    served: Site, ids: dict[str, str]
) -> None:
    text = served.visit(f"/replay/{ids['/a']}/frame").text
    folder = f"/replay/{ids['/a']}/res/"
    assert f'href="{folder}{ids["/s.css"]}"' in text
    shown = re.findall(rf'src="{folder}(\w+)"', text)  # the second one by a redirect
    assert set(shown) <= {ids["/i.png"], ids["/moved.png"]}
    assert len(shown) == 2
    sheet = served.visit(folder + ids["/s.css"])
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert f'@import "{folder}{ids["/t.css"]}"' in sheet.text
    assert f'url("{folder}{shown[0]}")' in sheet.text
    assert 'url("about:invalid")' in sheet.text
    assert served.visit(folder + ids["/i.png"]).content == PNG
    assert served.visit(f"/replay/{ids['later']}/res/{ids['later']}").content == PNG + b"later"


def test_parts_of_a_page_are_sandboxed_and_read_by_nobody_else(
    served: Site, ids: dict[str, str]
) -> None:
    for target in ("/s.css", "/i.png", "/f.woff2", "/x.svg"):
        part = served.visit(f"/replay/{ids['/a']}/res/{ids[target]}")
        assert part.status_code == 200
        assert part.headers["content-security-policy"] == POLICY
        assert part.headers["x-content-type-options"] == "nosniff"
        assert "cross-origin-resource-policy" not in part.headers
        is_font = target == "/f.woff2"  # which browsers read from anywhere, or not at all
        assert ("access-control-allow-origin" in part.headers) is is_font


@pytest.mark.parametrize("target", ["/a", "/d.pdf", "/plain"])
def test_documents_are_no_parts_of_pages(served: Site, ids: dict[str, str], target: str) -> None:
    answer = served.visit(f"/replay/{ids['/a']}/res/{ids[target]}")
    assert answer.status_code == 404
    assert answer.content == b""


def test_links_lead_to_captures_of_the_same_time(served: Site, ids: dict[str, str]) -> None:
    text = served.visit(f"/replay/{ids['/a']}/frame").text
    match = re.search(r'<a href="(/memento/20240301120000/http://[^"]*/b)" target="_top">', text)
    assert match
    assert served.visit(match[1]).status_code == 200
    assert re.search(r'<a data-archive-missing="http://[^"]*/nowhere"', text)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/euc", "日本語"),
        ("/2022", "日本語"),
        ("/utf7", "+ADw-script+AD4-"),
        ("/plain", "a &lt;b&gt;b"),
    ],
)
def test_the_charset_is_the_captured_one(
    served: Site, ids: dict[str, str], target: str, said: str
) -> None:
    assert said in served.visit(f"/replay/{ids[target]}/frame").text


def test_of_a_page_that_is_too_large_the_text_is_shown(served: Site, ids: dict[str, str]) -> None:
    frame = served.visit(f"/replay/{ids['/large']}/frame")
    assert frame.status_code == 200
    assert "<pre>" in frame.text
    assert "begin" in frame.text
    assert "<i>" not in frame.text


def test_a_document_is_there_to_download_only(served: Site, ids: dict[str, str]) -> None:
    page = served.visit(f"/replay/{ids['/d.pdf']}")
    assert page.status_code == 200
    assert "<iframe" not in page.text
    assert f"/capture/{ids['/d.pdf']}/payload" in page.text
    assert served.visit(f"/replay/{ids['/d.pdf']}/frame").status_code == 404


def test_a_revisit_was_read_as_what_the_earlier_capture_was_sent_as(kept: Kept) -> None:
    body = b"<b>the same bytes</b>"
    kept.answers["/as-page"] = answer_page(body, fields=HTML)
    kept.answers["/as-text"] = answer_page(body, fields=("Content-Type: text/plain",))
    kept.capture("/as-page")
    found = kept.capture("/as-text")["/as-text"]
    with kept.serve() as site:
        assert "revisit" in site.visit(f"/capture/{found}").text
        assert "&lt;b&gt;the same bytes" in site.visit(f"/replay/{found}/frame").text


def test_a_redirect_says_where_it_led(kept: Kept) -> None:
    kept.capture("/go")
    with kept.serve() as site:
        rows = site.visit("/archive/captures.json?_shape=array&_size=max&status=301").json()
        page = site.visit(f"/replay/{rows[0]['id']}")
        assert "It led elsewhere" in page.text
        match = re.search(r'href="(/memento/\d{14}/http://[^"]*/b)"', page.text)
        assert match
        assert site.visit(match[1], follow_redirects=True).status_code == 200


def test_pages_work_below_another_path(kept: Kept, ids: dict[str, str]) -> None:
    with Site(kept.archive.layout.database, settings={"base_url": "/prefix/"}) as site:
        page = site.visit(f"/replay/{ids['/a']}")
        assert f'src="/prefix/replay/{ids["/a"]}/frame"' in page.text
        text = site.visit(f"/replay/{ids['/a']}/frame").text
        assert f'src="/prefix/replay/{ids["/a"]}/res/' in text
        assert 'href="/prefix/memento/' in text
        assert (
            site.visit(f"/timegate/{kept.url('/a')}")
            .headers["location"]
            .endswith(f"/prefix/memento/20240301120000/{kept.url('/a')}")
        )
