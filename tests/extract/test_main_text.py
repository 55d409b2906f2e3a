"""The main text and what stands in for it.  Not for: how good trafilatura is at its work."""

import time

import pytest
import trafilatura

from archive.core.text import normalise_text
from archive.extract.main_text import EXTRACTOR, MOST_TAGS, read_main_text
from archive.extract.page import parse_page
from archive.extract.statement import read_extraction
from archive.extract.visible import read_visible_text, strip_tags

URL = "https://example.org/a"
HTML = (("Content-Type", "text/html"),)
PARAGRAPH = "The harbour office states that the wall was repaired on Wednesday and holds again. "
ARTICLE = (
    "<html><head><title>T</title></head><body><nav><a href=/>Home</a></nav><article><h1>Wall</h1>"
    f"<p>{PARAGRAPH * 3}</p><p>Second paragraph: {PARAGRAPH * 2}</p>"
    "<table><tr><td>Length</td><td>210 m</td></tr></table>"
    f"</article><div class='comments'><p>Reader: {PARAGRAPH}</p></div></body></html>"
)


def read(content: str, content_type: str = "text/html") -> tuple[str, str]:
    return read_main_text(parse_page(content.encode(), (("Content-Type", content_type),), URL))


def test_the_label_names_what_the_text_depends_on() -> None:
    assert EXTRACTOR.startswith(f"trafilatura/{trafilatura.__version__};libxml2/")
    assert EXTRACTOR.isascii()
    assert " " not in EXTRACTOR


def test_the_text_without_what_surrounds_it() -> None:
    text, how = read(ARTICLE)
    assert how == ""
    assert text.startswith("Wall\nThe harbour office")
    assert "210 m" in text
    assert "Home" not in text
    assert "Reader" not in text
    assert normalise_text(text) == text


def test_reading_twice_gives_the_same() -> None:
    page = parse_page(ARTICLE.encode(), (("Content-Type", "text/html"),), URL)
    assert read_main_text(page) == read_main_text(page) == read(ARTICLE)


def test_plain_text_is_its_own_text() -> None:
    assert read("One\r\n\r\n\r\n\r\n<p>two</p>  ", "text/plain") == (
        "One\n\n<p>two</p>",
        "plain text",
    )


def test_many_tags_are_read_plainly() -> None:
    body = "<p>line</p>" * (MOST_TAGS // 2 + 1)
    text, how = read(f"<html><body><nav>Home</nav>{body}</body></html>")
    assert how == f"fallback: more than {MOST_TAGS} tags"
    assert text.startswith("Home\n\nline\n\nline")
    text, _ = read(f"<html><body><nav>Home</nav><article>A</article>{body}<article>B</article>")
    assert text == "A\n\nB"
    text, _ = read(f"<html><body><nav>Home</nav><main>M<main>N</main></main>{body}")
    assert text == "M\nN"


def test_deep_elements_lose_no_text() -> None:
    text, how = read(
        "<p>before</p>" + "<div>" * 1000 + "deep &amp; <b>d</b>own" + "</div>" * 1000 + "<p>after"
    )
    assert how == "fallback: source without its tags"
    assert text.split() == ["before", "deep", "&", "down", "after"]


def test_nothing_to_read() -> None:
    assert read("<html><body><script>x()</script></body></html>") == (
        "",
        "fallback: no main text was found",
    )
    assert read("<!-- nothing -->") == ("", "")
    assert read("", "image/png") == ("", "")


def test_visible_text() -> None:
    page = parse_page(
        b"<body>a<b>b</b> c<p>d<script>no</script>e</p>f<ul><li>g<li>h</ul><style>no</style>"
        b"<template>no</template>i<br>j<noscript>no</noscript></body>",
        (("Content-Type", "text/html"),),
        URL,
    )
    assert page.tree is not None
    assert normalise_text(read_visible_text(page.tree)).split() == [
        "ab",
        "c",
        "de",
        "f",
        "g",
        "h",
        "i",
        "j",
    ]


def test_tags_are_stripped_without_a_parser() -> None:
    source = (
        "<!DOCTYPE html><html><title>no</title><!-- <p>no --><p class='x'>a<em>b</em><br/>"
        "c &lt;d&gt;"
        "<script>if (a < b) no()</script><STYLE>no</STYLE> 1 < 2"
    )
    assert strip_tags(source).split() == ["ab", "c", "<d>", "1", "<", "2"]


@pytest.mark.parametrize("source", ["<" + "a" * 400_000, "<script></script" + " " * 400_000])
def test_a_name_without_end_took_minutes_to_strip(source: str) -> None:
    begun = time.process_time()
    strip_tags(source)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("holder", ["div", "body", "article", "section", "table"])
@pytest.mark.parametrize("listed", ["ul", "ol", "blockquote"])
def test_a_list_was_lost_where_a_page_names_no_main_part(holder: str, listed: str) -> None:
    items = ("Berth one is free of charge from May.", "Berth two costs twelve crowns a day.")
    tag = "p" if listed == "blockquote" else "li"
    block = "".join(f"<{tag}>{item}</{tag}>" for item in items)
    inner = (
        f"<h1>Canal reopens</h1><p>{PARAGRAPH}</p><p>Second: {PARAGRAPH}</p>"
        f"<{listed}>{block}</{listed}><p>Third: {PARAGRAPH}</p>"
    )
    whole = {
        "body": inner,
        "table": f"<table><tr><td>{inner}</td></tr></table>",
    }.get(holder, f"<{holder}>{inner}</{holder}>")
    page = f"<html><head><title>T</title></head><body>{whole}</body></html>"
    lines = read_extraction(page.encode(), HTML, URL).text.split("\n")
    kept = [line for line in lines if line.removeprefix("- ") in items]
    assert len(kept) == 2
    assert lines.index(kept[0]) < next(i for i, line in enumerate(lines) if "Third" in line)


def test_many_lists_are_looked_through_in_bounded_time() -> None:
    lists = "".join(f"<ul><li>Item {number} of a list</li></ul>" for number in range(4_000))
    paragraphs = "".join(f"<p>{number} {PARAGRAPH}</p>" for number in range(1_500))
    start = time.process_time()
    read(f"<html><body><div>{paragraphs}{lists}</div></body></html>")
    assert time.process_time() - start < 20
