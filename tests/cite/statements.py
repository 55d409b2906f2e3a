"""Twenty-five invented statements, each with something that citations get wrong.

Not for: what is expected of them (``tests/golden/cite``).
"""

from dataclasses import replace
from datetime import UTC, datetime

from archive.cite.names import parse_author
from archive.core.citation import (
    Answer,
    Answers,
    Author,
    Body,
    Citation,
    CitedVersion,
    Held,
    Quotation,
    Testimony,
    UrlStatus,
)
from archive.core.digest import digest_bytes
from archive.core.identity import derive_capture_id

CAPTURED = datetime(2026, 11, 22, 13, 15, 29, 367010, tzinfo=UTC)
STAMPED = datetime(2026, 11, 22, 14, 0, 5, tzinfo=UTC)


def make_citation(number: int = 1, **changes: object) -> Citation:
    """Return the citation of an invented statement."""
    record = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    capture = derive_capture_id(record)
    base = Citation(
        capture=capture,
        record=record,
        title="Ferry timetable for the winter",
        authors=(),
        site="harbour.example",
        publisher="Harbour Office of Norrvik",
        original=None,
        agency=None,
        published="2026-11-02T09:00:00+01:00",
        is_supplied=False,
        language="en",
        captured=CAPTURED,
        url=f"https://harbour.example/statements/{number}",
        archived=f"https://archive.example/capture/{capture}",
        archive="Press Archive of Norrvik",
        payload=digest_bytes(f"page {number}".encode()),
        ark=None,
        version=CitedVersion(number=1, count=1),
        status="live",
        held=Held(
            origin="archive.example/log",
            leaf=number,
            size=40,
            root="qGDfu1T6Rj0+SA2GTGbxVXjrkmWyUMOAeQ5KbPBmPYE=",
            testimonies=(Testimony(kind="time stamp by", who="tsa.example", time=STAMPED),),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the caller names fields of it


def name_all(*names: str, language: str = "en") -> tuple[Author, ...]:
    """Return authors as they are read from pages in this language."""
    return tuple(parse_author(name, language=language, bodies=frozenset()) for name in names)


def answer(field: str, curated: str, machine: str) -> Answers:
    """Return a curator's answer, and the machine's beside it."""
    return Answers(
        field=field,
        said=(
            Answer(
                value=curated,
                rule="curator",
                asserted_by="C. Curator",
                asserted_at="2026-11-23T08:00:00.000000Z",
                reason="The printed copy says so.",
            ),
            Answer(value=machine, rule="agreeing-days/3", confidence=0.74),
        ),
    )


def _quote(text: str, exact: str) -> Quotation:
    start = text.index(exact)
    return Quotation(
        exact=exact,
        prefix=text[:start][-32:],
        suffix=text[start + len(exact) :][:32],
        start=start,
        end=start + len(exact),
        text=str(digest_bytes(text.encode())),
        fragment="#:~:text=nine%20departures",
    )


_LIVE: UrlStatus = "live"
_MANY = tuple(f"Author{chr(65 + place)} Example{chr(65 + place)}" for place in range(23))
_NOTICE = "There will be nine departures a day in each direction, weather permitting."

STATEMENTS: dict[str, Citation] = {
    "plain-case": make_citation(1, authors=name_all("Ida Lindqvist")),
    "particles": make_citation(
        2,
        authors=name_all("Jan van der Berg", "María de la Cruz García"),
        title="Dredging resumes",
        published="2026-03",
    ),
    "arabic": make_citation(
        3,
        authors=name_all("خالد بن عمر الحربي", "ليلى حداد", language="ar"),
        title="إعلان عن إغلاق الطريق الساحلي",
        publisher="بلدية المثال",
        site="baladiya.example",
        language="ar",
        published="2026-03-05",
    ),
    "arabic-in-latin": make_citation(
        4,
        authors=name_all("Khalid bin Omar al-Harbi", "Omar bin Said"),
        title="Coastal road closes",
    ),
    "chinese": make_citation(
        5,
        authors=name_all("王小明", "欧阳修远", language="zh"),
        title="关于冬季渡轮时刻表的公告",
        publisher="示例市港务局",
        language="zh",
        published="2026-11-02",
    ),
    "turkish": make_citation(
        6,
        authors=name_all("İsmail Işık", "ırmak çınar", language="tr"),
        title="Kış vapur tarifesi açıklandı",
        publisher="Örnek Belediyesi",
        language="tr",
        published="2026-11-02",
    ),
    "hungarian": make_citation(
        7,
        authors=name_all("Kovács Zsófia", "Nagy Béla", language="hu"),
        title="Téli kompmenetrend",
        publisher="Példa Kikötői Hivatal",
        language="hu",
        published="2026-11-02",
    ),
    "organisation": make_citation(
        8,
        authors=(Body(name="Ministry of Roads and Bridges, Norrvik"),),
        publisher="Ministry of Roads and Bridges, Norrvik",
        title="Old bridge closes",
    ),
    "no-author": make_citation(9, title="Water notice lifted", published="2026-11-02"),
    "no-date": make_citation(10, authors=name_all("Ida Lindqvist"), published=None),
    "nothing-known": make_citation(
        11, title=None, publisher=None, published=None, language=None, version=None, held=None,
        payload=None, status="unknown", archived="urn:archive:capture:" + make_citation(11).capture,
    ),
    "circa": make_citation(12, authors=name_all("Ida Lindqvist"), published="2024-03~"),
    "uncertain": make_citation(13, authors=name_all("Ida Lindqvist"), published="2024-03?"),
    "between": make_citation(
        14, authors=name_all("Ida Lindqvist"), published="2024-03-06/2024-03-13"
    ),
    "one-of": make_citation(
        15, authors=name_all("Ida Lindqvist"), published="[2024-03-04,2024-04-03]"
    ),
    "not-after": make_citation(16, authors=name_all("Ida Lindqvist"), published="../2024-03-06"),
    "season": make_citation(
        17, authors=name_all("Ida Lindqvist"), published="2024-21", status="dead"
    ),
    "decade": make_citation(18, authors=name_all("Ida Lindqvist"), published="202X"),
    "curated": make_citation(
        19,
        authors=name_all("Ida Lindqvist"),
        published="2024-03-06",
        is_supplied=True,
        publisher="Harbour Council",
        status="deviated",
        version=CitedVersion(number=2, count=3),
        answers=(
            answer("publisher", "Harbour Council", "Harbour Office of Norrvik"),
            answer("published", "2024-03-06", "2024-02-05"),
        ),
    ),
    "reprinted": make_citation(
        20,
        authors=name_all("Bo Ek"),
        publisher="Example Courier",
        original="Norrvik News Agency",
        agency="Norrvik News Agency",
        title="Old bridge “closes for good”",
    ),
    "many-authors": make_citation(21, authors=name_all(*_MANY), title="Survey of the quays"),
    "four-authors": make_citation(
        22,
        authors=name_all("Ida Lindqvist", "Bo Ek, Jr.", "Jean-Luc d'Aubigny", "Sukarno"),
        title='Is the "old quay" safe?',
    ),
    "question": make_citation(
        23, authors=name_all("Ida Lindqvist"), title="Closed again!", publisher="Yes & No Ltd."
    ),
    "persian-question": make_citation(
        24,
        authors=name_all("سارا احمدی", language="fa"),
        title="آیا اسکله بسته می‌شود؟",
        publisher="بندر نمونه",
        language="fa",
        published="2026-11-02",
    ),
    "quoted": make_citation(
        25,
        authors=name_all("Ida Lindqvist"),
        quotation=_quote(_NOTICE, "nine departures"),
        ark="ark:12345/" + make_citation(25).capture,
    ),
}  # fmt: skip
