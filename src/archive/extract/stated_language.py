"""The language that a page states first, for reading what depends on it.

Not for: the claims of the page's language (the modules of their sources).
"""

from archive.extract.page import Page
from archive.extract.source import read_language

_NATIONAL = {
    "at": "de-AT", "ch": "de-CH", "de": "de-DE", "fr": "fr-FR", "uk": "en-GB", "ie": "en-IE",
    "au": "en-AU", "nz": "en-NZ", "in": "en-IN", "za": "en-ZA", "gov": "en-US", "mil": "en-US",
}  # fmt: skip


def find_language(page: Page) -> str | None:
    """Return the language tag of the `html` element, else of ``og:locale``, or None.

    English without a country takes that of the host's national domain, where it has one.
    """
    stated = None
    if page.tree is not None:
        stated = read_language(page.tree.get("lang") or page.tree.get("xml:lang") or "")
    if stated is None:
        for meta in page.parts.metas:
            if (meta.get("property") or "").lower() == "og:locale":
                stated = read_language(meta.get("content") or "")
                break
    if stated in (None, "en"):
        host = page.url.partition("://")[2].partition("/")[0].partition(":")[0]
        return _NATIONAL.get(host.rpartition(".")[2], stated)
    return stated
