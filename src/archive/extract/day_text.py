"""Dates in running text, in several languages, as exact as they are written.

Rules:

1. A date is read where its spelling leaves one reading: a month by name, the year first, or
   figures of which one cannot be a month.  Figures with dots are day first everywhere.
2. Figures with strokes are read day first or month first as the page's language says; where
   it does not say (English without a country, no language), both readings are kept, as an
   EDTF set.
3. Two figures for a year mean 2000 to 2049, else 1950 to 1999, and only where dots or
   strokes stand before.
4. A month with a year stays a month.  A day before a month's name may touch the word before it,
   since labels are often parted from it by nothing but their look.
5. A year from 2540 to 2599 in figures is one of the Buddhist era.  Other counts and spellings
   of their own have a module (`archive.extract.day_text_foreign`).

Not for: dates in metadata (`archive.core.edtf`), or telling what a date is the date of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from archive.core.edtf import FIRST_YEAR, LAST_YEAR
from archive.extract.day_text_foreign import BUDDHIST, DIGITS, find_foreign

# Each language's names and the short forms that stand in pages, a line for each month.
_NAMES = """
january jan januar jänner januari janvier janv enero ene gennaio gen janeiro stycznia \
styczeń ledna leden január tammikuuta ocak января январь ianuarie \
يناير جانفي ינואר בינואר січня януари ιανουαρίου ژانویه \
oca янв січ јануар siječnja januára jaanuar gener xaneiro
february feb februar feber februari février fevrier févr febrero febbraio fevereiro fev \
lutego luty února únor február helmikuuta şubat февраля февраль februarie \
فبراير فيفري شباط פברואר בפברואר лютого февруари φεβρουαρίου فوریه pebruari \
şub фев февр лют лютий фебруар veljače februára veebruar febrer
march mar märz maerz mrz mär maart mrt mars marzo março marco marca marzec března březen \
március maaliskuuta mart марта март martie marts \
مارس آذار מרץ במרץ מרס במרס березня март μαρτίου \
мар бер maret ožujka marec märts març
april apr avril avr abril abr aprile kwietnia kwiecień dubna duben április huhtikuuta \
nisan апреля апрель aprilie \
أبريل ابريل إبريل أفريل نيسان אפריל באפריל квітня април απριλίου آوریل \
nis апр кві travnja apríl apríla aprill
may mai mei mayo maggio mag maio maja května květen május toukokuuta mayıs мая май maj \
مايو ماي أيار מאי במאי травня май μαΐου \
тра мај svibnja máj mája maig
june jun juni juin junio giugno giu junho czerwca czerwiec června červen június kesäkuuta \
haziran июня июнь iunie \
يونيو يونيه جوان حزيران יוני ביוני червня юни ιουνίου ژوئن \
haz июн чер јун јуни lipnja jún júna juuni juny
july jul juli juillet juil julio luglio lug julho lipca lipiec července červenec július \
heinäkuuta temmuz июля июль iulie \
يوليو يوليه يوليوز جويلية تموز יולי ביולי липня юли ιουλίου ژوئیه \
tem июл лип јул јули srpnja júl júla juuli juliol
august aug août aout agosto ago augustus sierpnia sierpień srpna srpen augusztus elokuuta \
ağustos августа август augusti \
أغسطس اغسطس غشت أوت אוגוסט באוגוסט серпня αυγούστου agustus \
ağu авг сер avgust kolovoza augusta agost ogos
september sep sept septembre septiembre settembre set setembro września wrzesień září \
szeptember syyskuuta eylül сентября сентябрь septembrie \
سبتمبر شتنبر أيلول ספטמבר בספטמבר вересня септември σεπτεμβρίου سپتامبر \
eyl сен сент вер септембар septembar septembra rujna setembre
october oct oktober okt octobre octubre ottobre ott outubro out października październik \
října říjen október lokakuuta ekim октября октябрь octombrie \
أكتوبر اكتوبر אוקטובר באוקטובר жовтня октомври οκτωβρίου اکتبر \
eki окт жов октобар oktobar októbra oktoober
november nov novembre noviembre novembro listopada listopad listopadu marraskuuta kasım \
ноября ноябрь noiembrie \
نوفمبر نونبر נובמבר בנובמבר листопада ноември νοεμβρίου نوامبر \
kas ноя нояб лис новембар novembar novembra studenoga studenog
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia \
grudzień prosince prosinec joulukuuta aralık декабря декабрь decembrie \
ديسمبر دجنبر דצמבר בדצמבר грудня декември δεκεμβρίου دسامبر desember \
ara дек гру децембар decembar decembra prosinca detsember desembre disember
""".strip().splitlines()
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_WORD = r"[^\W\d_]{3,12}"
_YEAR = r"(?:19|20)\d\d"
_PATTERN = re.compile(
    rf"""(?<![\d./-])(?:(?<!\w)(?:
      (?P<y1>{_YEAR})(?P<s1>[-/.])\s?(?P<m1>\d{{1,2}})(?P=s1)\s?(?P<d1>\d{{1,2}})
      (?=T\d|\b(?![-/.]?\d))
    | (?P<d3>\d{{1,2}})\s?(?P<s3>[-/.])\s?(?P<m3>\d{{1,2}})\s?(?P=s3)
      \s?(?P<y3>(?:{_YEAR}|25[4-9]\d)(?![\d/-]|[.,:]\d)
        |\d\d(?![\w/-]|[.,:]\d))
    ) | (?P<d4>\d{{1,2}})(?:\.|st|nd|rd|th|er|º|°|ª)?[\s-]{{0,3}}(?:de\s|of\s|d['’])?\s?
      (?P<n4>{_WORD})(?:/[ء-ي]{{2,8}}(?:\s[ء-ي]{{3,8}})?)?
      [.,]?[\s-]{{1,3}}(?:de\s|del\s|do\s)?(?P<y4>{_YEAR})\b
    | (?<!\w)(?P<d8>\d{{1,2}})/(?P<n8>{_WORD})/(?P<y8>{_YEAR})\b
    | (?<!\w)(?:(?P<n5>{_WORD})\.?\s{{0,3}}(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?
      ,?\s{{1,3}}(?P<y5>{_YEAR})\b
    | (?P<y6>{_YEAR})\.\s(?P<n6>{_WORD})\s(?P<d6>\d{{1,2}})\.
    | (?P<n7>{_WORD})\.?,?\s{{1,3}}(?:de\s|del\s)?(?P<y7>{_YEAR})\b(?![-/.]\d)
    ))""",
    re.VERBOSE | re.IGNORECASE,
)

_FIRST_WORD = re.compile(r"\w*")

# Countries and languages that write the month first, and those whose day comes first.
_MONTH_FIRST = ("en-US", "en-PH", "es-US")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A date in a text: its characters, its value in EDTF, and the assumption made."""

    start: int
    end: int
    value: str
    note: str | None

    @property
    def is_day(self) -> bool:
        """Tell whether it names one day."""
        return len(self.value) == len("YYYY-MM-DD")


def find_dates(text: str, language: str | None) -> Iterator[Spotted]:
    """Yield the dates in ``text``, in its order; ``language`` is a tag of BCP 47."""
    if text.isascii():
        yield from _find_common(text, language)
        return
    text = text.translate(DIGITS)
    foreign = [
        Spotted(start=start, end=end, value=value, note=note)
        for start, end, year, month, day, note in find_foreign(text, language)
        if (value := format_date(year, month, day))
    ]
    if not foreign:
        yield from _find_common(text, language)
        return
    taken = {place for date in foreign for place in range(date.start, date.end)}
    common = (
        date
        for date in _find_common(text, language)
        if date.start not in taken and date.end - 1 not in taken
    )
    yield from sorted((*foreign, *common), key=lambda date: date.start)


def _find_common(text: str, language: str | None) -> Iterator[Spotted]:
    place = 0
    while match := _PATTERN.search(text, place):
        found = _read(match.groupdict(), language)
        if found:
            yield Spotted(start=match.start(), end=match.end(), value=found[0], note=found[1])
            place = match.end()
        else:  # a word that is no month, before a year that may begin a date
            word = _FIRST_WORD.match(text, match.start())
            place = max(word.end() if word else 0, match.start() + 1)


def _read(part: dict[str, str | None], language: str | None) -> tuple[str, str | None] | None:
    if part["d3"]:
        return _read_figures(
            int(part["d3"]), int(part["m3"] or 0), part["y3"] or "", part["s3"] or "", language
        )
    number = next(key[1] for key, text in part.items() if key.startswith("y") and text)
    year = int(part[f"y{number}"] or 0)
    month: int | None
    if name := part.get(f"n{number}"):
        month = _find_month(name.lower(), language)
    else:
        month = int(part[f"m{number}"] or 0)
    day = part.get(f"d{number}")
    value = format_date(year, month, int(day) if day else None)
    return (value, None) if value else None


def _find_month(name: str, language: str | None) -> int | None:
    """Return the month of a name; of one that two languages give to two months, by the language."""
    if name == "listopada" and (language or "").partition("-")[0] in ("hr", "bs"):
        return 10
    return MONTHS.get(name)


def _read_figures(
    first: int, second: int, spelled: str, mark: str, language: str | None
) -> tuple[str, str | None] | None:
    year = int(spelled)
    if year > LAST_YEAR:
        year -= BUDDHIST
    if len(spelled) == 2:
        if mark == "-":
            return None
        year += 2000 if year < 50 else 1900
    day_first = format_date(year, second, first)
    if mark == ".":
        return (day_first, None) if day_first else None
    month_first = format_date(year, first, second)
    if day_first and month_first and day_first != month_first:
        order = _find_order(language)
        if order is None:
            low, high = sorted((day_first, month_first))
            return f"[{low},{high}]", "day or month first"
        chosen = day_first if order == "day" else month_first
        return chosen, f"{order} first, as in {language}"
    value = day_first or month_first
    return (value, None) if value else None


def _find_order(language: str | None) -> str | None:
    if language in _MONTH_FIRST:
        return "month"
    main, _, region = (language or "").partition("-")
    return None if main in ("", "en") and not region else "day"


def format_date(year: int, month: int | None, day: int | None) -> str | None:
    """Return a date in EDTF, or None where there is no such day."""
    if month is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        exact = date(year, month, 1 if day is None else day).isoformat()
    except ValueError:
        return None
    return exact[:7] if day is None else exact
