"""Notices of corrections and of updates, and what only looks like one."""

import pytest

from tests.extract.pages import list_claims_of

STORY = "<p>The wall of the old harbour has been repaired over its whole length.</p>" * 6
CORRECTION, UPDATE = "notice-correction/1", "notice-update/1"

NOTICES = {
    "<p>Correction: The wall is 300 metres long, not 200.</p>": CORRECTION,
    "<p>Correction, 6 March: the name of the quay was misspelt.</p>": CORRECTION,
    "<p>This article has been corrected to give the right length of the wall.</p>": CORRECTION,
    "<p>An earlier version of this article stated that the wall was closed.</p>": CORRECTION,
    "<p>Korrektur: In einer früheren Version hieß es, der Kai sei gesperrt.</p>": CORRECTION,
    "<p>Correction: it is 300 metres. Readers may report an error to the office.</p>": CORRECTION,
    "<p>Update: The quay has since been opened to the public.</p>": UPDATE,
    "<p>Update (6 March): boats may moor on the northern side again.</p>": UPDATE,
    "<p>This article was updated with a statement of the office.</p>": UPDATE,
    "<p>Dieser Artikel wurde am 6. März aktualisiert und um Zahlen ergänzt.</p>": UPDATE,
    "<p>تصحيح: طول الجدار ثلاثمئة متر وليس مئتين.</p>": CORRECTION,
    "<p>更正：本文早前版本所述城墙长度有误。</p>": CORRECTION,
    "<p>Исправление: длина стены составляет 300 метров.</p>": CORRECTION,
    "<p>Updated: Nov 8, 2023 / 11:50 AM EST</p>": None,
    "<p>Update: 8 November 2023</p>": None,
    "<div class='correction-form'>Suggest a Correction Your name(required) Your email</div>": None,
    "<div class='correction'>Submit Correction</div>": None,
    "<div class='correction'>Request Reprint Submit Correction View Guidelines Now</div>": None,
    "<div class='correction-link'>Spotted a mistake in this text? Tell the editors.</div>": None,
    "<p>Signaler une erreur : écrivez à la rédaction du journal.</p>": None,
    "<p>The correction of the river took forty years, the office says.</p>": None,
}


@pytest.mark.parametrize("notice", NOTICES)
def test_corrections_updates_and_neither(notice: str) -> None:
    claims = list_claims_of("", f"<article><h1>The wall</h1>{STORY}{notice}</article>")
    rules = {claim.rule for claim in claims if claim.field == "correction"}
    assert rules == ({NOTICES[notice]} - {None})
