"""What a citation proves, and what it does not; and who says what of it, in words.

Not for: finding the evidence (`archive.workflows.cite`).
"""

from archive.cite.runs import clean
from archive.core.citation import NOT_PROVED, Answer, Answers, Citation, Quotation, format_text_urn
from archive.core.digest import format_ni
from archive.core.instant import format_instant


def word_proof(citation: Citation) -> str:
    """Return what is proved and what is not, in a sentence, without a full stop."""
    held = citation.held
    if held is None:
        return f"no checkpoint of the archive's log covers this capture; {NOT_PROVED}"
    if not held.testimonies:
        return (
            "by the archive's own log, and nobody else's word yet, it held these bytes by"
            f" {_word_moment(format_instant(citation.captured))} (leaf {held.leaf}); {NOT_PROVED}"
        )
    first = min(held.testimonies, key=lambda item: item.time)
    return (
        f"the archive held these bytes by {_word_moment(format_instant(first.time))}"
        f" (log leaf {held.leaf}, {first.kind} {clean(first.who)}); {NOT_PROVED}"
    )


def word_whole_proof(citation: Citation) -> str:
    """Return the same with the checkpoint and every outsider."""
    held = citation.held
    if held is None:
        return word_proof(citation)
    also = "".join(
        f"; {item.kind} {clean(item.who)} at {format_instant(item.time)}"
        for item in held.testimonies
    )
    return (
        f"{word_proof(citation)}; checkpoint of {held.size} leaves, root {held.root},"
        f" of the log {held.origin}{also}"
    )


def word_version(citation: Citation) -> str:
    """Return which version is cited, and by which digest it is known."""
    version = citation.version
    number = f"version {version.number} of {version.count}, " if version is not None else ""
    payload = f", {format_ni(citation.payload)}" if citation.payload is not None else ""
    ark = f", {citation.ark}" if citation.ark is not None else ""
    return f"{number}capture {citation.capture}{payload}{ark}"


def word_answers(answers: Answers) -> str | None:
    """Return who says what, where a curator and the machine, or two curators, both answered."""
    if all(answer.asserted_by is None for answer in answers.said):
        return None
    return f"{_capital(answers.field)}: {'; '.join(map(_word_answer, answers.said))}"


def word_quotation(capture: str, quotation: Quotation) -> str:
    """Return a quotation with its place, in the words that `archive.cite.reading` finds again."""
    place = f"characters {quotation.start}–{quotation.end} of {format_text_urn(capture)}"
    return f"Quotation: “{clean(quotation.exact)}” [{place}]"


def list_remarks(citation: Citation) -> tuple[str, ...]:
    """Return what every machine form says beside its fields, a sentence each."""
    told = [_capital(word_version(citation)), _capital(word_whole_proof(citation))]
    if citation.published is not None:
        told.append(f"Published (EDTF): {clean(citation.published)}{_word_basis(citation)}")
    told += [words for item in citation.answers if (words := word_answers(item)) is not None]
    if citation.quotation is not None:
        told.append(word_quotation(citation.capture, citation.quotation))
    return tuple(told)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _word_basis(citation: Citation) -> str:
    for item in citation.answers:
        if item.field == "published" and item.said:
            return f", {_word_source(item.said[0])}"
    return ""


def _word_answer(answer: Answer) -> str:
    return f"{clean(answer.value)} ({_word_source(answer)})"


def _word_source(answer: Answer) -> str:
    if answer.asserted_by is not None:
        why = f": {clean(answer.reason).rstrip('.')}" if answer.reason else ""
        return f"asserted by {clean(answer.asserted_by)}{why}"
    sure = f", confidence {answer.confidence:.2f}" if answer.confidence is not None else ""
    return f"rule {answer.rule}{sure}"


def _word_moment(moment: str) -> str:
    return moment[:19] + "Z"
