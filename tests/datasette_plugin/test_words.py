"""Words from outside, as they stand in a page.  Not for: whole pages (``test_pages.py``)."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.datasette_plugin.words import (
    format_moment,
    has_hidden,
    mark_matches,
    show_address,
    show_text,
)
from archive.index.ranking import MARK_END, MARK_START

TEXTS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x02\x03<>&\"'\u202e\u2066")))


def strip_elements(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a < b & \"c\" 'd'", "a &lt; b &amp; &#34;c&#34; &#39;d&#39;"),
        (None, ""),
        (2026, "2026"),
        ("Zeile\nzwei\tdrei", "Zeile\nzwei\tdrei"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),  # a joiner is spelling
        ("soft\u00adhyphen", "soft\u00adhyphen"),
    ],
)
def test_text_is_escaped(text: object, shown: str) -> None:
    assert show_text(text) == shown


@pytest.mark.parametrize(
    ("hidden", "name", "code"),
    [
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE", "U+202E"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE", "U+2066"),
        ("\x00", "control character", "U+0000"),
        ("\x9b", "control character", "U+009B"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE", "U+FEFF"),
        ("\U000e0041", "TAG LATIN CAPITAL LETTER A", "U+E0041"),
    ],
)
def test_hidden_characters_are_named(hidden: str, name: str, code: str) -> None:
    assert has_hidden(hidden)
    shown = show_text(f"a{hidden}b")
    assert shown == f'a<span class="archive-hidden" title="{name}">{code}</span>b'


def test_long_text_is_cut() -> None:
    assert show_text("abcdef", 3) == "abc…"
    assert show_text("abc", 3) == "abc"
    assert show_text("<<<<", 2) == "&lt;&lt;…"


@given(TEXTS)
def test_no_text_leaves_markup_or_hidden_characters(text: str) -> None:
    shown = show_text(text)
    assert not has_hidden(shown)
    assert set(re.findall(r"<(/?\w+)", shown)) <= {"span", "/span"}


@given(TEXTS)
def test_marks_are_always_closed(text: str) -> None:
    shown = mark_matches(text)
    elements = re.findall(r"</?mark>", shown)
    assert elements == ["<mark>", "</mark>"] * (len(elements) // 2)
    without = text.replace(MARK_START, "").replace(MARK_END, "")
    assert strip_elements(shown) == strip_elements(show_text(without))


def test_matches_are_marked() -> None:
    text = f"the {MARK_START}<b>{MARK_END} and {MARK_START}term{MARK_END}"
    assert mark_matches(text) == "the <mark>&lt;b&gt;</mark> and <mark>term</mark>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//news.example/",
        "http://",
        "http://a.example/\u202egpj",
        "http://a.example/ b",
        "http://a.example/\nb",
        " http://a.example/",
        "ftp://a.example/",
        "",
    ],
)
def test_only_plain_addresses_of_the_web_are_links(address: str) -> None:
    assert "href" not in show_address(address)


def test_a_link_to_a_live_page_tells_nobody() -> None:
    shown = show_address('https://a.example/?q="x"&y=<z>')
    assert 'href="https://a.example/?q=&#34;x&#34;&amp;y=&lt;z&gt;"' in shown
    assert 'rel="noopener nofollow noreferrer"' in shown
    assert shown.startswith('<span class="archive-address">https://a.example/?q=&#34;x')


def test_a_moment_keeps_its_whole_form_for_machines() -> None:
    shown = format_moment("2026-03-02T08:00:00.123456Z")
    assert 'datetime="2026-03-02T08:00:00.123456Z"' in shown
    assert ">2026-03-02 08:00:00 UTC<" in shown
    assert format_moment("<yesterday>") == "&lt;yesterday&gt;"
