"""An archive with a statement that was edited, disappeared and returned, and hostile neighbours.

Not for: single captures (``held.py``).
"""

import html
from datetime import timedelta

from archive.workflows.extract import extract_pending
from tests.datasette_plugin.held import HTML, Kept
from tests.datasette_plugin.sample import HOSTILE_TITLE
from tests.support.archives import make_world
from tests.support.clock import START
from tests.support.raw_server import Answer, answer_page

FERRY = "/ferry"
HOSTILE = "/hostile"
SAME = "Tickets are sold at the harbour office, which is open every day until six in the evening."
QUOTED = "The ferry leaves the northern pier at nine in the morning"
_META = (
    '<meta property="og:site_name" content="Harbour Office of Norrvik">'
    '<meta name="author" content="Ida Lindqvist">'
    '<meta property="article:published_time" content="2024-02-20T08:00:00+01:00">'
)


def make_ferry(hour: str, title: str = "Summer timetable of the ferry") -> bytes:
    """The page of the ferry, in the version that names this hour."""
    folded = "".join(f"<p>{SAME} Notice number {number} hangs there.</p>" for number in range(6))
    return (
        f'<!doctype html><html lang="en"><title>{title}</title>{_META}<article><h1>{title}</h1>'
        f"<p>The ferry leaves the northern pier at {hour} in the morning, and returns at noon with"
        f" the post for the islands.</p>{folded}</article>"
    ).encode()


def make_hostile_page(words: str) -> bytes:
    """A page whose metadata is markup."""
    bad = html.escape(HOSTILE_TITLE, quote=True)
    script = html.escape("</td></script><script>alert(1)</script>", quote=True)
    return (
        f"<!doctype html><title>{bad}</title>"
        f'<meta name="author" content="{script}"><meta property="og:site_name" content="{script}">'
        f"<article><p>The office said {words} about {html.escape('<img src=x onerror=alert(2)>')}"
        " and nobody was there to hear it, which is why it is written down here again.</p>"
    ).encode()


def keep_edited(kept: Kept) -> dict[str, str]:
    """Capture the ferry at nine, nine, ten, gone, gone, ten; return the captures by these names."""
    ids: dict[str, str] = {}
    steps: tuple[tuple[str, int, Answer | None], ...] = (
        ("nine", 1, answer_page(make_ferry("nine"), fields=HTML)),
        ("again", 4, answer_page(make_ferry("nine"), fields=HTML)),
        ("ten", 9, answer_page(make_ferry("ten", "New timetable of the ferry"), fields=HTML)),
        ("gone", 50, None),
        ("still gone", 55, None),
        ("back", 60, answer_page(make_ferry("ten", "New timetable of the ferry"), fields=HTML)),
    )
    for name, day, answer in steps:
        if answer is None:
            kept.answers.pop(FERRY, None)
        else:
            kept.answers[FERRY] = answer
        kept.answers[HOSTILE] = answer_page(make_hostile_page(name), fields=HTML)
        ids[name] = kept.capture(FERRY, HOSTILE, at=START + timedelta(days=day))[FERRY]
    extract_pending(kept.archive, make_world(seed="reading"))
    return ids
