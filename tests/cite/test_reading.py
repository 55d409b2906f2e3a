"""Citations in manuscripts and bibliographies: identifiers, and the quotations bound to them.

Not for: whether they stand (``tests/workflows/test_cite.py``).
"""

import time
from dataclasses import replace

import pytest

from archive.cite.forms.every import format_bibliography
from archive.cite.manuscript import READERS, read_bibtex, read_markdown, read_ris
from archive.cite.reading import Mention, read_mentions
from archive.core.citation import Citation
from tests.cite.statements import STATEMENTS

ID, OTHER = "kx0aess6mwg99vfd", "gtj2exbt67sdnkcy"
HERE = f"https://archive.example/capture/{ID}"
UUID = "urn:uuid:00000000-0000-4000-8000-000000000001"
NI = "ni:///sha-256;" + "A_b-" * 10 + "xyz"


def read(text: str) -> list[tuple[str, str | None]]:
    return [(item.identifier, item.quote) for item in read_mentions(list(read_markdown(text)))]


MANUSCRIPTS: list[tuple[str, list[tuple[str, str | None]]]] = [
    (f"See {HERE}.", [(HERE, None)]),
    (f"See {HERE}, {UUID} and {NI}.", [(HERE, None), (UUID, None), (NI, None)]),
    (f"“it is so now” ({HERE})", [(HERE, "it is so now")]),
    (f'"it is so now" ({HERE})', [(HERE, "it is so now")]),
    (f"„it is so now“ and «it was so then» [@ek-2026-{ID}]",
     [(ID, "it is so now"), (ID, "it was so then")]),
    (f"“it is so now” {UUID}, “it was so then” {HERE}",
     [(UUID, "it is so now"), (HERE, "it was so then")]),
    (f"“so now” {HERE}", [(HERE, None)]),  # two words are a term
    (f"“it is so now”\n\n{HERE}", [(HERE, None)]),  # another paragraph
    (f"> it is so\n> now\n\n{HERE}", [(HERE, "it is so now")]),
    (f"> it is so now — Ek, {HERE}", [(HERE, "it is so now")]),
    (f"> it is so now\n\n> and so\n\n> {HERE}", [(HERE, "it is so now"), (HERE, "and so")]),
    (f"> it is so now\n\nA paragraph.\n\n{HERE}", [(HERE, None)]),
    (f"“it is so now”[^1]\n\n[^1]: Ek, {HERE}.", [(HERE, "it is so now")]),
    (f"No quotation.\n\n[^1]: Ek, {HERE}.", [(HERE, None)]),
    (f"“it *is* so \\[now\\]” {HERE}", [(HERE, "it is so [now]")]),
    (f"“现在是这样的” {HERE}", [(HERE, "现在是这样的")]),
    # in the marks of several languages
    (f"‘it is so now’ {HERE}", [(HERE, "it is so now")]),
    (f"'it is so now' {HERE}", [(HERE, "it is so now")]),
    (f"‘the boats’ owners don’t know’ {HERE}", [(HERE, "the boats’ owners don’t know")]),
    (f"‘it is “so” now’ {HERE}", [(HERE, "it is “so” now")]),
    (f"“it is ‘so’ now” {HERE}", [(HERE, "it is ‘so’ now")]),
    (f"‘nine of the departures’ are left {HERE}", [(HERE, "nine of the departures")]),
    (f"In the ‘80s “it was so then” {HERE}", [(HERE, "it was so then")]),
    (f'A 5" pipe, "it is so now" {HERE}', [(HERE, "it is so now")]),
    (f"”det är så nu” {HERE}", [(HERE, "det är så nu")]),
    (f"»so ist es nun« {HERE}", [(HERE, "so ist es nun")]),
    (f"„so ist ‚es‘ nun“ {HERE}", [(HERE, "so ist ‚es‘ nun")]),
    (f"„így van ez most” {HERE}", [(HERE, "így van ez most")]),
    (f"「现在是这样的」 {HERE}", [(HERE, "现在是这样的")]),
    (f"说‘现在是这样的’ {HERE}", [(HERE, "现在是这样的")]),
    (f"``it is so now'' {HERE}", [(HERE, "it is so now")]),
    (f"&ldquo;it is so now&rdquo; {HERE}", [(HERE, "it is so now")]),
    (f"“it <b>is</b> _so_ now” {HERE}", [(HERE, "it is so now")]),
    (f"“[it] is so now” {HERE}", [(HERE, "[it] is so now")]),
    # whose identifier stands before them
    (f"The [Office]({HERE}) says “it is so now”.", [(HERE, "it is so now")]),
    (f"The Office says[^1] “it is so now”.\n\n[^1]: {HERE}", [(HERE, "it is so now")]),
    (f"The [Office]({HERE}) says “it is so.” [Ek]({UUID}) says “it was so.”",
     [(HERE, "it is so."), (UUID, "it was so.")]),
    (f"“It is so now.” Ek said more. He {HERE}", [(HERE, "It is so now.")]),
    (f"The [Office][o] says “it is so now”.\n\n[o]: {HERE}",
     [(HERE, "it is so now"), (HERE, None)]),
    # over paragraphs
    (f"“it is so now\n\n“and it was so” {HERE}", [(HERE, "it is so now"), (HERE, "and it was so")]),
    (f"“it is so now\n\nand it was so {HERE}", [(HERE, None)]),
    (f"“it is so now” {HERE.replace('capture', 'replay')}/frame",
     [(HERE.replace("capture", "replay"), "it is so now")]),
    ("“it is so now” https://elsewhere.example/capture/", []),
    (f"x{ID} {ID}", []),  # an id alone is a word like others
    (f"Quotation: “it “is” so” [characters 3–12 of urn:archive:text:{ID}]", [(ID, "it “is” so")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), MANUSCRIPTS)
def test_what_a_manuscript_cites(text: str, found: list[tuple[str, str | None]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize("form", ["bibtex", "biblatex", "ris", "csl-json"])
def test_every_entry_of_ours_is_found_with_its_quotation(form: str) -> None:
    ends = {"bibtex": ".bib", "biblatex": ".bib", "ris": ".ris", "csl-json": ".json"}
    text = format_bibliography(list(STATEMENTS.values()), form, "chicago")
    found = list(read_mentions(list(READERS[ends[form]](text))))
    captures = [citation.capture for citation in STATEMENTS.values()]
    assert [item.identifier[-16:] for item in found] == captures
    (quoted,) = (item for item in found if item.quote is not None)
    assert (quoted.quote, quoted.start, quoted.end) == ("nine departures", 14, 29)


HOSTILE_QUOTES = [
    "a {brace} and \\backslash", 'say "yes" “no”', "50 % & more #1 _x_ ~y^", "ER  - \nTY  - x",
    "—–-",
    "*bold* [link](x) <b>", "” [characters 1", "a, b and c",
]  # fmt: skip


@pytest.mark.parametrize("quote", HOSTILE_QUOTES)
@pytest.mark.parametrize("form", ["bibtex", "biblatex", "ris", "csl-json", "markdown", "text"])
def test_a_quotation_of_any_marks_comes_back_from_every_form(form: str, quote: str) -> None:
    ends = {"bibtex": ".bib", "biblatex": ".bib", "ris": ".ris", "csl-json": ".json",
            "text": ".txt"}  # fmt: skip
    base = STATEMENTS["quoted"]
    assert base.quotation is not None
    citation: Citation = replace(base, quotation=replace(base.quotation, exact=quote))
    text = format_bibliography([citation], form, "apa")
    found: list[Mention] = list(read_mentions(list(READERS[ends.get(form, ".md")](text))))
    told = [item for item in found if item.start is not None]
    assert [" ".join((item.quote or "").split()) for item in told] == [" ".join(quote.split())]


HOSTILE = {
    "quotation marks": "“" * 200_000,
    "all marks": "‘“„«»'\"‚‹「『``''" * 20_000 + HERE,
    "single marks": "‘boats’ x " * 20_000 + HERE,
    "unclosed paragraphs": "“it is so now\n\n" * 20_000 + HERE,
    "sentences": f"“A b c.” {HERE}. " * 5_000,
    "emphasis": "_a" * 100_000 + "<a " * 50_000,
    "straight marks": '"' * 200_000 + HERE,
    "openings": "Quotation: “" * 50_000,
    "places": "Quotation: “x” [characters 1" * 20_000,
    "keys": "a-2026-" * 50_000,
    "addresses": "https://x/capture/" * 30_000,
    "spaces": " " * 300_000,
    "lines of spaces": "  \n" * 100_000,
    "braces": "{" * 200_000,
    "entries": "@a{" * 100_000,
    "notes": "[^1]: [^1] " * 50_000,
    "digits": "1" * 300_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_costs_no_more_than_its_length(kind: str) -> None:
    began = time.process_time()
    for reader in (read_markdown, read_bibtex, read_ris):
        list(read_mentions(list(reader(HOSTILE[kind]))))
    assert time.process_time() - began < 10
