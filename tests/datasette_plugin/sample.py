"""A made-up index for the tests of the plug-in: invented statements, some of them hostile.

Not for: what captures really look like (``tests/capture``).
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.core.annotation import Annotation, Body
from archive.core.claim import Assertion, Claim
from archive.core.curation import CuratorAssertion
from archive.core.digest import digest_bytes
from archive.core.identity import derive_capture_id
from archive.core.organisation import Organisation
from archive.core.version import Stated
from archive.history.digests import RULES, derive_digests
from archive.index.database import open_database, write_rows
from archive.index.rows import (
    AnnotationRow,
    CaptureRow,
    ReadingRow,
    Row,
    TextRow,
    derive_text_hash,
)
from archive.workflows.history_rules import HISTORY

ORIGIN = "archive.example/log"
HOSTILE_TITLE = '<script>alert("title")</script> & \u202eesrever\u202c "quoted"'
HOSTILE_URL = 'http://hostile.example/"><script>alert(1)</script>'
SCRIPT_URL = "javascript:alert(1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one capture of a made-up page says."""

    url: str
    title: str
    text: str
    publisher: str | None = None
    published: str | None = None
    language: str | None = None
    captured_at: str = "2026-03-02T08:00:00.000000Z"
    outcome: str = "response"
    status: int | None = 200


PAGES = (
    Page(
        url="https://ministry.example/press/2026/school-meals",
        title="School meals to be free from the autumn term",
        text="The ministry announced that school meals will be free from the autumn term.\n\n"
        "Schools receive the funds in June. Parents need not apply.",
        publisher="Ministry of Schools",
        published="2026-03-02",
        language="en",
    ),
    Page(
        url="https://ministry.example/press/2026/school-meals",
        title="School meals to be free from the winter term",
        text="The ministry announced that school meals will be free from the winter term.\n\n"
        "Schools receive the funds in October. Parents need not apply.",
        publisher="Ministry of Schools",
        published="2026-03-02",
        language="en",
        captured_at="2026-03-09T08:00:00.000000Z",
    ),
    Page(
        url="https://stadtwerke.example/meldung/42",
        title="Störung der Wasserversorgung behoben",
        text="Die Störung der Wasserversorgung in der Nordstadt ist behoben. Das Wasser kann wieder"
        " getrunken werden.",
        publisher="Stadtwerke Beispielstadt",
        published="2025-11-17",
        language="de",
        captured_at="2026-03-03T10:15:30.250000Z",
    ),
    Page(
        url="https://news.example/bridge?utm_source=feed",
        title="Old bridge closes for repairs",
        text="The old bridge over the river will close for repairs on Monday, the council said.",
        publisher="Example Courier",
        published="2026-02",
        language="en",
        captured_at="2026-03-04T12:00:00.000000Z",
    ),
    Page(
        url="https://agency.example/ar/1",
        title="إعلان عن إغلاق الطريق الساحلي",
        text="أعلنت البلدية عن إغلاق الطريق الساحلي يوم الأحد لأعمال الصيانة.",
        publisher="وكالة المثال",
        published="2026-03-05",
        language="ar",
        captured_at="2026-03-05T07:30:00.000000Z",
    ),
    Page(
        url=HOSTILE_URL,
        title=HOSTILE_TITLE,
        text="Words <img src=x onerror=alert(2)> and \x02marks\x03 of a hostile page.",
        publisher='</td><script>alert("publisher")</script>',
        captured_at="2026-03-06T07:30:00.000000Z",
    ),
    Page(
        url="https://gone.example/recall",
        title="",
        text="",
        captured_at="2026-03-07T09:00:00.000000Z",
        outcome="dns",
        status=None,
    ),
    Page(
        url="https://council.example/minutes/7",
        title="",
        text="",
        captured_at="2026-03-08T09:00:00.000000Z",
        status=404,
    ),
)


# What people said: a date that differs from the page's, a note with words that hide, a publisher.
CURATED = 3  # the page that a curator corrects
SAID: tuple[tuple[str, Body], ...] = (
    ("assertion", CuratorAssertion(field="published", values=("2026-01-30",), evidence=())),
    ("note", HOSTILE_TITLE),
    ("organisation", Organisation(name="Example Courier Group", domains=("news.example",))),
)
WHY = "The printed <b>edition</b> is of that day."


def write_sample(path: Path, pages: tuple[Page, ...] = PAGES) -> Path:
    """Make an index of these pages, and of what was said of one, at ``path``, and return it."""
    connection = open_database(path)
    rows = [row for number, page in enumerate(pages) for row in make_rows(number, page)]
    if len(pages) > CURATED:
        leaf = 2 * len(pages)
        rows += [_make_said(leaf + place, *said) for place, said in enumerate(SAID)]
    if rows:
        write_rows(connection, rows, leaves=2 * len(pages), origin=ORIGIN, history=HISTORY)
    connection.close()
    return path


def _make_said(leaf: int, kind: str, body: Body) -> AnnotationRow:
    record_id = uuid.UUID(int=5000 + leaf, version=4).urn
    annotation_id = derive_capture_id(record_id)
    about = uuid.UUID(int=CURATED + 1, version=4).urn
    is_organisation = isinstance(body, Organisation)
    return AnnotationRow(
        id=annotation_id,
        record_id=record_id,
        annotation=Annotation(
            kind=kind,
            target=about,
            body=body,
            agent=uuid.UUID(int=7, version=5).urn,
            agent_name="C. Curator",
            time=datetime(2026, 3, 10, 9, 30, tzinfo=UTC),
            reason=WHY,
        ),
        capture_id=None if is_organisation else derive_capture_id(about),
        organisation_id=annotation_id if is_organisation else None,
        watch_id=None,
        supersedes=None,
        warc="20260302080000000000-a1b2c3d4-00001.warc.gz",
        offset=leaf * 4096,
        length=512,
        leaf=leaf,
    )


def make_rows(number: int, page: Page) -> list[Row]:
    """The rows of a capture, and of the text read from it if it has one."""
    record_id = uuid.UUID(int=number + 1, version=4).urn
    capture_id = derive_capture_id(record_id)
    key = page.url.partition("://")[2].partition("?")[0]
    payload = str(digest_bytes(page.text.encode())) if page.status else None
    capture = CaptureRow(
        id=capture_id,
        record_id=record_id,
        key=key,
        alias_of=None,
        url=page.url,
        surt=None,
        captured_at=page.captured_at,
        year=int(page.captured_at[:4]),
        outcome=page.outcome,
        status=page.status,
        media_type="text/html" if page.status else None,
        location=None,
        payload=payload,
        payload_length=len(page.text.encode()) if payload else None,
        content=payload,
        content_length=len(page.text.encode()) if payload else None,
        revisit_of=None,
        unmodified_of=None,
        text_outcome="pending" if page.text else None,
        error=None if page.status else "no address for this name",
        peer="192.0.2.7" if page.status else None,
        tls=None,
        purpose="statement",
        visit=capture_id,
        address=page.url,
        hop=0,
        hops=1,
        batch=None,
        warc="20260302080000000000-a1b2c3d4-00001.warc.gz",
        offset=number * 4096,
        length=2048,
        leaf=2 * number,
    )
    return [capture, _make_text(capture_id, 2 * number + 1, page)] if page.text else [capture]


def _make_text(capture_id: str, leaf: int, page: Page) -> TextRow:
    stated = {
        "title": page.title,
        "publisher": page.publisher,
        "published": page.published,
        "language": page.language,
    }
    known = [(field, value) for field, value in stated.items() if value]
    return TextRow(
        record_id=uuid.UUID(int=1000 + leaf, version=4).urn,
        capture_id=capture_id,
        extractor="example/1",
        outcome="text",
        detail=None,
        warc="20260302080000000000-a1b2c3d4-00001.warc.gz",
        offset=leaf * 4096,
        length=1024,
        leaf=leaf,
        text_hash=derive_text_hash(page.title, page.text),
        digest=str(digest_bytes(page.text.encode())),
        title=page.title,
        text=page.text,
        claims=tuple(
            Claim(
                field=field,  # type: ignore[arg-type]  # a name from the literal above
                raw=value,
                value=value,
                source="open-graph",
                locator=f"meta[property=og:{field}]",
                rule="open-graph/1",
            )
            for field, value in known
        ),
        assertions=tuple(
            Assertion(
                field=field,  # type: ignore[arg-type]  # as above
                value=value,
                rule="agreement/1",
                confidence=0.6,
                supports=(place,),
                contradicts=(),
            )
            for place, (field, value) in enumerate(known)
        ),
        reading=ReadingRow(
            title=page.title,
            stated=Stated(published=page.published, publisher=page.publisher),
            digests=derive_digests(page.text, page.title, Stated(published=page.published)),
            rules=RULES,
            page=None,
        ),
    )
