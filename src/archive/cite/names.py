"""Names of authors: read into parts, and written as styles want them.

Rules:

1. ``Family, Given`` and ``Family, Given, Jr.`` are read as they are written.
2. Particles in lower case go with the family name (`van der`, `de la`, `bin`); so does an
   Arabic article joined by a hyphen (`al-`).  A particle with a capital is part of the family
   name.
3. In Han and Hangul the family name comes first; two-character family names are known.  In
   Hungarian and Vietnamese texts it comes first too.
4. What names an office, a company or a newsroom is a body, not a person.  What no rule can
   divide is a single name.

Not for: who the author is (`archive.provenance`).
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from archive.cite.runs import clean, is_right_to_left
from archive.core.citation import Author, Body, Person
from archive.core.text import fold_text

_PARTICLES = frozenset(
    "van von vom vander der den de del dela della dello degli dei di da do dos das du d' la"
    " le las los les lo ter ten te zu zum zur und af av y e in op 't 's bin ibn bint ben al el"
    " ould abu".split()
)
_CAPITAL = frozenset(
    "Van Von Vander Der Den De Del Della Di Da Dos Du La Le Ter Ten Mac Abu".split()
)
_SUFFIX = re.compile(r"(?:jr|sr|jun|sen)\.?|ii|iii|iv|ifj\.|id\.", re.IGNORECASE)
_FAMILY_FIRST = ("hu", "vi", "zh", "ja", "ko")
_HAN_DOUBLE = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "诸葛",
    "諸葛",
    "上官",
    "东方",
    "東方",
    "皇甫",
    "令狐",
    "司徒",
    "尉迟",
    "公孙",
)
_HANGUL_DOUBLE = ("남궁", "황보", "제갈", "선우", "독고")
_ARTICLE = re.compile(r"(?:al|el|as|ash|an|ar|at|az|ad)[-‑]\w", re.IGNORECASE)
_NASAB = ("بن", "ابن", "بنت", "أبو", "آل")
_BODY = frozenset(
    "ministry office department council agency committee commission university institute"
    " institution association union authority bureau board board's court parliament government"
    " police embassy foundation federation society company"
    " group team staff newsroom news press editors desk service services center centre"
    " museum library bank school college ministère ministerio ministério ministero université"
    " universidad universität amt stadt behörde verein verband bund gemeinde redaktion"
    " pressestelle stadtwerke ayuntamiento mairie comune bakanlığı belediyesi ajansı müdürlüğü"
    " üniversitesi kurumu başkanlığı valiliği minisztérium hivatal egyetem önkormányzat"
    " ügynökség hatóság hivatala önkormányzata وزارة وكالة هيئة مجلس بلدية مكتب جامعة".split()
)
# These only at the end: "AG Lindqvist" is a person with two initials.
_BODY_LAST = frozenset("corporation corp inc ltd llc plc gmbh ag".split())
_BODY_ENDS = ("ministerium", "behörde", "verband", "verein", "werke", "minisztérium", "stelle")
_HAN_BODY_ENDS = tuple("社局部委会會院厅廳处處网網报報办辦所室署")
_DOTLESS = {"ı": "I"}
_TURKISH = {"ı": "I", "i": "İ"}
_MARKS = re.compile(r"[\d&@/|:]")

Spelling = Literal["direct", "inverted", "initials"]


def parse_author(name: str, *, language: str | None, bodies: frozenset[str]) -> Author:
    """Return the author that ``name`` means; ``bodies`` are folded names of no persons."""
    said = clean(name)
    folded = fold_text(said)
    if folded in bodies or not folded or _is_body(said):
        return Body(name=said or "?")
    parts = [part.strip() for part in re.split(r"[,،，]", said)]
    if len(parts) > 1 and all(parts):
        return _parse_divided(parts, said)
    if _is_script(said, "CJK") or _is_script(said, "HANGUL"):
        return _parse_undivided(said)
    words = said.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) == 1:
        return Person(family=words[0], suffix=suffix)
    if _is_family_first(language, words):
        return Person(
            family=words[0], given=" ".join(words[1:]), suffix=suffix, is_family_first=True
        )
    return _divide(words, suffix)


def format_author(author: Author, spelling: Spelling) -> str:
    """Return a name as it is spoken, with the family name in front, or so with initials."""
    if isinstance(author, Body):
        return author.name
    is_undivided = _is_script(author.family, "CJK") or _is_script(author.family, "HANGUL")
    gap = "" if is_undivided else " "
    comma = "، " if is_right_to_left(author.family) else ", "
    family = " ".join(part for part in (author.particle, author.family) if part)
    if spelling == "direct" or (is_undivided and author.given):
        first, last = (family, author.given) if author.is_family_first else (author.given, family)
        named = gap.join(part for part in (first, last) if part)
        return f"{named} {author.suffix}" if author.suffix else named
    given = author.given
    if spelling == "initials":
        is_turkish = any(letter in "ışğİ" for letter in author.given + author.family)
        given = _shorten(given, _TURKISH if is_turkish else _DOTLESS)
    return comma.join(part for part in (family, given, author.suffix) if part)


def is_inverted(author: Author) -> bool:
    """Tell whether a comma divides the name where its family name is put in front."""
    return "," in format_author(author, "inverted") or "،" in format_author(author, "inverted")


def join_names(names: Sequence[str], last: str) -> str:
    """Return names as a list, with ``last`` before the last one, as in ``, and ``."""
    return "".join(
        name if not place else f"{last if place == len(names) - 1 else ', '}{name}"
        for place, name in enumerate(names)
    )


def fold_ascii(text: str) -> str:
    """Return the letters and digits of ``text`` that ASCII has, in lower case, for keys."""
    spelled = text.translate(_LETTERS)
    folded = unicodedata.normalize("NFKD", spelled).casefold()
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


_LETTERS = {
    ord(letter): plain
    for letter, plain in zip(
        "ıİßøØłŁđĐæÆœŒþÞðÐ", "i i ss o o l l d d ae ae oe oe th th d d".split(), strict=True
    )
}


def _shorten(given: str, capitals: dict[str, str]) -> str:
    """Return initials, as in ``J.-L.``; scripts without letter case are not shortened."""
    if not any(letter.isupper() or letter.islower() for letter in given):
        return given
    return " ".join(
        "-".join(f"{_find_initial(part, capitals)}." for part in re.split(r"[-‐‑]", word) if part)
        for word in given.split()
    )


def _find_initial(word: str, capitals: dict[str, str]) -> str:
    """Return the first letter with its marks, as a capital; ``capitals`` are of a language."""
    end = 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    return capitals.get(word[0], word[0].upper()) + word[1:end]


def _parse_divided(parts: list[str], said: str) -> Author:
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    rest = [part for part in parts if part not in suffixes]
    if len(rest) > 2 or len(suffixes) > 1:
        return Body(name=said)
    suffix = suffixes[0] if suffixes else ""
    if len(rest) == 1:
        return _divide(rest[0].split(), suffix)
    particle, family = _split_particle(rest[0].split())
    return Person(family=family, given=rest[1], particle=particle, suffix=suffix)


def _parse_undivided(said: str) -> Person:
    """Return a name in Han or Hangul; where the family name ends is not always to be known."""
    words = said.split()
    if len(words) == 2:
        return Person(family=words[0], given=words[1], is_family_first=True)
    is_hangul = _is_script(said, "HANGUL")
    if len(words) > 1 or not 2 <= len(said) <= 4 or _has_kana(said) or "·" in said:
        return Person(family=said)
    doubles = _HANGUL_DOUBLE if is_hangul else _HAN_DOUBLE
    end = 2 if len(said) > 2 and said[:2] in doubles else 1
    if len(said) == 4 and end == 1:
        return Person(family=said)
    return Person(family=said[:end], given=said[end:], is_family_first=True)


def _divide(words: list[str], suffix: str) -> Person:
    """Return a name whose family name comes last."""
    if len(words) == 1:
        return Person(family=words[0], suffix=suffix)
    start = len(words) - 1
    if _ARTICLE.match(words[-1]) or (words[-1].startswith("ال") and len(words[-1]) > 3):
        return Person(family=words[-1], given=" ".join(words[:-1]), suffix=suffix)
    for place in range(1, len(words) - 1):
        if words[place] in _PARTICLES or words[place] in _NASAB:
            start = place
            break
        if words[place] in _CAPITAL:
            start = place
            break
    particle, family = _split_particle(words[start:])
    return Person(family=family, given=" ".join(words[:start]), particle=particle, suffix=suffix)


def _split_particle(words: list[str]) -> tuple[str, str]:
    place = 0
    while place < len(words) - 1 and (words[place] in _PARTICLES or words[place] in _NASAB):
        place += 1
    return " ".join(words[:place]), " ".join(words[place:])


def _is_family_first(language: str | None, words: list[str]) -> bool:
    primary = (language or "").partition("-")[0].lower()
    if primary not in _FAMILY_FIRST or not 2 <= len(words) <= 4:
        return False
    return primary in ("hu", "vi") and not any(word in _PARTICLES for word in words)


def _is_body(said: str) -> bool:
    words = said.casefold().split()
    if len(words) > 1 and words[0].endswith(",") and "," not in said.rstrip(",")[len(words[0]) :]:
        words = words[1:]  # "Court, Robert": somebody says which part is the family name
    elif len(words) > 1 and words[-1].strip(".,()") in _BODY_LAST:
        return True
    if _MARKS.search(said) or len(words) > 7 or len(said) > 80:
        return True
    if any(word.strip(".,()") in _BODY or word.endswith(_BODY_ENDS) for word in words):
        return True
    return _is_script(said, "CJK") and len(said) > 3 and said.endswith(_HAN_BODY_ENDS)


def _is_script(text: str, script: str) -> bool:
    """Tell whether the first letter is of a script, by its name in Unicode."""
    first = next((letter for letter in text if letter.isalpha()), "")
    name = unicodedata.name(first, "") if first and not first.isascii() else ""
    return name.startswith(script) or (
        script == "CJK" and name.startswith(("HIRAGANA", "KATAKANA"))
    )


def _has_kana(text: str) -> bool:
    return any(unicodedata.name(letter, "").startswith(("HIRAGANA", "KATAKANA")) for letter in text)
