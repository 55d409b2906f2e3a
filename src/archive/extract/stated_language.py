"""The language that a page states first, for reading what depends on it.

Not for: the claims of the page's language (the modules of their sources).
"""

from archive.extract.page import Page
from archive.extract.source import read_language

_NATIONAL = {
    "at": "de-AT", "ch": "de-CH", "de": "de-DE", "fr": "fr-FR", "uk": "en-GB", "ie": "en-IE",
    "au": "en-AU", "nz": "en-NZ", "in": "en-IN", "za": "en-ZA", "gov": "en-US", "mil": "en-US",
}  # fmt: skip
# Domains of two letters that anybody takes, and those of countries that write the month first.
_ANYWHERE = frozenset("ai cc co fm gg io ly me ph pw sh tk to tv us ws".split())


def find_language(page: Page) -> str | None:
    """Return the language tag of the `html` element, else of ``og:locale``, or None.

    English without a country takes that of the host's national domain, where it has one.  So does
    that of the United States, which programs write where nobody chose; on another country's
    domain it is English of no country.
    """
    stated = None
    if page.tree is not None:
        stated = read_language(page.tree.get("lang") or page.tree.get("xml:lang") or "")
    if stated is None:
        for meta in page.parts.metas:
            if (meta.get("property") or "").lower() == "og:locale":
                stated = read_language(meta.get("content") or "")
                break
    if stated in (None, "en", "en-US"):
        host = page.url.partition("://")[2].partition("/")[0].partition(":")[0]
        domain = host.rpartition(".")[2].lower()
        if stated == "en-US" and domain not in _NATIONAL:
            is_elsewhere = len(domain) == 2 and domain.isalpha() and domain not in _ANYWHERE
            return "en" if is_elsewhere else stated
        return _NATIONAL.get(domain, stated)
    return stated
