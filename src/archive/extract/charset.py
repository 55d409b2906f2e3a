"""Which characters the bytes of a page stand for.

Follows the Encoding and HTML standards of the WHATWG (labels; byte order mark, then HTTP,
then the document), with four rules of our own:

1. A label whose encoding the bytes contradict gives way to the next one.
2. A Western single-byte label gives way where the bytes are valid UTF-8 beyond ASCII: that
   is a server's default, and by chance it hardly ever happens.
3. Without a label that fits: UTF-8 if valid, else windows-1252.
4. Encodings that hide ASCII (UTF-7, ISO-2022-KR, HZ) are refused, like unknown labels.

Nothing is guessed from the language.  Not for: parsing what was decoded (`archive.extract.page`).
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PRESCAN = 4096  # bytes; the standard says 1024, real pages are later
_WESTERN = "cp1252"

# Python's codec by WHATWG label; where the two differ, browsers are followed.
_ENCODINGS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1"
    " latin-1 l1 ascii us-ascii ansi_x3.4-1968 cp819 ibm819 iso-ir-100 csisolatin1",
    "iso8859-2": "iso-8859-2 iso8859-2 iso_8859-2 iso88592 latin2 l2 csisolatin2",
    "iso8859-3": "iso-8859-3 iso8859-3 iso_8859-3 latin3 l3",
    "iso8859-4": "iso-8859-4 iso8859-4 iso_8859-4 latin4 l4",
    "iso8859-5": "iso-8859-5 iso8859-5 iso_8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso_8859-6 arabic asmo-708",
    "iso8859-7": "iso-8859-7 iso8859-7 iso_8859-7 greek greek8",
    "iso8859-8": "iso-8859-8 iso8859-8 iso_8859-8 hebrew visual iso-8859-8-i logical",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6 l6",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 iso_8859-15 latin-9 latin9 l9",
    "iso8859-16": "iso-8859-16",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1253": "windows-1253 cp1253 x-cp1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5",
    "cp1255": "windows-1255 cp1255 x-cp1255",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "cp1257": "windows-1257 cp1257 x-cp1257",
    "cp1258": "windows-1258 cp1258 x-cp1258",
    "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 tis-620",
    "cp866": "ibm866 cp866 866 csibm866",
    "koi8-r": "koi8-r koi koi8 koi8_r cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman csmacintosh",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 iso-ir-58",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis",
    "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
    "iso2022_jp": "iso-2022-jp csiso2022jp",
    "cp949": "euc-kr cseuckr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "utf-16-le": "utf-16 utf-16le unicode ucs-2 csunicode unicodefeff iso-10646-ucs-2",
    "utf-16-be": "utf-16be unicodefffe",
}  # fmt: skip
_CODECS = {label: codec for codec, labels in _ENCODINGS.items() for label in labels.split()}

_HTTP = re.compile(r";\s*charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([^\s\"'/>;]{1,40})", re.IGNORECASE
)
_XML = re.compile(
    rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([^\"'\s]{1,40})[\"']", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def decode_page(content: bytes, content_type: str | None) -> str:
    """Return the text of ``content``; bytes that stand for nothing become U+FFFD."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, "replace")
    utf8 = _decode_strictly(content, "utf-8")
    labelled = [codec for codec in _find_labels(content, content_type) if codec]
    for codec in labelled:
        if codec == _WESTERN and utf8 is not None:
            return utf8
        text = utf8 if codec == "utf-8" else _decode_strictly(content, codec)
        if text is not None:
            return text
    if utf8 is not None:
        return utf8
    return _decode_badly(content, labelled[0] if labelled else _WESTERN)


def _find_labels(content: bytes, content_type: str | None) -> list[str | None]:
    """Return the codecs that HTTP, a meta element and an XML declaration name, in this order."""
    codecs_named: list[str | None] = []
    if match := _HTTP.search(content_type or ""):
        codecs_named.append(_CODECS.get(match.group(1).lower()))
    start = content[:_PRESCAN]
    for found in (_META.search(_COMMENT.sub(b"", start)), _XML.match(start)):
        if found:
            codec = _CODECS.get(found.group(1).decode("ascii", "replace").lower())
            # What could be read as ASCII to find the label is not UTF-16 (HTML standard, 13.2.3.2).
            codecs_named.append("utf-8" if codec and codec.startswith("utf-16") else codec)
    return codecs_named


def _decode_strictly(content: bytes, codec: str) -> str | None:
    """Return the text, or None where the bytes are not of this encoding; the end may be cut."""
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(content, final=False)
    except UnicodeDecodeError:
        return None


def _decode_badly(content: bytes, codec: str) -> str:
    """Decode bytes that no label fits: as ``codec`` with gaps, unless the gaps prevail."""
    text = content.decode(codec, "replace")
    gaps = text.count("\ufffd")
    if codec == _WESTERN or gaps * 2 <= sum(letter > "\x7f" for letter in text):
        return text
    return content.decode(_WESTERN, "replace")
