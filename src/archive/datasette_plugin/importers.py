"""What tells citation managers of a page: fields in its head, a COinS span, schema.org.

Follows what Zotero's generic importers ("COinS", then "Embedded Metadata") do with a page, so
that each of them finds a web page and nothing that the page did not say:

1. ``z:itemType`` says that it is a web page; a title of Highwire Press alone means an article of
   a journal to them.
2. A person is ``Family, Given``, since they cut a name without a comma at its last space; a body
   has a field of its own in COinS.  Semicolons divide names there, and so does the comma of a
   single name with spaces on both of its sides: these become no-break spaces.
3. A date that leaves something open, or is not known, is said in words: where no date stands, they
   take the first moment on the page, which is that of the capture.  In COinS it is left out.
4. A language that is not known is ``und``: else they take that of our page.
5. Their address is that of the archived page; the original one stands in the description, with
   what is proved.

Not for: citations in their forms (`archive.cite`).
"""

from urllib.parse import quote, urlencode

from archive.cite.dates import FULL, word_date
from archive.cite.forms.schema_org import describe_schema_org
from archive.cite.held import list_remarks
from archive.cite.names import format_author
from archive.cite.parts import describe_untitled, find_title
from archive.cite.runs import clean, escape_address, is_web
from archive.core.citation import Author, Body, Citation
from archive.core.instant import format_instant

Fields = tuple[tuple[str, str], ...]
_LONGEST = 2_000  # characters of a field: no manager shows more
_GAP = "\u00a0"


def list_head(citation: Citation, page: str) -> Fields:
    """Return names and contents for ``meta`` elements; ``page`` is the address of ours."""
    address = _find_address(citation, page)
    day = _find_day(citation)
    fields = [
        ("z:itemType", "webpage"),
        ("citation_title", _find_title(citation)),
        *(("citation_author", name) for name in _list_names(citation.authors)),
        ("citation_publisher", clean(citation.publisher or "")),
        ("citation_publication_date", day.replace("-", "/") or word_date(citation.published, FULL)),
        ("citation_language", clean(citation.language or "") or "und"),
        ("citation_public_url", address),
        ("citation_abstract_html_url", address),
    ]
    return tuple((name, value[:_LONGEST]) for name, value in fields if value)


def format_coins(citation: Citation, page: str) -> str:
    """Return an OpenURL context object in KEV form, of the Dublin Core kind."""
    address = escape_address(citation.url)
    captured = format_instant(citation.captured)
    told = (
        f"Archived copy of {address}, captured {captured} by {clean(citation.archive)}",
        *list_remarks(citation),
    )
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "webpage"),
        ("rft.title", _find_title(citation)),
        *(_word_creator(author) for author in citation.authors),
        ("rft.publisher", clean(citation.publisher or "")),
        ("rft.source", clean(citation.publisher or citation.site)),
        ("rft.date", _find_day(citation)),
        ("rft.language", clean(citation.language or "")),
        ("rft.identifier", _find_address(citation, page)),
        ("rft.description", f"{'. '.join(told)}."),
    ]
    written = [(name, value[:_LONGEST]) for name, value in fields if value]
    return urlencode(written, quote_via=quote, safe="")


def list_item(citation: Citation) -> Fields:
    """Return properties of schema.org and their values, for microdata."""
    names = ("name", "datePublished", "inLanguage", "url", "archivedAt", "sdDatePublished")
    item = describe_schema_org(citation)
    return tuple((name, str(item[name])[:_LONGEST]) for name in names if item.get(name))


def list_agents(citation: Citation) -> tuple[tuple[str, str, str], ...]:
    """Return property, type and name of the persons and bodies that microdata names."""
    authors = [
        (
            "author",
            "Organization" if isinstance(author, Body) else "Person",
            clean(format_author(author, "direct")),
        )
        for author in citation.authors
    ]
    bodies = (("publisher", citation.publisher), ("sdPublisher", citation.archive))
    named = [(name, "Organization", clean(body or "")) for name, body in bodies]
    return tuple(
        (name, kind, value[:_LONGEST]) for name, kind, value in (*authors, *named) if value
    )


def _find_title(citation: Citation) -> str:
    return find_title(citation) or describe_untitled(citation)


def _find_day(citation: Citation) -> str:
    """Return a date that nothing leaves open, empty where something does."""
    return str(describe_schema_org(citation).get("datePublished", ""))


def _find_address(citation: Citation, page: str) -> str:
    return escape_address(citation.archived) if is_web(citation.archived) else page


def _list_names(authors: tuple[Author, ...]) -> list[str]:
    names = []
    for author in authors:
        family, given = _divide(author)
        if len(authors) == 1 and " " in family and " " in given:
            family = family.replace(" ", _GAP)
        names.append(", ".join(part for part in (family, given) if part).replace(";", " –"))
    return names


def _word_creator(author: Author) -> tuple[str, str]:
    family, given = _divide(author)
    if isinstance(author, Body) and (" " in family or "," in family):
        return "rft.aucorp", family
    return "rft.creator", f"{family}, {given}" if given else family


def _divide(author: Author) -> tuple[str, str]:
    """Return the part of a name before the comma, and the one behind it, as they are read again."""
    if isinstance(author, Body):
        return clean(author.name), ""
    family = " ".join(part for part in (author.particle, author.family) if part)
    given = " ".join(part for part in (author.given, author.suffix) if part)
    return clean(family).replace(",", " "), clean(given).replace(",", " ")
