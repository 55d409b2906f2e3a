"""By which rules an index was derived: all of its rows are of one set.

Claims, page facts and own words are derived again by `archive rebuild`; main texts come from
conversion records and depend on none of this.  Not for: the label of a text (`archive.extract`).
"""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

# Programs whose answers become claims, or whose parser reads pages.
_PROGRAMS = ("htmldate", "lxml", "trafilatura")
# Raised with any change to what our own rules make of the same page: claims and assertions, page
# facts, what a page states, own words, digests, versions, comparisons.
RULES_VERSION = 4


@lru_cache(maxsize=1)
def describe_rules() -> str:
    """Return programs and rules, with their versions, on one line."""
    programs = (f"{name} {_find_version(name)}" for name in _PROGRAMS)
    return "; ".join((f"rules {RULES_VERSION}", *programs))


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
