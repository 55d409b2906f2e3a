"""The citation box and the quote tool, without any script: what is asked, shown and sent.

Not for: the script (``test_quoting.py``), or what importers make of it (``test_importers.py``).
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from archive.cite.forms.every import format_bibliography
from archive.core.digest import format_ni, parse_digest
from archive.datasette_plugin.citations import FORMS
from archive.datasette_plugin.strangers import LONGEST_QUOTE
from archive.workflows.check_quotes import check_quotes
from archive.workflows.cite import Passage, cite_capture
from tests.datasette_plugin.edited import FERRY, QUOTED, SAME, keep_edited
from tests.datasette_plugin.held import Kept, keep_archive
from tests.datasette_plugin.site import Site, has_foreign_script
from tests.datasette_plugin.zotero import import_coins, import_embedded


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An archive that is served, its captures by name, and the id of the ferry's statement."""

    kept: Kept
    site: Site
    names: dict[str, str]
    ferry: str

    def quote(self, words: str, name: str = "nine", **more: str) -> Any:
        """The page of a capture, where these words are quoted."""
        return self.site.visit(f"/capture/{self.names[name]}?{urlencode({'quote': words, **more})}")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with keep_archive(tmp_path_factory.mktemp("quoted"), {}) as kept:
        names = keep_edited(kept)
        with kept.serve() as site:
            page = site.visit(f"/capture/{names['nine']}").text
            found = re.search(r'href="/statement/([0-9a-z]{16})"', page)
            assert found
            yield Shown(kept=kept, site=site, names=names, ferry=found[1])


def read_form(page: Any, name: str) -> str:
    """The citation that the box shows in a form."""
    found = re.search(rf'<code dir="auto" id="as-{name}">(.*?)</code>', page.text, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def read_words(page: Any) -> str:
    """What a reader of the page reads, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def test_every_form_of_a_passage_is_shown_and_sent(shown: Shown) -> None:
    page = shown.quote(QUOTED, style="apa", form="html")
    cited = cite_capture(shown.kept.archive, shown.names["nine"], quote=QUOTED).citation
    for form in FORMS:
        text = read_form(page, form.name)
        link = re.search(rf'href="([^"]*/citation/{form.name}\?[^"]*)"', page.text)
        assert link
        sent = shown.site.visit(html.unescape(link[1]))
        assert sent.status_code == 200
        assert sent.headers["content-disposition"].startswith("attachment")
        assert sent.text.replace("\r\n", "\n").rstrip("\n") == text
        if form.form != "annotation":
            expected = format_bibliography([cited], form.form, form.style or "apa")
            assert text == expected.replace("\r\n", "\n").rstrip("\n")
    assert "(2024, February 20)" in read_form(page, "html")  # in the style that was chosen
    opened = re.findall(r'<details name="citation" open>\s*<summary>([^<]*)', page.text)
    assert opened == ["HTML"]


def test_the_annotation_holds_both_selectors(shown: Shown) -> None:
    told = json.loads(read_form(shown.quote(QUOTED), "annotation"))
    words, place = told["target"]["selector"]
    assert words["exact"] == QUOTED
    assert place["end"] - place["start"] == len(QUOTED)
    bare = shown.site.visit(f"/capture/{shown.names['nine']}")
    assert 'id="as-annotation"' not in bare.text
    lone = shown.site.visit(f"/capture/{shown.names['nine']}/citation/annotation")
    assert lone.status_code == 404


def test_each_later_version_is_judged(shown: Shown) -> None:
    words = read_words(shown.quote(QUOTED))
    names = shown.names
    assert f"version 2, {names['ten']} : altered ; “nine” is now “ten” :" in words
    assert f"{names['gone']} : gone: status 404" in words
    assert f"version 2, {names['back']} : altered" in words
    same = read_words(shown.quote(SAME))
    assert f"version 2, {names['ten']} : unchanged" in same
    assert "No other version has been captured since." in read_words(shown.quote(SAME, name="back"))


def test_a_passage_of_another_version_is_refused_with_the_nearest_and_its_holder(
    shown: Shown,
) -> None:
    page = shown.quote(QUOTED, name="ten")
    words = read_words(page)
    assert "The passage does not stand in this version." in words
    nearest = QUOTED.replace("nine", "ten")
    assert f"The nearest passage of this version: {nearest} Cite that one instead" in words
    assert f"As it was given it stands in capture {shown.names['nine']} ." in words
    assert f'name="quote" value="{nearest}"' in page.text
    link = re.search(r'href="(/capture/[^"]*quote=[^"]*)#cite">capture', page.text)
    assert link
    assert f'<mark id="passage">{QUOTED}</mark>' in shown.site.visit(html.unescape(link[1])).text


def test_of_a_passage_that_stands_often_the_one_that_was_seen_is_cited(shown: Shown) -> None:
    """The first was, whichever a reader had selected."""
    text = shown.site.visit(f"/capture/{shown.names['nine']}").text
    assert text.count(SAME) >= 5
    first = json.loads(read_form(shown.quote(SAME), "annotation"))["target"]["selector"][1]
    start = first["start"] + 3 * (len(SAME) + len(" Notice number 0 hangs there.") + 1)
    page = shown.quote(SAME, near=str(start + 2))
    third = json.loads(read_form(page, "annotation"))["target"]["selector"][1]
    assert abs(third["start"] - start) < 5
    assert "6 times; this one is cited" in read_words(page)
    assert "near=" in re.findall(r'href="([^"]*citation/ris[^"]*)"', page.text)[0]


def test_a_passage_is_quoted_on_the_page_of_its_statement(shown: Shown) -> None:
    path = f"/statement/{shown.ferry}?version=1&quote={quote(QUOTED)}"
    page = shown.site.visit(path)
    assert f'<mark id="passage">{QUOTED}</mark>' in page.text
    assert f"Quotation: “{QUOTED}”" in read_form(page, "chicago")
    assert shown.names["nine"] in read_form(page, "chicago")
    newest = shown.site.visit(f"/statement/{shown.ferry}?quote={quote(QUOTED)}")
    assert "does not stand in this version" in newest.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x" * (LONGEST_QUOTE + 1), "The passage has 5,001 characters"),
        ("…", "the quotation holds no words"),
        ("\x00 \u202e <b>\"'&", "the quotation holds no words"),
    ],
    ids=["too long", "no word", "marks"],
)
def test_what_is_no_passage_is_refused_in_words(shown: Shown, words: str, said: str) -> None:
    for path in (f"/capture/{shown.names['nine']}", f"/statement/{shown.ferry}"):
        page = shown.site.visit(f"{path}?{urlencode({'quote': words})}")
        assert page.status_code == 200
        assert said in read_words(page)
        assert not has_foreign_script(page)
        assert 'class="Z3988"' not in page.text


def test_what_is_asked_never_becomes_markup(shown: Shown) -> None:
    nasty = '"><script>alert(1)</script></textarea><img src=x> the ferry leaves the northern pier'
    for name in ("quote", "near", "style", "form", "version"):
        page = shown.site.visit(f"/statement/{shown.ferry}?{urlencode({name: nasty})}")
        assert page.status_code == 200
        assert not has_foreign_script(page)
        assert "<img" not in page.text


def test_other_versions_are_looked_at_within_bounds(shown: Shown) -> None:
    passage = Passage(words=QUOTED, letters=10)
    found = cite_capture(shown.kept.archive, shown.names["nine"], quote=passage)
    assert [item.is_left_out for item in found.later] == [True, False, True]
    passage = Passage(words=QUOTED, letters=1_000)  # one text: the newest is looked at first
    found = cite_capture(shown.kept.archive, shown.names["nine"], quote=passage)
    assert [item.is_left_out for item in found.later] == [True, False, False]


def test_importers_find_what_the_page_says(shown: Shown) -> None:
    for path in (f"/statement/{shown.ferry}", f"/capture/{shown.names['back']}"):
        page = shown.site.visit(path).text
        (first,) = import_coins(page)
        for item in (first, import_embedded(page)):
            assert item.kind == "webpage"
            assert item.fields["title"] == "New timetable of the ferry"
            assert item.creators == [("Lindqvist", "Ida")]
            assert item.fields["date"].replace("/", "-") == "2024-02-20"
            assert item.fields["url"].endswith(f"/capture/{shown.names['back']}")
        assert first.fields["publicationTitle"] == "Harbour Office of Norrvik"
        assert shown.kept.url(FERRY) in first.fields["abstractNote"]


@pytest.mark.parametrize("form", ["chicago", "markdown", "bibtex", "ris", "csl-json"])
def test_what_is_copied_from_the_box_is_checked_green(
    shown: Shown, tmp_path: Path, form: str
) -> None:
    ends = {"chicago": "md", "markdown": "md", "bibtex": "bib", "ris": "ris", "csl-json": "json"}
    path = tmp_path / f"copied.{ends[form]}"
    path.write_text(read_form(shown.quote(QUOTED), form))
    found = list(check_quotes(shown.kept.archive, [path], cited_only=True))
    assert not [one for one in found if one.is_finding]
    assert [one.quote for one in found if one.verdict == "stands"] == [QUOTED]


def test_identifiers_of_citations_led_nowhere_on_the_site(shown: Shown) -> None:
    capture = shown.names["nine"]
    citation = cite_capture(shown.kept.archive, capture).citation
    assert citation.payload is not None
    ni = format_ni(parse_digest(str(citation.payload)))
    for path in (
        f"/resolve/{citation.record}",
        f"/resolve/urn:archive:capture:{capture}",
        f"/resolve/https://elsewhere.example/replay/{capture}",
        f"/resolve/{quote(ni)}",
        f"/.well-known/ni/sha-256/{ni.partition(';')[2]}",
    ):
        answer = shown.site.visit(path)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/capture/{capture}"), (
            path
        )
    for path in ("/resolve/nothing%00", "/ark:99999/x", "/.well-known/ni/sha-256/x", "/ark:"):
        assert shown.site.visit(path).status_code == 404, path
    foreign = shown.site.visit(f"/ark:/99999/{capture}")
    assert foreign.status_code == 404
    assert "naming authority" in foreign.text
