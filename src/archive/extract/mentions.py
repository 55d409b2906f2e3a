"""Claims of dates that a text names without being about the page: bounds and weekdays.

Rules:

1. A year, or a day, behind words that put it in the past ("adopted in 2019", "since 2019",
   "wurde 2019 gegründet") is a lower bound: the text is no older.  The latest such is stated.
   Beside words for what lies ahead ("was to be opened in 2030") it is none.
   Without such words a year may as well lie ahead, and says nothing.
2. A weekday that stands where a date would (alone near the headline, or in the dateline) is
   a weekday claim, as its number in ISO 8601.  One in the running text may mean another day
   than that of publication, and is left.

Not for: dates of publication (`archive.extract.visible_dates`).
"""

import re
from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import format_path, map_page
from archive.extract.source import make_claim

_MOST = 60
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)(?!\d|[-/–]\d)"
_PAST = re.compile(
    r"\b(?:adopted|founded|established|signed|launched|held|elected|born|died|began|begun|started"
    r"|opened|created|introduced|passed|enacted|ratified|released|killed|won|built|appointed"
    r"|approved|declared|was|were|took place|happened|occurred|came into force)\s"
    rf"(?:[a-z]+\s){{0,4}}?(?:in|on|since)\s(?:early\s|late\s)?(?:[A-Z][a-z]+\s)?(?:\d{{1,2}},?\s)?{_YEAR}"
    rf"|\b(?:since|seit|depuis|desde|dal|sinds)\s(?:[^\W\d_]+\s)?{_YEAR.replace('year', 'since')}"
    rf"|\b(?:wurde|wurden|war|waren)\s(?:[\w-]+\s){{0,4}}?{_YEAR.replace('year', 'wurde')}"
    rf"\s(?:[\w-]+\s){{0,3}}?(?:gegründet|beschlossen|verabschiedet|eröffnet|eingeführt|geboren|gewählt)"
    rf"|\b(?:adopté|fondé|créé|signé|adoptad|fundad|firmad|cread)\w*\s(?:\w+\s){{0,3}}?en\s"
    rf"{_YEAR.replace('year', 'en')}"
)
_BEFORE = 60  # characters in which a word for what lies ahead may stand
_AHEAD = re.compile(
    r"\b(?:will|shall|would|should|could|may|to be|to have|due|plan\w*|expect\w*|schedul\w*|set to"
    r"|being|hop\w+|propos\w*|intend\w*|wird|werden|soll\w*|geplant|würde\w*|sera|seront|serait"
    r"|será\w*|prévu\w*|previst\w*)\b",
    re.IGNORECASE,
)
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday montag lundi lunes lunedì segunda-feira maandag poniedziałek måndag mandag",
            "tuesday dienstag mardi martes martedì terça-feira dinsdag wtorek tisdag tirsdag",
            "wednesday mittwoch mercredi miércoles mercoledì quarta-feira woensdag środa onsdag",
            "thursday donnerstag jeudi jueves giovedì quinta-feira donderdag czwartek torsdag",
            "friday freitag vendredi viernes venerdì sexta-feira vrijdag piątek fredag",
            "saturday samstag sonnabend samedi sábado sabato zaterdag sobota lördag lørdag",
            "sunday sonntag dimanche domingo domenica zondag niedziela söndag søndag",
        ),
        1,
    )
    for name in names.split()
}
_NAMES = "|".join(_WEEKDAYS)
_ALONE = re.compile(
    rf"\s*(?:published|posted|updated|on|am|le|el|il)?\s*(?P<day>{_NAMES})[\s,.|–-]*"
    r"(?:(?:at|um|à|a las)?\s*\d{1,2}[:.h]\d\d\s*(?:uhr|am|pm|h|[a-z]{2,4})?)?\s*",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"\s*[^\W\d_a-z][\w .'’-]{{1,40}},\s(?P<day>{_NAMES})\s?(?:\([^()]{{2,30}}\))?\s?[-–—:]",
    re.IGNORECASE,
)


def parse_mentions(page: Page) -> Iterator[Claim]:
    """Yield the latest lower bound that the text names, then a weekday in a date's place."""
    if page.tree is None:
        return
    site = map_page(page)
    best: Claim | None = None
    weekday: Claim | None = None
    for place, element in enumerate(page.parts.paragraphs[:_MOST]):
        around = site.describe(element)
        if around.is_comment or around.is_aside or around.is_footer:
            continue
        text = site.read(element)[:4_000]
        for match in _PAST.finditer(text):
            sentence = text[max(0, match.start() - _BEFORE) : match.end()].rpartition(". ")[2]
            if _AHEAD.search(sentence):
                continue
            year = next(text for text in match.groups() if text)
            if best is None or (best.value or "") < f"{year}/..":
                best = make_claim(
                    "published",
                    match.group(),
                    f"{year}/..",
                    source="mentions",
                    locator=f"{format_path(element)}#text[{match.start()}:{match.end()}]",
                    rule="past-event/2",
                )
        pattern = _ALONE.fullmatch(text) if len(text) < 60 else None
        found = pattern or (_DATELINE.match(text) if place < 6 else None)
        if weekday is None and found:
            weekday = make_claim(
                "weekday",
                found["day"],
                str(_WEEKDAYS[found["day"].lower()]),
                source="weekday",
                locator=f"{format_path(element)}#text[{found.start('day')}:{found.end('day')}]",
                rule="weekday/1",
            )
    yield from (claim for claim in (best, weekday) if claim)
