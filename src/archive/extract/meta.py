"""Claims of meta elements other than Open Graph, and of the language of the document.

One table of names by family: signals of one family come from one hand, so that only other
families support them.  Not for:
``og:`` and ``article:`` (`archive.extract.open_graph`).
"""

from collections.abc import Iterator

from archive.core.claim import Claim, Field
from archive.core.edtf import read_date
from archive.extract.meta_elements import list_meta_elements
from archive.extract.page import Page
from archive.extract.source import make_claim, state_claim

_DUBLIN_CORE: dict[str, Field] = {
    "title": "title",
    "creator": "author",
    "publisher": "publisher",
    "date": "published",
    "date.issued": "published",
    "issued": "published",
    "created": "published",
    "date.created": "published",
    "available": "published",
    "modified": "modified",
    "date.modified": "modified",
    "language": "language",
}
# Family, then what each name states.  Vendors' analytics are written by the site's own
# system for its own statistics, which is why they are so seldom wrong.
_FAMILIES: dict[str, dict[str, Field]] = {
    "analytics": {
        "parsely-title": "title",
        "parsely-author": "author",
        "parsely-pub-date": "published",
        "sailthru.title": "title",
        "sailthru.author": "author",
        "sailthru.date": "published",
        "cxenseparse:recs:publishtime": "published",
        "cxenseparse:publishtime": "published",
        "cxenseparse:author": "author",
        "cxenseparse:title": "title",
        "dcsext.articlefirstpublished": "published",
        "bt:pubdate": "published",
        "bt:moddate": "modified",
        "bt:author": "author",
    },
    "citation": {
        "citation_title": "title",
        "citation_author": "author",
        "citation_publisher": "publisher",
        "citation_publication_date": "published",
        "citation_online_date": "published",
        "citation_date": "published",
        "citation_language": "language",
    },
    "dublin-core": {
        f"{prefix}.{name}": field
        for prefix in ("dc", "dcterms")
        for name, field in _DUBLIN_CORE.items()
    },
    "twitter": {
        "twitter:title": "title",
        "twitter:site": "publisher",
    },
    "meta": {
        "title": "title",
        "headline": "title",
        "author": "author",
        "byl": "author",
        "publisher": "publisher",
        "application-name": "publisher",
        "apple-mobile-web-app-title": "publisher",
        "date": "published",
        "pubdate": "published",
        "publishdate": "published",
        "publish-date": "published",
        "publish_date": "published",
        "publication_date": "published",
        "publication-date": "published",
        "published": "published",
        "published_date": "published",
        "published_time": "published",
        "datepublished": "published",
        "date_published": "published",
        "article_date_original": "published",
        "article.published": "published",
        "article.created": "published",
        "ptime": "published",
        "pdate": "published",
        "lastmod": "modified",
        "last-modified": "modified",
        "modified": "modified",
        "datemodified": "modified",
        "revised": "modified",
        "article.updated": "modified",
        "utime": "modified",
        "language": "language",
    },
}  # fmt: skip
_ISSUED = ("dc.issued", "dc.date.issued", "dcterms.issued", "dcterms.date.issued")
_CREATED = ("dc.created", "dc.date.created", "dcterms.created", "dcterms.date.created")
_NAMES = {
    name: (field, family) for family, names in _FAMILIES.items() for name, field in names.items()
}


def _spell(name: str) -> str:
    """Return a name of Dublin Core with a dot, as the table has it."""
    return name.replace("dc:", "dc.").replace("dcterms:", "dcterms.")


def parse_meta(page: Page) -> Iterator[Claim]:
    """Yield the claims of meta elements in the order of the document, then its language.

    Where Dublin Core says when it was issued, the day it was created is a lower bound.
    """
    is_issued = any("issued" in meta.name for meta in list_meta_elements(page))
    for meta in list_meta_elements(page):
        if meta.attribute == "http-equiv":
            if meta.name == "content-language":
                yield from state_claim(
                    "language",
                    meta.content,
                    source="meta",
                    locator=meta.locator,
                    rule="meta-language/1",
                )
        elif known := _NAMES.get(name := _spell(meta.name)):
            field, family = known
            if is_issued and name in _CREATED:
                if reading := read_date(meta.content):
                    yield make_claim(
                        field,
                        meta.content,
                        f"{reading[0][:10]}/..",
                        source=family,
                        locator=meta.locator,
                        rule=f"{family}-created/1",
                    )
                continue
            yield from state_claim(
                field,
                meta.content,
                source=family,
                locator=meta.locator,
                rule=f"{family}-issued/1" if name in _ISSUED else f"{family}/1",
                epoch=family == "analytics",
            )
    if page.tree is not None:
        for attribute in ("lang", "xml:lang"):
            yield from state_claim(
                "language",
                page.tree.get(attribute) or "",
                source="html",
                locator=f"html[{attribute}]",
                rule="html-language/1",
            )
