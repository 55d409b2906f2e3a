"""Citing and quoting from a real archive: what a page said, changed, moved and lost.

Not for: the forms of citations (``tests/cite``), or the verbs (``tests/cli/test_cite.py``).
"""

import gzip
import os
import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.cite.forms.every import FORMATS, format_bibliography
from archive.core.citation import Citation, CitedVersion
from archive.core.curation import parse_assertions
from archive.core.digest import format_ni
from archive.core.text import fold_quote
from archive.errors import InputError, UndecidableError
from archive.index.database import Index
from archive.index.sightings import find_quality
from archive.workflows.capture import CaptureResult, CaptureRun
from archive.workflows.check_quotes import check_quotes
from archive.workflows.cite import cite_capture
from archive.workflows.curate import assert_fields
from archive.workflows.history import read_history
from archive.workflows.opening import Archive, open_index
from archive.workflows.resolve import resolve
from archive.workflows.settings import AuthoritySettings, CitationSettings
from archive.workflows.timestamp import stamp_checkpoint
from archive.workflows.withdraw import plan_withdrawal, withdraw_capture
from tests.support.archives import (
    capture_all,
    make_archive,
    make_transport,
    make_world,
    write_to,
)
from tests.support.clock import Clock, make_clock
from tests.support.raw_server import RawServer, answer_page, serve_raw
from tests.support.timestamp_authority import make_authority, serve_authority

HTML = ("Content-Type: text/html; charset=utf-8",)
READ = CaptureRun(batch=None, read=True, wait=True)
SERVED = CitationSettings(
    base_url="https://archive.example/", archive="Press Archive", naan="12345"
)

OPENING = "The harbour office has published the timetable for the winter season."
PASSAGE = "There will be nine departures a day in each direction, weather permitting."
CLOSING = "Tickets are sold on board and at the old quay, as in the years before."
ALTERED = PASSAGE.replace("nine", "seven")
FERRY = (OPENING, PASSAGE, CLOSING)


def make_page(*paragraphs: str, title: str = "Ferry timetable for the winter") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        '<meta property="og:site_name" content="Harbour Office of Norrvik">'
        '<meta property="article:published_time" content="2024-02-05T09:00:00+01:00">'
        f'<meta name="author" content="Ida Lindqvist"></head><body><article><h1>{title}</h1>{body}'
        "</article></body></html>"
    ).encode()


@dataclass(slots=True, kw_only=True)
class Site:
    """A page that is edited between captures."""

    archive: Archive
    server: RawServer
    page: list[bytes]
    clock: Clock

    @property
    def url(self) -> str:
        return self.server.url("/ferry")

    def capture(self, *paragraphs: str) -> str:
        """Publish these paragraphs, capture the page, and return the capture's id."""
        self.page[0] = answer_page(make_page(*paragraphs), fields=HTML)
        return self.visit(self.url).last.id

    def capture_status(self, status: str) -> str:
        self.page[0] = answer_page(b"gone", status=status, fields=HTML)
        return self.visit(self.url).last.id

    def visit(self, url: str) -> CaptureResult:
        world = make_world(clock=self.clock, seed=os.urandom(8).hex())
        return capture_all(self.archive, [url], run=READ, world=world)[-1]


@contextmanager
def edit_site(root: Path) -> Iterator[Site]:
    base = make_archive(root)
    archive = replace(base, settings=replace(base.settings, citation=SERVED))
    page = [b""]

    def answer(request: bytes) -> bytes | None:
        return None if b"robots.txt" in request else page[0]

    with serve_raw(answer) as server:
        yield Site(archive=archive, server=server, page=page, clock=make_clock())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with edit_site(tmp_path / "archive") as found:
        yield found


@pytest.fixture(scope="module")
def site_of_ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    with edit_site(tmp_path_factory.mktemp("ferry") / "archive") as found:
        yield found, found.capture(*FERRY)


def test_a_citation_says_what_the_archive_knows(site: Site) -> None:
    capture = site.capture(*FERRY)
    citation = cite_capture(site.archive, capture).citation
    assert citation.capture == capture
    assert citation.title == "Ferry timetable for the winter"
    assert [author.family for author in citation.authors] == ["Lindqvist"]  # type: ignore[union-attr]
    assert citation.publisher == "Harbour Office of Norrvik"
    assert citation.published == "2024-02-05T09:00:00+01:00"
    assert citation.archived == f"https://archive.example/capture/{capture}"
    assert citation.ark == f"ark:12345/{capture}"
    assert citation.status == "live"
    assert (citation.version.number, citation.version.count) == (1, 1)  # type: ignore[union-attr]
    assert citation.held is not None
    assert citation.held.leaf < citation.held.size
    assert citation.held.testimonies == ()
    text = format_bibliography([citation], "text", "chicago")
    assert "by the archive's own log, and nobody else's word yet" in text.lower()
    assert "that the publisher served them to others is not proved" in text


def test_versions_and_the_state_of_the_address(site: Site) -> None:
    first = site.capture(*FERRY)
    second = site.capture(OPENING, ALTERED, CLOSING)
    third = site.capture(*FERRY)
    numbers = [cite_capture(site.archive, name).citation.version for name in (first, second, third)]
    assert [(one.number, one.count) for one in numbers if one] == [(1, 3), (2, 3), (3, 3)]
    assert cite_capture(site.archive, first).citation.status == "live"
    assert cite_capture(site.archive, second).citation.status == "deviated"
    gone = site.capture_status("404 Not Found")
    assert cite_capture(site.archive, first).citation.status == "dead"
    cited = cite_capture(site.archive, site.url)
    assert cited.citation.capture == third
    assert gone in cited.remarks[0]
    with pytest.raises(InputError, match="does not show a page") as refused:
        cite_capture(site.archive, gone)
    assert third in refused.value.remedy
    site.capture_status("503 Service Unavailable")
    assert cite_capture(site.archive, first).citation.status == "dead"  # it tells nothing new
    site.capture(*FERRY)
    assert cite_capture(site.archive, first).citation.status == "live"
    agree_with_history(site, first)


def agree_with_history(site: Site, capture: str) -> None:
    """Citing and the tables of the index tell the same of versions and absences."""
    history = read_history(site.archive, capture)
    for row in history["captures"]:
        if row["version"] is not None:
            cited = cite_capture(site.archive, row["id"]).citation.version
            assert cited == CitedVersion(number=row["version"], count=len(history["versions"]))
    told = {"present": ("live", "deviated"), "gone": ("dead",), "moved": ("dead",)}
    status = cite_capture(site.archive, capture).citation.status
    assert status in told[history["statement"]["state"]]


def test_a_version_is_cited_by_its_number(site: Site) -> None:
    first = site.capture(*FERRY)
    second = site.capture(OPENING, ALTERED, CLOSING)
    for name in (site.url, first, second):
        assert cite_capture(site.archive, f"{name}@v1").citation.capture == first
        assert cite_capture(site.archive, f"{name}@v2").citation.capture == second
    with pytest.raises(InputError, match="has no version 3"):
        cite_capture(site.archive, f"{first}@v3")


NOISE = (
    ("soft 404", "Page not found", "<p>We could not find the page you asked for.</p>"),
    (
        "block page",
        "Access Denied",
        "<p>You don't have permission to access this page. Reference #18.2e5f1cb8.1709.5a3b</p>",
    ),
)


@pytest.mark.parametrize(("quality", "title", "words"), NOISE, ids=[item[0] for item in NOISE])
def test_what_came_instead_of_the_page_was_taken_for_a_later_version(
    site: Site, quality: str, title: str, words: str
) -> None:
    """It answers 200 and has a text, so that the quotation was reported as absent."""
    first = site.capture(*FERRY)
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{words}</body></html>"
    site.page[0] = answer_page(html.encode(), fields=HTML)
    noise = site.visit(site.url).last.id
    with closing(open_index(site.archive)) as index:
        assert find_quality(index, noise) == quality
    found = cite_capture(site.archive, site.url, quote=PASSAGE)
    assert found.citation.capture == first
    assert noise in found.remarks[0]
    assert found.citation.version == CitedVersion(number=1, count=1)
    assert not [item for item in found.later if item.afterlife is not None]
    assert found.citation.status == ("dead" if quality == "soft 404" else "live")
    by_name = cite_capture(site.archive, noise)
    assert by_name.citation.version is None
    assert quality in by_name.remarks[0]


def test_furniture_and_an_unchanged_return_are_no_later_versions(site: Site) -> None:
    first = site.capture(*FERRY)
    plain = make_page(*FERRY).decode()
    for turn in range(3):
        busy = plain.replace("</article>", f"</article><footer>{turn} readers today</footer>")
        site.page[0] = answer_page(busy.encode(), fields=HTML)
        site.visit(site.url)
    found = cite_capture(site.archive, first, quote=PASSAGE)
    assert (found.citation.status, found.later) == ("live", ())
    gone = site.capture_status("410 Gone")
    again = site.capture(*FERRY)
    found = cite_capture(site.archive, first, quote=PASSAGE)
    assert [item.capture.id for item in found.later] == [gone, again]
    assert [item.capture.version for item in found.later] == [None, 1]
    assert found.later[1].afterlife is not None
    assert found.later[1].afterlife.fate == "unchanged"
    agree_with_history(site, first)


def test_a_date_that_alone_was_changed_is_a_version_and_leaves_the_address_live(
    site: Site,
) -> None:
    first = site.capture(*FERRY)
    dated = make_page(*FERRY).replace(b"2024-02-05", b"2024-02-06")
    site.page[0] = answer_page(dated, fields=HTML)
    second = site.visit(site.url).last.id
    found = cite_capture(site.archive, first, quote=PASSAGE)
    assert found.citation.version == CitedVersion(number=1, count=2)
    assert [item.capture.id for item in found.later] == [second]
    assert found.citation.status == "live"


def test_a_day_chooses_what_was_captured_last_by_then(site: Site) -> None:
    first = site.capture(*FERRY)
    moment = cite_capture(site.archive, first).citation.captured
    second = site.capture(OPENING, ALTERED, CLOSING)
    at = moment.isoformat()
    assert cite_capture(site.archive, site.url, at=at).citation.capture == first
    assert cite_capture(site.archive, second, at=at).citation.capture == first
    day = moment.date().isoformat()
    assert cite_capture(site.archive, site.url, at=day).citation.capture == second
    with pytest.raises(InputError, match="as old as that"):
        cite_capture(site.archive, site.url, at="2001-01-01")
    for wrong in ("yesterday", "2026-13-01", "2026-2-1"):
        with pytest.raises(InputError):
            cite_capture(site.archive, site.url, at=wrong)


def test_a_passage_is_followed_through_every_later_text(site: Site) -> None:
    cited = site.capture(*FERRY)
    added = site.capture(*FERRY, "A new line tells of the bus to the quay.")
    altered = site.capture(OPENING, ALTERED, CLOSING)
    moved = site.capture(OPENING, CLOSING, "And a line in between, on prices.", PASSAGE)
    absent = site.capture(OPENING, CLOSING, "Another thing entirely is told here now.")
    gone = site.capture_status("404 Not Found")
    found = cite_capture(site.archive, cited, quote=PASSAGE)
    fates = {
        item.capture.id: item.afterlife.fate if item.afterlife else None for item in found.later
    }
    assert fates == {
        added: "unchanged", altered: "altered", moved: "moved", absent: "absent", gone: None,
    }  # fmt: skip
    told = next(item.afterlife for item in found.later if item.capture.id == altered)
    assert told is not None
    assert [(item.old, item.new) for item in told.differences] == [("nine", "seven")]
    assert told.nearest == ALTERED


def test_a_mistyped_quotation_is_refused_with_its_neighbour_and_its_captures(site: Site) -> None:
    first = site.capture(*FERRY)
    second = site.capture(OPENING, ALTERED, CLOSING)
    with pytest.raises(InputError) as refused:
        cite_capture(site.archive, second, quote=PASSAGE)
    assert first in str(refused.value)
    assert ALTERED in str(refused.value)
    assert first in refused.value.remedy
    with pytest.raises(InputError, match="in no captured text") as refused:
        cite_capture(site.archive, second, quote="There will be eleven departures a day")
    assert str(refused.value).endswith("“There will be seven departures a day”")


def test_a_persons_answer_is_shown_and_the_machines_kept(site: Site) -> None:
    capture = site.capture(*FERRY)
    with write_to(site.archive) as writing:
        assert_fields(
            writing,
            capture,
            parse_assertions(["published=2024-01-30", "publisher=Harbour Council"]),
            reason="The printed copy says so.",
            by="C. Curator",
        )
    citation = cite_capture(site.archive, capture).citation
    assert (citation.published, citation.is_supplied) == ("2024-01-30", True)
    assert "Harbour Council, [January 30, 2024]" in format_bibliography(
        [citation], "text", "chicago"
    )
    for form in FORMATS:
        text = format_bibliography([citation], form, "plain")
        assert "Harbour Council" in text or form == "robust-link"
        if form in ("bibtex", "biblatex", "ris", "csl-json", "schema-org", "datacite"):
            assert "2024-02-05" in text, form
            assert "Harbour Office of Norrvik" in text, form


def test_every_identifier_leads_back(site: Site) -> None:
    capture = site.capture(*FERRY)
    citation = cite_capture(site.archive, capture).citation
    assert citation.payload is not None
    with closing(open_index(site.archive)) as index:
        for identifier in (
            capture, capture[:8], capture.upper(), citation.record, citation.archived,
            f"{citation.archived}#:~:text=nine", f"urn:archive:capture:{capture}",
            f"urn:archive:text:{capture}", citation.ark, f"https://n2t.example/ark:/12345/{capture}",
            format_ni(citation.payload), str(citation.payload), site.url,
        ):  # fmt: skip
            assert resolve(index, SERVED, str(identifier)).found.id == capture, identifier
        for identifier in (
            "ark:99999/" + capture, "ark:12345/0000000000000000", "ni:///sha-256;" + "A" * 43,
            "ni:///sha-256;short", "urn:archive:capture:", "urn:uuid:x", "xx", "", "ni:", "ark:",
        ):  # fmt: skip
            with pytest.raises(InputError):
                resolve(index, SERVED, identifier)


def test_an_archived_address_was_cited_as_the_newest_capture(site: Site) -> None:
    """It holds `://` as original addresses do, and so do URIs of digests."""
    first = site.capture(*FERRY)
    site.capture(OPENING, ALTERED, CLOSING)
    citation = cite_capture(site.archive, first).citation
    assert citation.payload is not None
    for name in (
        citation.archived,
        format_ni(citation.payload),
        f"http://old.example/capture/{first}",
    ):
        assert cite_capture(site.archive, name).citation.capture == first


def test_the_same_payload_under_two_addresses_names_both(site: Site) -> None:
    first = site.capture(*FERRY)
    other = site.visit(site.server.url("/other")).last
    citation = cite_capture(site.archive, first).citation
    assert citation.payload is not None
    with closing(open_index(site.archive)) as index:
        resolved = resolve(index, SERVED, format_ni(citation.payload))
    assert resolved.found.id == first
    assert other.id in (first, *resolved.others) or other.outcome == "revisit"


def test_a_page_that_was_not_read_yet_was_cited_as_untitled(site: Site) -> None:
    site.page[0] = answer_page(make_page(*FERRY), fields=HTML)
    world = make_world(clock=site.clock, seed="unread")
    found = capture_all(site.archive, [site.url], run=CaptureRun(batch=None), world=world)
    with pytest.raises(UndecidableError, match="not been read yet"):
        cite_capture(site.archive, found[-1].last.id)


def test_what_is_withdrawn_is_not_cited(site: Site) -> None:
    capture = site.capture(*FERRY)
    with write_to(site.archive) as writing:
        plan = plan_withdrawal(writing, capture)
        withdraw_capture(writing, plan, reason="A court said so.")
    with pytest.raises(InputError, match="withdrawn"):
        cite_capture(site.archive, capture)


def test_who_else_puts_a_time_to_it_is_said(site: Site, tmp_path: Path) -> None:
    site.clock = make_clock(datetime.now(UTC))  # as the authority's
    capture = site.capture(*FERRY)
    authority = make_authority(tmp_path / "authority")
    world = make_world(clock=make_clock(datetime.now(UTC)), seed="stamp")
    with serve_authority(authority) as served, write_to(site.archive, world) as writing:
        named = AuthoritySettings(url=served.url, root=str(authority.folder / "root.pem"))
        stamp_checkpoint(writing, [named], transport=make_transport(site.archive))
    later = site.capture(OPENING, ALTERED, CLOSING)  # no stamp is over this one
    citation = cite_capture(site.archive, capture).citation
    assert citation.held is not None
    (testimony,) = citation.held.testimonies
    assert testimony.kind == "time stamp by"
    text = format_bibliography([citation], "text", "plain")
    assert f"The archive held these bytes by {testimony.time:%Y-%m-%dT%H:%M:%S}Z" in text
    assert testimony.who in text
    unstamped = cite_capture(site.archive, later).citation
    assert unstamped.held is not None
    assert unstamped.held.testimonies == ()


# --- manuscripts ----------------------------------------------------------------------------------


def write_manuscript(folder: Path, citation: Citation, quote: str) -> list[Path]:
    """Write a file of every kind that holds a quotation and what it is bound to."""
    ferry, key = citation.archived, citation.capture
    markdown = (
        f"# Ferries\n\nThe office says: “{quote}” ({ferry}).\n\n> {quote}\n> <{ferry}>\n\n"
        f'It is known that "{quote}" [@lindqvist-2024-{key}].\n\nAnd “{quote}”[^1].\n\n'
        f"[^1]: Lindqvist, {citation.record}.\n"
    )
    files = {"paper.md": markdown}
    names = {"biblatex": "a.bib", "bibtex": "b.bib", "csl-json": "c.json", "ris": "d.ris"}
    for form, name in names.items():
        files[name] = format_bibliography([citation], form, "chicago")
    files["note.md"] = format_bibliography([citation], "markdown", "apa")
    files["note.txt"] = format_bibliography([citation], "text", "mla")
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in files]


def test_a_manuscript_is_green_until_the_page_is_edited(site: Site, tmp_path: Path) -> None:
    capture = site.capture(*FERRY)
    citation = cite_capture(site.archive, capture, quote=PASSAGE).citation
    files = write_manuscript(tmp_path, citation, PASSAGE)
    checked = list(check_quotes(site.archive, files, cited_only=False))
    quoted = [item for item in checked if item.quote is not None]
    assert [item for item in quoted if item.verdict != "stands"] == []
    assert not [item for item in checked if item.is_finding]
    assert len(quoted) == 4 + 6
    site.capture(OPENING, ALTERED, CLOSING)
    later = [
        item
        for item in check_quotes(site.archive, files, cited_only=False)
        if item.quote is not None
    ]
    assert {item.verdict for item in later} == {"altered"}
    assert all(item.is_finding and "“nine” is now “seven”" in item.detail for item in later)
    cited = list(check_quotes(site.archive, files, cited_only=True))
    assert not [item for item in cited if item.is_finding]


def test_a_misquotation_and_an_unknown_capture_are_findings(site: Site, tmp_path: Path) -> None:
    capture = site.capture(*FERRY)
    path = tmp_path / "paper.md"
    path.write_text(
        f"“{ALTERED}” https://archive.example/capture/{capture}\n\n"
        "“There will be nine departures” ark:/12345/0000000000000000\n\n"
        f"“There will be […] weather permitting” https://archive.example/capture/{capture}\n\n"
        f"“weather permitting […] There will be” https://archive.example/capture/{capture}\n",
        "utf-8",
    )
    checked = list(check_quotes(site.archive, [path], cited_only=False))
    assert [item.verdict for item in checked] == [
        *("not in the cited version", "unknown", "stands", "not in the cited version"),
    ]
    assert [item.where for item in checked] == ["line 1", "line 3", "line 5", "line 7"]
    assert PASSAGE.rstrip(".") in checked[0].detail


def test_a_file_that_cannot_be_read_says_so(site: Site, tmp_path: Path) -> None:
    site.capture(*FERRY)
    for name, data in {
        "a.pdf": b"x", "b.json": b"[" * 100_000, "c.md": b"\xff\xfe", "d.docx": b"PK",
        "e.json": b"{", "f.docx": b"",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            list(check_quotes(site.archive, [tmp_path / name], cited_only=False))


# --- real pages -----------------------------------------------------------------------------------


def test_passages_of_real_pages_are_cut_exactly(shared_data: Path, tmp_path: Path) -> None:
    """Served, captured, edited by script: 200 passages quoted, altered, followed."""
    pages = sorted((shared_data / "pages").glob("*.html.gz"))[:40]
    assert pages
    bodies = {f"/{path.name}": gzip.decompress(path.read_bytes()) for path in pages}
    answers = {name: answer_page(body, fields=HTML) for name, body in bodies.items()}
    base = make_archive(tmp_path / "archive")
    archive = replace(base, settings=replace(base.settings, citation=SERVED))
    chance = random.Random(7)
    with serve_raw(answers) as server:
        results = capture_all(archive, [server.url(name) for name in answers], run=READ)
        quoted: list[tuple[str, str, str, str]] = []
        with closing(open_index(archive)) as index:
            for result in results:
                statement = find_line_text(index, result.last.id)
                if statement is not None:
                    quoted += [
                        (result.last.id, result.last.url, *item)
                        for item in draw_passages(chance, statement, 8)
                    ]
        quoted = quoted[:200]
        assert len(quoted) == 200
        for name, _, passage, word in quoted:
            quotation = cite_capture(archive, name, quote=passage).citation.quotation
            assert quotation is not None
            assert fold_quote(quotation.exact) == fold_quote(passage)
            wrong = passage.replace(word, "xylophonic", 1)
            with pytest.raises(InputError, match="does not stand") as refused:
                cite_capture(archive, name, quote=wrong)
            longest = max(passage.split(word, 1), key=len)
            inner = " ".join(longest.split()[1:-1])[:100]  # of what is shown, whole words
            assert inner in " ".join(str(refused.value).split())


def find_line_text(index: Index, capture: str) -> str | None:
    row = index.execute(
        "SELECT texts.text FROM captures JOIN texts ON texts.id = text_id WHERE captures.id = ?",
        (capture,),
    ).fetchone()
    return row[0] if row and len(row[0]) > 600 else None


def draw_passages(chance: random.Random, text: str, number: int) -> list[tuple[str, str]]:
    """Draw passages of 8 to 20 words from lines, and a longer word that each holds."""
    lines = [line for line in text.split("\n") if len(line.split()) >= 24]
    found = []
    for line in lines[:number]:
        words = line.split()
        start = chance.randrange(len(words) - 20)
        piece = words[start : start + chance.randrange(8, 20)]
        inner = [word for word in piece[1:-1] if word.isalpha() and len(word) > 4]
        if inner:
            found.append((" ".join(piece), inner[0]))
    return found


QUOTED_AS_USUAL = [
    ("“[T]here will be nine departures”", True),
    ("“There will be [at least] nine departures”", True),
    ("“There [were] nine departures”", True),
    ("“There will … in each direction”", True),
    ("“There will . . . in each direction”", True),
    ("“There will ... in every direction”", False),
    ("“in each direction … nine departures”", False),
    ("“There will be nine departures,”", True),
    ("“There will be nine departures.”", True),
    ("“There will be nine departures?”", False),
    ("“Seven […] departures a day”", False),
]


@pytest.mark.parametrize(("quoted", "stands"), QUOTED_AS_USUAL)
def test_what_whoever_quotes_may_change(
    site_of_ferry: tuple[Site, str], tmp_path: Path, quoted: str, *, stands: bool
) -> None:
    site, capture = site_of_ferry
    manuscript = tmp_path / "thesis.md"
    manuscript.write_text(f"{quoted} (https://archive.example/capture/{capture})\n")
    (checked,) = check_quotes(site.archive, [manuscript], cited_only=True)
    assert (checked.verdict == "stands") is stands, checked


def test_quotation_marks_within_a_quotation_change_their_kind(site: Site, tmp_path: Path) -> None:
    capture = site.capture("The mayor said: “We shall ‘never’ close the harbour’s old quay.” So.")
    manuscript = tmp_path / "thesis.md"
    manuscript.write_text(
        f"‘We shall “never” close the harbour’s old quay.’ (capture {capture})\n\n"
        f"“The mayor said: ‘We shall “never” close’” (capture {capture})\n\n"
        f"“We shall never close” (https://archive.example/replay/{capture})\n"
    )
    checked = list(check_quotes(site.archive, [manuscript], cited_only=True))
    assert [item.verdict for item in checked] == ["stands", "stands", "not in the cited version"]
