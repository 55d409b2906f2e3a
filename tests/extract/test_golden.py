"""Whole pages beside what is read from them.  Not for: single rules."""

import json
from dataclasses import asdict

import pytest

from archive.extract.claims import read_claims
from archive.extract.statement import read_extraction
from archive.provenance.assertions import choose_assertions
from tests.support.golden import GOLDEN, Golden

CASES = sorted(path.parent.name for path in GOLDEN.glob("extract/*/headers.json"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 9


@pytest.mark.golden
@pytest.mark.parametrize("case", CASES)
def test_golden_page(case: str, golden: Golden) -> None:
    (page,) = (GOLDEN / "extract" / case).glob("page.*")
    content = golden.read(f"extract/{case}/{page.name}")
    response = json.loads(golden.read(f"extract/{case}/headers.json"))
    fields = tuple((name, value) for name, value in response["fields"])
    status = response["status"]
    extraction = read_extraction(content, fields, response["url"], status=status)
    again = read_extraction(content, fields, response["url"], status=status, claims_only=True)
    assert (again.claims, again.page) == (extraction.claims, extraction.page)
    assert read_claims(content, fields, response["url"]) == extraction.claims
    result = {
        "outcome": extraction.outcome,
        "detail": extraction.detail,
        "page": asdict(extraction.page) if extraction.page else None,
        "text": extraction.text.split("\n"),
        "claims": [asdict(claim) for claim in extraction.claims],
        "assertions": [asdict(assertion) for assertion in choose_assertions(extraction.claims)],
    }
    golden.check(
        f"extract/{case}/expected.json", json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    )
