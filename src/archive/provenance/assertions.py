"""Claims to assertions: every question, asked of the claims of one capture.

Each question has its own module and its own rules.  Common to all: a claim without a value
supports nothing; nothing is overwritten, and what contradicts is listed beside what supports;
without evidence the value is None.  Not for: finding claims (`archive.extract`), or curators'
assertions, which stand beside these.
"""

from datetime import datetime

from archive.core.claim import Assertion, Claim
from archive.core.text import fold_text
from archive.core.uri import parse_url
from archive.errors import InputError
from archive.provenance.author import choose_author
from archive.provenance.declared import choose_correction, choose_language, choose_licence
from archive.provenance.modified import choose_modified
from archive.provenance.published import choose_published
from archive.provenance.publisher import (
    choose_credited,
    choose_host,
    choose_origin,
    choose_publisher,
)
from archive.provenance.title import choose_title


def choose_assertions(
    claims: tuple[Claim, ...], *, url: str | None = None, captured: datetime | None = None
) -> tuple[Assertion, ...]:
    """Return one assertion for each of `archive.core.claim.FIELDS`, in that order.

    ``url`` is the address captured and ``captured`` the moment of it, an upper bound of dates.
    """
    names = frozenset(
        fold_text(claim.value) for claim in claims if claim.field == "publisher" and claim.value
    )
    return (
        choose_title(claims, names | list_host_names(url)),
        choose_host(url),
        choose_publisher(claims),
        choose_credited(claims),
        choose_origin(claims, url),
        choose_author(claims, names),
        choose_published(claims, captured),
        choose_modified(claims, captured),
        choose_language(claims),
        choose_licence(claims),
        choose_correction(claims),
    )


def list_host_names(url: str | None) -> frozenset[str]:
    """Return what a title's last part may call the site: its host, its label, folded."""
    try:
        host = parse_url(url).host if url else ""
    except InputError:
        return frozenset()
    host = host.removeprefix("www.")
    labels = host.split(".")
    return frozenset(fold_text(name) for name in (host, *labels[-2:-1]) if name)
