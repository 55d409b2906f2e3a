"""Comparing with files under ``tests/golden``, byte for byte.  Not for: making the output."""

from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """Asserts golden files; with ``--update-golden`` writes them first (``make golden``)."""

    update: bool

    def read(self, name: str) -> bytes:
        """The bytes of an input beside the expected output: ``case/page.html``."""
        return (GOLDEN / name).read_bytes()

    def check(self, name: str, content: bytes | str) -> None:
        """Fail unless the golden file ``case/name`` holds exactly this."""
        path = GOLDEN / name
        data = content.encode() if isinstance(content, str) else content
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if not path.exists():
            pytest.fail(f"tests/golden/{name} does not exist; write it: make golden", pytrace=False)
        expected = path.read_bytes()
        if isinstance(content, str):
            assert content == expected.decode(), f"differs from tests/golden/{name}"
        assert data == expected, f"differs from tests/golden/{name}"
