"""How captures make versions, and how these differ: the rules that the index is handed.

Not for: the rules themselves (`archive.history`), or reading a history
(`archive.workflows.history`).
"""

from importlib import import_module

from archive.core.version import Comparison, Content
from archive.history.trace import trace_captures
from archive.index.versions import HistoryRules


def _compare_contents(old: Content, new: Content) -> Comparison:
    """Return how two contents differ; only a capture that finds an edit loads what that needs."""
    comparison: Comparison = import_module("archive.history.compare").compare_contents(old, new)
    return comparison


HISTORY = HistoryRules(trace=trace_captures, compare=_compare_contents)
