"""The citation box, its downloads, and what tells citation managers of a page.

Citing needs log and settings, which lie beside the index; where only a copy of the index is
served, the box says so.  Metadata in the head is that of Highwire Press, which Zotero reads, and
COinS in the box; schema.org stands as microdata, since none of our pages holds a script.  Not for:
the forms (`archive.cite`), or choosing what is cited (`archive.workflows.cite`).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.cite.forms.every import format_bibliography
from archive.cite.forms.schema_org import describe_schema_org
from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.ours import find_layout
from archive.datasette_plugin.serving import explain
from archive.errors import ArchiveError
from archive.store.layout import Layout
from archive.workflows.cite import Cited, cite_capture
from archive.workflows.opening import Archive
from archive.workflows.settings_file import read_settings

TABLES = ("statements", "texts", "claims", "assertions", "organisations", "events")
LONGEST_QUOTE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a citation: its name here, what readers call it, and what makes it."""

    name: str
    label: str
    form: str
    style: str = "chicago"
    extension: str = "txt"


FORMS = (
    Form(name="chicago", label="Chicago", form="text"),
    Form(name="apa", label="APA", form="text", style="apa"),
    Form(name="mla", label="MLA", form="text", style="mla"),
    Form(name="plain", label="Plain", form="text", style="plain"),
    Form(name="bibtex", label="BibTeX", form="bibtex", extension="bib"),
    Form(name="ris", label="RIS", form="ris", extension="ris"),
    Form(name="csl-json", label="CSL-JSON", form="csl-json", extension="json"),
    Form(name="wikipedia", label="Wikipedia", form="wikipedia"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What the citation box shows: every form with its text; or ``problem``, why there is none.

    ``head`` are names and values for the head of the page, ``coins`` the value of a COinS span,
    ``item`` the properties of schema.org.  ``cited`` holds what became of a quotation later.
    """

    capture: str
    problem: str = ""
    forms: tuple[tuple[Form, str], ...] = ()
    head: tuple[tuple[str, str], ...] = ()
    coins: str = ""
    item: tuple[tuple[str, str], ...] = ()
    cited: Cited | None = None


async def cite_for_page(
    datasette: Any, request: Any, database: Any, capture: str, *, quote: str | None = None
) -> Box:
    """Return the citation of a capture, of a passage in it where one is quoted."""
    layout = find_layout(database)
    if layout is None:
        return Box(
            capture=capture,
            problem="This is a copy of the index alone; the archive itself makes citations.",
        )
    try:
        cited = await ask_aside(database, lambda _: _cite(layout, capture, quote))
    except ArchiveError as error:
        return Box(capture=capture, problem=explain(error))
    item = describe_schema_org(cited.citation)
    page = f"{request.scheme}://{request.host}{datasette.urls.path('/capture/' + capture)}"
    return Box(
        capture=capture,
        forms=tuple((form, _write(cited, form)) for form in FORMS),
        head=_list_head(item, page),
        coins=_format_coins(item, page),
        item=tuple((name, text) for name, text in _list_item(item) if text),
        cited=cited,
    )


def _cite(layout: Layout, capture: str, quote: str | None) -> Cited:
    archive = Archive(layout=layout, settings=read_settings(layout.settings))
    return cite_capture(archive, capture, quote=quote)


def _write(cited: Cited, form: Form) -> str:
    return format_bibliography([cited.citation], form.form, form.style)


def _list_head(item: dict[str, Any], page: str) -> tuple[tuple[str, str], ...]:
    """Return Highwire Press fields; a date that is no day is left out rather than made one."""
    fields = [("citation_title", item["name"])]
    fields += [("citation_author", _name(author)) for author in item.get("author", ())]
    fields += [
        ("citation_publisher", _name(item.get("publisher"))),
        ("citation_publication_date", item.get("datePublished", "").replace("-", "/")),
        ("citation_language", item.get("inLanguage", "")),
        ("citation_public_url", page),
        ("citation_abstract_html_url", page),
    ]
    return tuple((name, str(value)) for name, value in fields if value)


def _format_coins(item: dict[str, Any], page: str) -> str:
    """Return an OpenURL context object in KEV form, of the Dublin Core kind."""
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "webpage"),
        ("rft.title", item["name"]),
        *(("rft.creator", _name(author)) for author in item.get("author", ())),
        ("rft.publisher", _name(item.get("publisher"))),
        ("rft.date", item.get("datePublished", "")),
        ("rft.language", item.get("inLanguage", "")),
        ("rft.source", item.get("url", "")),
        ("rft.identifier", page),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def _list_item(item: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    names = ("name", "datePublished", "inLanguage", "url", "archivedAt", "sdDatePublished")
    return tuple((name, str(item.get(name, ""))) for name in names)


def _name(body: dict[str, Any] | None) -> str:
    return str(body["name"]) if body else ""
