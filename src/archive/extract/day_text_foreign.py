"""Dates in running text that are spelled without Latin, Greek or Cyrillic month names.

Rules:

1. Year, month and day behind 年月日 or 년월일 need no space around them.
2. Years of a Japanese emperor, of the Republic of China (民國) and of the Buddhist era are counted
   from a fixed year, and days of the Iranian calendar by its arithmetic of 33 years: each has one
   reading, and the note says which count it is.
3. The Islamic calendar is not read: its months begin when the moon is seen, so that a day of it
   is one of two or three.
4. Digits of other scripts are read as theirs are (`DIGITS` keeps every place).

Not for: what most languages write (`archive.extract.day_text`).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

DIGITS = {
    start + digit: str(digit)
    for start in (0x0660, 0x06F0, 0x0966, 0x0E50, 0xFF10)
    for digit in range(10)
}
BUDDHIST = 543
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
# Arabic months of two words or two letters; the others are words like any.
_ARABIC = {
    "كانون الثاني": 1, "كانون الأول": 12, "كانون الاول": 12, "تشرين الأول": 10,
    "تشرين الاول": 10, "تشرين الثاني": 11, "آب": 8,
}  # fmt: skip
_ASIAN = {
    name: number
    for number, names in enumerate(
        "มกราคม ม.ค.|กุมภาพันธ์ ก.พ.|มีนาคม มี.ค.|เมษายน เม.ย.|พฤษภาคม พ.ค.|มิถุนายน มิ.ย."
        "|กรกฎาคม ก.ค.|สิงหาคม ส.ค.|กันยายน ก.ย.|ตุลาคม ต.ค.|พฤศจิกายน พ.ย.|ธันวาคม ธ.ค.".split("|"),
        1,
    )
    for name in names.split()
} | {
    name: number
    for number, names in enumerate(
        (
            "जनवरी|फ़रवरी फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर सितम्बर|अक्टूबर|नवंबर नवम्बर|दिसंबर दिसम्बर"
        ).split("|"),
        1,
    )
    for name in names.split()
}
_IRANIAN = {
    name: number
    for number, name in enumerate(
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(), 1
    )
}


def _either(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_PATTERN = re.compile(
    rf"""(?<!\d)(?:
      (?P<y1>(?:19|20)\d\d)\s?[年년]\s?(?:[(（]\w{{2,8}}[)）]\s?)?(?P<m1>\d{{1,2}})\s?[月월](?:\s?(?P<d1>\d{{1,2}})\s?[日일])?
    | (?P<era>{_either(_ERAS)})\s?(?P<y2>\d{{1,3}}|元)\s?年\s?(?P<m2>\d{{1,2}})\s?月
      (?:\s?(?P<d2>\d{{1,2}})\s?日)?
    | (?P<d3>\d{{1,2}})\s(?P<arabic>{_either(_ARABIC)})(?:\s?[/(]\s?[^\W\d_]{{3,9}}\)?)?,?،?\s
      (?P<y3>(?:19|20)\d\d)
    | (?P<d4>\d{{1,2}})\s?(?P<asian>{_either(_ASIAN)}),?\s?(?:[พค]\.ศ\.\s?)?
      (?P<y4>(?:2[45]|19|20)\d\d)
    | (?P<d5>\d{{1,2}})\s(?P<iranian>{_either(_IRANIAN)})(?:\sماه)?\s(?P<y5>1[34]\d\d)
    | (?P<y6>1[34]\d\d)/(?P<m6>\d{{1,2}})/(?P<d6>\d{{1,2}})
    | (?P<d7>\d{{1,2}})\s[Tt]háng\s(?P<m7>\d{{1,2}})(?:,\s?|\snăm\s|\s)(?P<y7>(?:19|20)\d\d)
    )(?:(?<=[日일])|(?!\d))""",
    re.VERBOSE,
)
Read = tuple[int, int, int, int, int | None, str | None]


def find_foreign(text: str, language: str | None) -> Iterator[Read]:
    """Yield start and end of each such date, its year, month and day or None, and a note."""
    is_iranian = (language or "").partition("-")[0] == "fa"
    for match in _PATTERN.finditer(text):
        part = {name: found for name, found in match.groupdict().items() if found}
        number = next(name[1] for name in part if name[0] == "y")
        if number == "6" and not is_iranian:
            continue
        year = 1 if part[f"y{number}"] == "元" else int(part[f"y{number}"])
        day = int(part[f"d{number}"]) if f"d{number}" in part else None
        read = _read(part, int(part.get(f"m{number}", 0)), year, day)
        if read:
            yield match.start(), match.end(), *read


def _read(
    part: dict[str, str], month: int, year: int, day: int | None
) -> tuple[int, int, int | None, str | None] | None:
    """Return year, month and day of the calendar that we write, and which count was read."""
    if era := part.get("era"):
        return year + _ERAS[era], month, day, f"year of {era}"
    if arabic := part.get("arabic"):
        return year, _ARABIC[arabic], day, None
    if asian := part.get("asian"):
        is_buddhist = year > 2400
        note = "year of the Buddhist era" if is_buddhist else None
        return year - (BUDDHIST if is_buddhist else 0), _ASIAN[asian], day, note
    if day and ("iranian" in part or "y6" in part):
        found = _read_iranian(year, _IRANIAN.get(part.get("iranian", ""), month), day)
        return (found.year, found.month, found.day, "Iranian calendar") if found else None
    return year, month, day, None


def _read_iranian(year: int, month: int, day: int) -> date | None:
    """Return the day; for years from 1206 to 1498, whose leap years the 33 years give exactly."""
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):
        return None
    if month == 12 and day == 30 and not _is_leap(year):
        return None
    days = sum(366 if _is_leap(item) else 365 for item in range(1300, year))
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(1921, 3, 21) + timedelta(days=days + before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
