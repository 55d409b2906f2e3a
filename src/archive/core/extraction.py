"""What reading a captured page gave: its main text and claims, or why there are none.

Not for: the reading itself (`archive.extract`), or how it is stored (``docs/format.md``,
"Records").
"""

from dataclasses import dataclass
from typing import Literal

from archive.core.claim import Claim
from archive.core.version import PageFacts

# `none`: the record holds no text that we can read (an image, a failure, an empty page).
# `nothing new`: what stands beside a page that was read says no more by now; it is never stored.
ExtractionOutcome = Literal["text", "none", "timeout", "memory", "failed", "nothing new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Text in normal form (see `archive.core.text`) and claims, under one extractor label.

    ``page`` is None where nothing could be read at all.
    """

    outcome: ExtractionOutcome
    extractor: str
    text: str
    claims: tuple[Claim, ...]
    detail: str = ""
    page: PageFacts | None = None
