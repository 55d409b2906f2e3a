"""Claims of corrections and updates that a page announces in its text.

A notice needs a shape (a word for correcting at the start of a paragraph, or a sentence such as
"this article has been updated") and a position (the first or last paragraphs of the text, or
a class that says so).  One of a correction says that something was wrong; one of an update does
not, and has a rule of its own; with nothing but a date it is a label and none.  An invitation to
report a mistake is none either.  The sentence is kept; whether it is a correction, a person
judges.
Not for: finding what was changed.
"""

import re
from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import format_path, map_page
from archive.extract.source import make_claim

_AT_EACH_END = 4  # paragraphs
_LONGEST = 800
_START = re.compile(
    r"\s*+[\[【(*_]*+\s*+"
    r"(?:corrections?|clarification|editor['’]s note|correction appended|update[d]?"
    r"|korrektur(?:hinweis)?|berichtigung|richtigstellung|anmerkung der redaktion|anm\. d\. red"
    r"|rectificatif|erratum|errata|correction|mise à jour|correcci[óo]n|fe de errores|rettifica"
    r"|errata corrige|correzione|correção|rectificatie|correctie|sprostowanie|rättelse|rettelse"
    r"|oprava|helyesbítés|düzeltme|исправление|уточнение|поправка|תיקון|تصحيح|استدراك|تنويه"
    r"|更正(?:启事|啟事|说明|說明)?|勘误|勘誤|訂正|정정)"
    r"(?:\s\([^()]{2,40}\))?(?:,?\s[^:.\n]{2,40})?\s?[:：\-–—\]】)]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:this|an earlier version of this|a previous version of this|the original version of this)"
    r"\s(?:article|story|post|report|piece|page|statement|release)\s(?:\w+\s){0,3}?"
    r"(?:updated|corrected|amended|revised|stated|said|misstated|incorrectly|referred|mis\w+)"
    r"|(?:in einer früheren version|dieser (?:artikel|text|beitrag) wurde (?:[\w.]+\s){0,4}?"
    r"(?:korrigiert|aktualisiert|geändert|ergänzt))"
    r"|cet article a été (?:modifié|corrigé|mis à jour)|une version précédente de cet article"
    r"|una versión anterior de est"
    r"|este artículo (?:ha sido|fue) (?:corregido|actualizado|modificado)",
    re.IGNORECASE,
)
_CLASS = re.compile(
    r"correction|corrigendum|korrektur|erratum|editor-?s?-?note|update-?note", re.IGNORECASE
)


# What says that something was wrong, rather than that something was added.
_WRONG = re.compile(
    r"correct|clarif|misstat|incorrect|erron|in error|mistake|wrongly|an earlier version"
    r"|a previous version|originally (?:stated|said|reported)|retract"
    r"|korrig|korrektur|berichtig|richtigstellung|fälschlich|irrtümlich|falsch|früheren version"
    r"|rectific|errat|corrig|une version précédente"
    r"|correcc|fe de errores|una versión anterior|rettific|correzione|correção|rectificatie"
    r"|correctie|sprostowanie|rättelse|rettelse|oprava|helyesbít|düzeltme|исправл|уточнение"
    r"|поправка|תיקון|تصحيح|استدراك|更正|勘误|勘誤|訂正|정정",
    re.IGNORECASE,
)


_INVITATION = re.compile(
    r"\b(?:submit|suggest|report|request|send|e-?mail|contact|see something|spot(?:ted)?|found)\b"
    r"[^.]{0,60}\b(?:corrections?|errors?|mistakes?|typos?|clarifications?)\b"
    r"|corrections? (?:policy|and clarifications)|fehler (?:melden|gefunden|entdeckt)"
    r"|korrektur (?:vorschlagen|melden)|signaler une erreur|description de l['’]erreur",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_LEAST_WORDS = 3  # of four letters or more, that an update is told in
_HEAD = 40  # characters of what has the shape, in which an invitation shows
_LEAST_NAMED = 6  # words of an element that has nothing but its class to say so


def parse_notices(page: Page) -> Iterator[Claim]:
    """Yield the notices, in the order of the document."""
    if page.tree is None:
        return
    site = map_page(page)
    body = []
    for element in page.parts.paragraphs[:400]:
        around = site.describe(element)
        if not (around.is_comment or around.is_aside or around.is_footer):
            body.append(element)
    ends = {*body[:_AT_EACH_END], *body[-_AT_EACH_END:]}
    named = [item for item in page.parts.named if _CLASS.search(item.get("class") or "")][:10]
    told: set[str] = set()
    for element in [*(item for item in body if item in ends), *named]:
        text = site.read(element)
        words = " ".join(text.split())
        if not 10 < len(words) <= _LONGEST or words in told:
            continue
        rule = _choose_rule(text, words, is_named=element in named)
        if rule is not None:
            told.add(words)
            yield make_claim(
                "correction",
                text,
                words,
                source="notice",
                locator=f"{format_path(element)}#text",
                rule=rule,
            )


def _choose_rule(text: str, words: str, *, is_named: bool) -> str | None:
    """Return the rule by which a text is a notice, None where it is none."""
    start = _START.match(text)
    has_shape = start is not None or _SENTENCE.search(text) is not None
    if not has_shape and not (is_named and words.count(" ") >= _LEAST_NAMED - 1):
        return None
    if _INVITATION.search(words[:_HEAD] if has_shape else words):
        return None
    if _WRONG.search(text):
        return "notice-correction/1"
    said = _WORD.findall(text[start.end() :] if start else text)
    return "notice-update/1" if len(said) >= _LEAST_WORDS else None
