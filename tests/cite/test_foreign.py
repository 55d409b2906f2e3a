"""Other people's readers judge what we write: pandoc, biber, rispy, PyLD; fields survive.

Not for: the words themselves (``tests/cite/test_golden.py``).
"""

import html.parser
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rispy
from pyld import jsonld

from archive.cite.forms.every import format_bibliography
from archive.cite.forms.whole import describe_quotation
from archive.cite.keys import make_key
from archive.core.citation import Body, Citation
from tests.cite.odd import ODD
from tests.cite.statements import STATEMENTS, make_citation, name_all
from tests.support.programs import program

ALL = list(STATEMENTS.values())
HOSTILE = (
    "}} |url=https://evil.example {{", "\\end{document} \\input{x}", 'say "no" and ‘yes’',
    "line\nER  - \nTY  - BOOK", "line\r\n\r\n@article{x,title={y}}", "<script>alert(1)</script>",
    "</a><img src=x onerror=y>", "\u202egnihtyna\u202c \u2066x",
    "=HYPERLINK(1) +1 @x",
    "a & b % c # d",
    "[x](javascript:y) *z* `w` ~~v~~", "--> <!-- x", "$x_1^2$ ~ é ı ß", "'''bold''' ~~~~ __TOC__",
    "{", "}", "\\", "“one’", "and others", "Smith, and, Jr.", "A\x00B\x1b[31mC\x7f\x9b",
    "https://x.example/?a={b}|c", "<!--", "title = {x},", "\u2028x\u2029y",
)  # fmt: skip


def run(*command: str, text: str) -> str:
    done = subprocess.run(
        [program(command[0]), *command[1:]],
        input=text, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout


def write(form: str, citations: list[Citation]) -> str:
    return format_bibliography(citations, form, "chicago")


def bare(title: str) -> str:
    """A title as pandoc gives it back: its own typography apart."""
    marks = str.maketrans("“”‘’„\u00a0", '""\'\'" ')
    return re.sub(r"</?span[^>]*>|\W", "", title.translate(marks))


@pytest.mark.foreign
@pytest.mark.parametrize("form", ["biblatex", "bibtex"])
def test_pandoc_reads_every_entry_and_keeps_its_fields(form: str) -> None:
    items = json.loads(run("pandoc", "-f", form, "-t", "csljson", text=write(form, ALL)))
    by_key = {item["id"]: item for item in items}
    assert set(by_key) == {make_key(citation) for citation in ALL}
    for citation in ALL:
        item = by_key[make_key(citation)]
        assert item["URL"] == citation.url
        assert bare(item["title"]) == bare(citation.title or "[untitled page at harbour.example]")
        assert len(item.get("author", ())) == len(citation.authors)
        for author, said in zip(citation.authors, item.get("author", ()), strict=True):
            whole = "".join(said.values())
            name = author.name if isinstance(author, Body) else author.family + author.given
            assert set(bare(name)) <= set(bare(whole)), (author, said)
    dates = {
        name: by_key[make_key(STATEMENTS[name])].get("issued", {}).get("date-parts")
        for name in ("plain-case", "between", "particles")
    }
    year_only = form == "bibtex"
    assert dates["between"] == ([[2024]] if year_only else [[2024, 3, 6], [2024, 3, 13]])
    assert dates["plain-case"] == ([[2026, 11]] if year_only else [[2026, 11, 2]])


@pytest.mark.foreign
@pytest.mark.parametrize(("form", "source"), [("csl-json", "csljson"), ("biblatex", "biblatex")])
def test_pandoc_sets_a_bibliography_of_every_citation(form: str, source: str) -> None:
    text = run("pandoc", "--citeproc", "-f", source, "-t", "plain", text=write(form, ALL))
    flat = re.sub(r"\s", "", text)
    for citation in ALL:
        assert citation.url in flat
    assert "الحربي" in flat
    assert "欧阳" in flat


@pytest.mark.foreign
def test_pandoc_keeps_every_field_of_csl_json() -> None:
    written = json.loads(write("csl-json", ALL))
    read = json.loads(run("pandoc", "-f", "csljson", "-t", "csljson", text=json.dumps(written)))
    by_key = {item["id"]: item for item in read}
    for item in written:
        other = by_key[item["id"]]
        for name in ("type", "URL", "archive", "archive_location", "accessed", "version"):
            assert other.get(name) == item.get(name), name
        assert bare(other["title"]) == bare(item["title"])
        if "date-parts" in item.get("issued", {}):
            assert other["issued"]["date-parts"] == item["issued"]["date-parts"]


@pytest.mark.foreign
@pytest.mark.parametrize("of", ["statements", "hostile", "odd"])
def test_biber_finds_nothing_wrong(of: str, tmp_path: Path) -> None:
    chosen = {"statements": ALL, "hostile": make_hostile(), "odd": list(ODD.values())}[of]
    (tmp_path / "x.bib").write_text(write("biblatex", chosen), "utf-8")
    done = subprocess.run(
        [program("biber"), "--tool", "--validate-datamodel", "--nolog", "x.bib"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "WARN" not in done.stdout, done.stdout
    assert "ERROR" not in done.stdout, done.stdout
    kept = (tmp_path / "x_bibertool.bib").read_text("utf-8")
    assert len(re.findall(r"^@ONLINE\{", kept, re.MULTILINE)) == len(chosen)
    assert len(re.findall(r"^\s*@", kept, re.MULTILINE)) == len(chosen)


@pytest.mark.foreign
def test_rispy_reads_every_reference() -> None:
    read = rispy.loads(write("ris", ALL))
    assert len(read) == len(ALL)
    for citation, item in zip(ALL, read, strict=True):
        assert item["urls"] == [citation.url]
        assert item["accession_number"] == citation.archived
        assert item["name_of_database"] == citation.archive
        assert len(item.get("authors", [])) == len(citation.authors)
        assert item["access_date"] == "2026/11/22/"
        assert any(citation.capture in note for note in item["notes"])


def load_nothing(url: str, options: dict[str, Any]) -> dict[str, Any]:
    """The contexts that our documents name, as far as they go; nothing is fetched."""
    contexts: dict[str, dict[str, Any]] = {
        "https://schema.org": {"@vocab": "https://schema.org/"},
        "http://www.w3.org/ns/anno.jsonld": {
            "@vocab": "http://www.w3.org/ns/oa#", "id": "@id", "type": "@type",
            "source": {"@id": "oa:hasSource", "@type": "@id"}, "oa": "http://www.w3.org/ns/oa#",
        },
    }  # fmt: skip
    return {
        "contentType": "application/ld+json", "contextUrl": None, "documentUrl": url,
        "document": {"@context": contexts[url.rstrip("/")]},
    }  # fmt: skip


@pytest.mark.foreign
def test_pyld_reads_schema_org_and_the_annotation() -> None:
    options = {"documentLoader": load_nothing}
    for citation, item in zip(ALL, json.loads(write("schema-org", ALL)), strict=True):
        (node,) = jsonld.expand(item, options)
        assert node["@type"] == ["https://schema.org/WebPage"]
        assert node["https://schema.org/archivedAt"] == [{"@value": citation.archived}]
        named = node.get("https://schema.org/author", [])
        assert len(named) == len(citation.authors)
        assert len(node["https://schema.org/identifier"]) >= 2
    quoted = STATEMENTS["quoted"]
    assert quoted.quotation is not None
    (node,) = jsonld.expand(describe_quotation(quoted, quoted.quotation), options)
    (target,) = node["http://www.w3.org/ns/oa#target"]
    selectors = target["http://www.w3.org/ns/oa#selector"]
    assert [item["@type"][0].rpartition("#")[2] for item in selectors] == [
        "TextQuoteSelector",
        "TextPositionSelector",
    ]


# --- injection ------------------------------------------------------------------------------------


def make_hostile() -> list[Citation]:
    """Each hostile text as title, author, publisher, archive and address at once."""
    return [
        make_citation(
            100 + place, title=text, authors=name_all(text, f"Ida {text}"), publisher=text,
            original=f"{text} first", archive=text, language=text,
            url=f"https://harbour.example/{text}",
        )
        for place, text in enumerate(HOSTILE)
    ]  # fmt: skip


PLAIN = make_citation(
    1, authors=name_all("Ida Lindqvist", "Bo Ek"), original="First", language="en"
)


@pytest.mark.parametrize("citation", make_hostile(), ids=range(len(HOSTILE)))
def test_no_form_gains_a_field(citation: Citation) -> None:
    ris = rispy.loads(write("ris", [citation]))
    assert len(ris) == 1
    assert set(ris[0]) <= set(rispy.loads(write("ris", [PLAIN]))[0]) | {"unknown_tag"}
    assert "unknown_tag" not in ris[0]
    assert write("ris", [citation]).count("\r\n") == write("ris", [PLAIN]).count("\r\n")
    wiki = write("wikipedia", [citation])
    assert wiki.count("{{") == wiki.count("}}") == 1
    assert wiki.count("\n") == 1
    names = set(re.findall(r"\|([a-z0-9-]+)=", wiki))
    assert names <= {
        *(
            "title",
            "website",
            "publisher",
            "via",
            "agency",
            "date",
            "language",
            "url",
            "archive-url",
        ),
        *("archive-date", "url-status", "last1", "first1", "last2", "first2", "author1", "author2"),
    }
    assert wiki.count("<!--") == wiki.count("-->") == 1
    for form in ("html", "robust-link"):
        seen = read_elements(write(form, [citation]))
        assert seen == read_elements(write(form, [PLAIN]))
    for form in ("csl-json", "schema-org", "datacite"):
        (item,) = json.loads(write(form, [citation]))
        (plain,) = json.loads(write(form, [PLAIN]))
        assert set(item) <= set(plain)
    for form in ("text", "markdown", "bibtex", "biblatex", "ris", "csl-json", "wikipedia"):
        text = write(form, [citation])
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", text)
        assert text.count("\u2068") == text.count("\u2069")
    assert len(write("markdown", [citation]).strip().splitlines()) == 1


class Elements(html.parser.HTMLParser):
    """The elements of a page, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, *(name for name, _ in attrs)))


def read_elements(text: str) -> list[tuple[str, ...]]:
    parser = Elements()
    parser.feed(text)
    return [item for item in parser.seen if item != ("bdi",)]


@pytest.mark.foreign
@pytest.mark.parametrize("form", ["biblatex", "bibtex"])
def test_hostile_words_stay_in_their_field(form: str) -> None:
    hostile = make_hostile()
    items = json.loads(run("pandoc", "-f", form, "-t", "csljson", text=write(form, hostile)))
    assert len(items) == len(hostile)
    by_key = {item["id"]: item for item in items}
    for citation in hostile:
        item = by_key[make_key(citation)]
        assert set(bare(citation.title or "")) - set("\x1b") <= set(bare(item["title"])), item
        assert len(item["author"]) == 2, item["author"]


@pytest.mark.foreign
def test_hostile_markdown_is_words_and_two_links() -> None:
    for citation in make_hostile():
        tree = json.loads(run("pandoc", "-f", "markdown", "-t", "json", text=write("markdown", [citation])))  # noqa: E501  # fmt: skip
        (block,) = tree["blocks"]
        assert block["t"] == "Para"
        kinds = [inline["t"] for inline in block["c"]]
        assert kinds.count("Link") == 2
        assert set(kinds) <= {"Str", "Space", "Quoted", "Link", "SoftBreak"}, citation.title
