"""The citation box and the quote tool: what a reader asks for, and what is shown and sent.

Citing needs log and settings, which lie beside the index; where only a copy of the index is
served, the box says so.  Strangers may ask too, so that a passage is short, and only so much of
other versions is looked at for it.  Not for: the forms (`archive.cite`), choosing what is cited
(`archive.workflows.cite`), or what citation managers read (`archive.datasette_plugin.importers`).
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.cite.forms.every import format_bibliography, format_json
from archive.cite.forms.whole import describe_quotation
from archive.core.citation import Citation
from archive.datasette_plugin.importers import (
    Fields,
    format_coins,
    list_agents,
    list_head,
    list_item,
)
from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.ours import find_layout
from archive.datasette_plugin.serving import explain
from archive.datasette_plugin.strangers import LONGEST_QUOTE
from archive.errors import AbsentQuotationError, ArchiveError
from archive.store.layout import Layout
from archive.workflows.check_quotes import word_afterlife
from archive.workflows.cite import Cited, Later, Passage, cite_capture
from archive.workflows.opening import Archive
from archive.workflows.settings_file import read_settings

TABLES = ("statements", "texts", "claims", "assertions", "organisations", "events")
_MOST_LETTERS = 3_000_000  # of other versions that are looked at: some three seconds at worst
_LONGEST_SHOWN = 20_000
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a citation: its name here, what readers call it, and what makes it.

    ``style`` is None where the form is made in the style that the reader chose.
    """

    name: str
    label: str
    form: str
    style: str | None = "chicago"
    extension: str = "txt"


STYLES = (
    Form(name="chicago", label="Chicago", form="text"),
    Form(name="apa", label="APA", form="text", style="apa"),
    Form(name="mla", label="MLA", form="text", style="mla"),
    Form(name="bluebook", label="Bluebook", form="text", style="bluebook"),
    Form(name="plain", label="Plain", form="text", style="plain"),
)
OTHERS = (
    Form(name="html", label="HTML", form="html", style=None, extension="html"),
    Form(name="markdown", label="Markdown", form="markdown", style=None, extension="md"),
    Form(name="bibtex", label="BibTeX", form="bibtex", extension="bib"),
    Form(name="biblatex", label="BibLaTeX", form="biblatex", extension="bib"),
    Form(name="ris", label="RIS", form="ris", extension="ris"),
    Form(name="csl-json", label="CSL-JSON", form="csl-json", extension="json"),
    Form(name="wikipedia", label="Wikipedia", form="wikipedia"),
    Form(name="robust-link", label="Robust Link", form="robust-link", extension="html"),
    Form(name="schema-org", label="schema.org", form="schema-org", extension="json"),
    Form(name="datacite", label="DataCite", form="datacite", extension="json"),
)
# Of a passage alone, and no citation: its selectors.
ANNOTATION = Form(name="annotation", label="Web Annotation", form="annotation", extension="jsonld")
FORMS = (*STYLES, *OTHERS, ANNOTATION)
_STYLES = tuple(form.name for form in STYLES)
_OTHERS = ("text", *(form.name for form in OTHERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader asks of the box: a passage, about where it stands, a style and a form."""

    quote: str = ""
    near: int = 0
    style: str = "chicago"
    form: str = "text"

    @property
    def opened(self) -> str:
        """The name of the form that is shown first."""
        return self.style if self.form == "text" else self.form

    @property
    def query(self) -> str:
        """The wish as a query, ``?`` included, without the form; empty where nothing is asked."""
        asked = {"style": self.style} if self.style != _STYLES[0] else {}
        if self.quote:
            asked |= {"quote": self.quote, "near": str(self.near)}
        return f"?{urlencode(asked)}" if asked else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a later version shows of a passage, in words: its fate, and how it was altered."""

    capture: str
    captured_at: str
    version: int | None
    fate: str
    how: str = ""
    nearest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A citation in a form; ``is_cut`` tells that only the download has all of it."""

    form: Form
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What the citation box shows: every form with its text; or ``problem``, why there is none.

    ``head`` are names and values for the head of the page, ``coins`` the value of a COinS span,
    ``item`` and ``agents`` what schema.org says.  Of a passage: where it leads (``address``), what
    became of it later; of one that does not stand there, what is nearest, and what holds it.
    """

    capture: str
    wish: Wish
    problem: str = ""
    nearest: str = ""
    holders: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()
    head: Fields = ()
    coins: str = ""
    item: Fields = ()
    agents: tuple[tuple[str, str, str], ...] = ()
    citation: Citation | None = None
    address: str = ""
    verdicts: tuple[Verdict, ...] = ()


def read_wish(request: Any) -> Wish:
    """Return what the query of a request asks of the box."""
    near, style, form = (request.args.get(name) or "" for name in ("near", "style", "form"))
    return Wish(
        quote=(request.args.get("quote") or "").replace("\r\n", "\n").strip(),
        near=int(near) if _NUMBER.fullmatch(near) else 0,
        style=style if style in _STYLES else _STYLES[0],
        form=form if form in _OTHERS else _OTHERS[0],
    )


async def cite_for_page(
    datasette: Any, request: Any, database: Any, capture: str, wish: Wish
) -> Box:
    """Return the citation of a capture, of a passage in it where one is quoted."""
    layout = find_layout(database)
    if layout is None:
        problem = "This is a copy of the index alone; the archive itself makes citations."
        return Box(capture=capture, wish=wish, problem=problem)
    if len(wish.quote) > LONGEST_QUOTE:
        problem = (
            f"The passage has {len(wish.quote):,} characters; here at most {LONGEST_QUOTE:,} are"
            " looked for. Quote its parts one by one."
        )
        kept = Wish(quote=wish.quote[:LONGEST_QUOTE], style=wish.style, form=wish.form)
        return Box(capture=capture, wish=kept, problem=problem)
    try:
        cited = await ask_aside(database, lambda _: _cite(layout, capture, wish))
    except AbsentQuotationError as error:
        return Box(
            capture=capture,
            wish=wish,
            problem="The passage does not stand in this version.",
            nearest=error.nearest,
            holders=error.holders,
        )
    except ArchiveError as error:
        return Box(capture=capture, wish=wish, problem=explain(error))
    page = f"{request.scheme}://{request.host}{datasette.urls.path('/capture/' + capture)}"
    return _make_box(cited, wish, page)


def write_form(citation: Citation, form: Form, wish: Wish) -> str:
    """Return a citation in a form, in the reader's style where it has none of its own."""
    if form is ANNOTATION:
        quotation = citation.quotation
        return format_json(describe_quotation(citation, quotation)) if quotation else ""
    return format_bibliography([citation], form.form, form.style or wish.style)


def _cite(layout: Layout, capture: str, wish: Wish) -> Cited:
    archive = Archive(layout=layout, settings=read_settings(layout.settings))
    passage = Passage(words=wish.quote, near=wish.near, letters=_MOST_LETTERS)
    return cite_capture(archive, capture, quote=passage if wish.quote else None)


def _make_box(cited: Cited, wish: Wish, page: str) -> Box:
    citation = cited.citation
    quotation = citation.quotation
    forms = FORMS if quotation is not None else (*STYLES, *OTHERS)
    ordered = sorted(forms, key=lambda form: form.name != wish.opened)
    return Box(
        capture=citation.capture,
        wish=wish,
        written=tuple(_write(citation, form, wish) for form in ordered),
        head=list_head(citation, page),
        coins=format_coins(citation, page),
        item=list_item(citation),
        agents=list_agents(citation),
        citation=citation,
        address=f"{page}{quotation.fragment}" if quotation is not None else "",
        verdicts=tuple(map(_judge, cited.later)),
    )


def _write(citation: Citation, form: Form, wish: Wish) -> Written:
    text = write_form(citation, form, wish).rstrip("\r\n").replace("\r\n", "\n")
    return Written(form=form, text=text[:_LONGEST_SHOWN], is_cut=len(text) > _LONGEST_SHOWN)


def _judge(later: Later) -> Verdict:
    """Return what became of a passage in a later version, in words."""
    capture, afterlife = later.capture, later.afterlife
    nearest = how = ""
    if capture.silent is not None:
        fate = f"not known: {capture.silent.reason}"
    elif capture.lacking is not None:
        is_moved = capture.lacking.kind == "moved"
        fate = capture.lacking.reason if is_moved else f"gone: {capture.lacking.reason}"
    elif afterlife is None:
        fate = "not looked at here; the command line does" if later.is_left_out else "text unknown"
    else:
        fate, how = afterlife.fate, word_afterlife(afterlife)
        nearest = afterlife.nearest or "" if afterlife.fate == "altered" else ""
    return Verdict(
        capture=capture.id,
        captured_at=capture.captured_at,
        version=capture.version,
        fate=fate,
        how=how,
        nearest=nearest,
    )
