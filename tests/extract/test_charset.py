"""Bytes to characters.  Not for: the tree made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.charset import decode_page

GERMAN = "Erkl\u00e4rung \u00fcber Stra\u00dfen \u2013 \u201eZitat\u201c \u20ac"
RUSSIAN = "\u0417\u0430\u044f\u0432\u043b\u0435\u043d\u0438\u0435"
JAPANESE = "\u58f0\u660e\u3068\u691c\u8a3c"
CHINESE = "\u58f0\u660e\u4e0e\u9a8c\u8bc1"
KOREAN = "\uc131\uba85\uacfc \uac80\uc99d"


def page(text: str, charset: str) -> str:
    return f'<html><head><meta charset="{charset}"><title>{text}</title></head></html>'


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (GERMAN, "utf-8", "UTF-8"),
        (GERMAN, "cp1252", "windows-1252"),
        (GERMAN, "cp1252", "ISO-8859-1"),  # browsers read the one as the other
        (GERMAN, "cp1252", "latin1"),
        (GERMAN, "cp1252", "us-ascii"),
        ("Kor\u00e8ma \u20ac", "iso8859-15", "iso-8859-15"),
        ("\u0141\u00f3d\u017a", "iso8859-2", "ISO-8859-2"),
        ("\u0130stanbul", "cp1254", "iso-8859-9"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gbk", "GBK"),
        ("\u8072\u660e", "big5hkscs", "Big5"),
        (KOREAN, "cp949", "euc-kr"),
    ],
)
def test_a_label_is_followed_wherever_it_stands(text: str, codec: str, label: str) -> None:
    assert decode_page(text.encode(codec), f"text/html; charset={label}") == text
    assert decode_page(text.encode(codec), f'text/html;CHARSET="{label}"; x=y') == text
    assert decode_page(page(text, label).encode(codec), None) == page(text, label)
    equiv = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={label}">{text}'
    assert decode_page(equiv.encode(codec), "text/html") == equiv
    declared = f"<?xml version='1.0' encoding='{label}'?><html>{text}</html>"
    assert decode_page(declared.encode(codec), None) == declared


def test_http_goes_before_the_document() -> None:
    assert decode_page(
        page(RUSSIAN, "koi8-r").encode("cp1251"), "text/html; charset=windows-1251"
    ) == (page(RUSSIAN, "koi8-r"))


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_a_byte_order_mark_goes_before_http(mark: bytes, codec: str) -> None:
    assert decode_page(mark + GERMAN.encode(codec), "text/html; charset=koi8-r") == GERMAN


def test_utf_16_without_a_mark_needs_http_to_say_so() -> None:
    assert decode_page(GERMAN.encode("utf-16-le"), "text/html; charset=utf-16") == GERMAN
    assert decode_page(page("x", "utf-16").encode(), None) == page("x", "utf-16")


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "ascii", "nonsense", ""])
def test_utf_8_under_a_servers_western_default_is_utf_8(label: str) -> None:
    assert decode_page(GERMAN.encode(), f"text/html; charset={label}") == GERMAN


def test_a_label_that_the_bytes_contradict_gives_way() -> None:
    content = page(GERMAN, "windows-1252").encode("cp1252")
    assert decode_page(content, "text/html; charset=utf-8") == page(GERMAN, "windows-1252")
    assert decode_page(GERMAN.encode("cp1252"), "text/html; charset=utf-8") == GERMAN


def test_one_bad_byte_does_not_spoil_a_page() -> None:
    content = (RUSSIAN * 50).encode() + b"\xff" + RUSSIAN.encode()
    assert decode_page(content, "text/html; charset=utf-8") == RUSSIAN * 50 + "\ufffd" + RUSSIAN


def test_an_end_cut_within_a_character_is_no_contradiction() -> None:
    assert decode_page(RUSSIAN.encode()[:-1], None) == RUSSIAN[:-1]
    assert decode_page(RUSSIAN.encode()[:-1], "text/html; charset=utf-8") == RUSSIAN[:-1]


def test_without_a_label_it_is_utf_8_or_western() -> None:
    assert decode_page(GERMAN.encode(), None) == GERMAN
    assert decode_page(GERMAN.encode("cp1252"), None) == GERMAN


@pytest.mark.parametrize(
    "label",
    ["utf-7", "UTF7", "hz-gb-2312", "iso-2022-kr", "utf-32", "rot13", "base64", "idna", "zlib"],
)
def test_encodings_that_hide_markup_are_refused(label: str) -> None:
    hidden = b"+ADw-script+AD4- ~{!~} text"
    assert decode_page(hidden, f"text/html; charset={label}") == hidden.decode()
    assert decode_page(page("x", label).encode(), None) == page("x", label)


def test_a_commented_label_does_not_count() -> None:
    content = f'<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">{RUSSIAN}'
    assert decode_page(content.encode("cp1251"), None) == content


LABELS = st.sampled_from(
    ["", "utf-8", "utf-16", "latin1", "gbk", "iso-2022-jp", "koi8-r", "\x00", "'"]
)


@given(st.binary(max_size=200), LABELS, LABELS)
def test_no_bytes_break_the_reader(content: bytes, http: str, meta: str) -> None:
    content = f'<meta charset="{meta}">'.encode() + content
    decode_page(content, f"text/html; charset={http}").encode()
