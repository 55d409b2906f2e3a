"""Word files: pandoc makes them, we read what they cite; files that lie are refused.

Not for: what is cited (``tests/cite/test_reading.py``).
"""

import subprocess
import zipfile
from pathlib import Path

import pytest

from archive.cite.manuscript import read_markdown
from archive.cite.reading import read_mentions
from archive.errors import InputError
from archive.interchange.docx import read_docx
from tests.support.programs import program

ID = "kx0aess6mwg99vfd"
HERE = f"https://archive.example/capture/{ID}"
MANUSCRIPT = f"""\
# Ferries

The office says: “nine departures *a day* in each direction”[^1].

> There will be nine departures.
>
> [The capture]({HERE})

It says “it is 5 * 3 \\\\ so” at [this place]({HERE}), too.

[^1]: Lindqvist, capture {ID}.
"""


@pytest.mark.foreign
def test_what_a_word_file_cites(tmp_path: Path) -> None:
    path = tmp_path / "paper.docx"
    subprocess.run(
        [program("pandoc"), "-f", "markdown", "-o", str(path)],
        input=MANUSCRIPT, text=True, check=True, timeout=60,
    )  # fmt: skip
    found = [
        (item.identifier, item.quote)
        for item in read_mentions(list(read_markdown(read_docx(path))))
    ]
    assert found == [
        (ID, "nine departures a day in each direction"),
        (HERE, "There will be nine departures."),
        (HERE, "it is 5 * 3 \\ so"),
    ]


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
LINKED = {
    "word/document.xml": f"""<w:document {W}><w:p><w:r><w:t>“the per</w:t><w:noBreakHyphen/>
        <w:t>haps of it” </w:t><w:footnoteReference w:id="2"/></w:r></w:p>
        <w:p><w:r><w:t>“it is so now” (</w:t>
        <w:fldChar w:fldCharType="begin"/><w:instrText> HYPERLINK "{HERE[:30]}</w:instrText>
        <w:instrText>{HERE[30:]}" </w:instrText><w:fldChar w:fldCharType="separate"/>
        <w:t>archived</w:t><w:fldChar w:fldCharType="end"/><w:t>)</w:t></w:r></w:p></w:document>""",
    "word/footnotes.xml": f"""<w:footnotes {W} {R}><w:footnote w:id="2"><w:p>
        <w:hyperlink r:id="r1"><w:r><w:t>archived</w:t></w:r></w:hyperlink></w:p></w:footnote>
        </w:footnotes>""",
    "word/_rels/footnotes.xml.rels": f"""<Relationships
        xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Target="{HERE}"/></Relationships>""",
}


def test_links_of_footnotes_and_of_fields_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w") as package:
        for name, text in LINKED.items():
            package.writestr(name, text)
    found = [
        (item.identifier, " ".join((item.quote or "").split()))
        for item in read_mentions(list(read_markdown(read_docx(path))))
    ]
    assert found == [(HERE, "the per-haps of it"), (HERE, "it is so now")]


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
BAD: dict[str, dict[str, str]] = {
    "no document": {"word/other.xml": "<x/>"},
    "entities": {"word/document.xml": f"{LAUGHS}<w:t {W}>&b;</w:t>"},
    "external entity": {"word/document.xml": f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:t {W}/>'},
    "broken": {"word/document.xml": f"<w:t {W}>"},
    "empty": {"word/document.xml": ""},
    "a bomb": {"word/document.xml": " " * ((32 << 20) + 1)},
}


@pytest.mark.parametrize("kind", BAD)
def test_a_word_file_that_lies_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in BAD[kind].items():
            package.writestr(name, text)
    with pytest.raises(InputError, match="no Word file"):
        read_docx(path)


def test_a_torn_word_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", f"<w:p {W}><w:r><w:t>so</w:t></w:r></w:p>" * 50)
    whole = path.read_bytes()
    for place in range(30, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read_docx(path)
        except InputError:
            continue
    path.write_bytes(whole[:40])
    with pytest.raises(InputError):
        read_docx(path)
