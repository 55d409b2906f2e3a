"""Findings as `archive verify` prints them, and the exit code that follows from them.

Not for: checking (`archive.workflows.verify`, `archive.workflows.verify_files`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType

from archive.cli.options import format_json, print_aside, print_json, print_line
from archive.cli.progress import Meter
from archive.core.finding import Finding, Level
from archive.core.text import show_hidden
from archive.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_UNDECIDABLE


def print_findings(findings: Iterable[Finding], meter: Meter, *, as_json: bool) -> list[Finding]:
    """Print findings as they come, and return them."""
    found: list[Finding] = []
    for finding in findings:
        found.append(finding)
        if as_json:
            meter.print_answer(format_json(asdict(finding)))
        else:
            for line in _format_finding(finding):
                meter.print_answer(show_hidden(line))
    return found


def conclude(
    level: Level,
    found: list[Finding],
    *,
    as_json: bool,
    covered: str = "",
    more: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Print what came of it all, and return the exit code.

    ``covered`` says what was read where that is not all; ``more`` is for programs.
    """
    worst = _choose_exit(found)
    if as_json:
        print_json({"level": level, "findings": len(found), "exit_code": worst, **more})
        return worst
    if covered:
        print_line(covered)
    if worst == EXIT_DONE:
        print_line(f"all holds (level {level}{', as far as it was read' if covered else ''})")
    else:
        print_aside(f"findings: {len(found)} (level {level})")
    return worst


def _choose_exit(found: list[Finding]) -> int:
    severities = {finding.severity for finding in found}
    if "damage" in severities:
        return EXIT_FINDINGS
    return EXIT_UNDECIDABLE if "undecidable" in severities else EXIT_DONE


def _format_finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}: {finding.what}"
    place = finding.file + (f", offset {finding.offset}" if finding.offset is not None else "")
    yield f"  where   {place}"
    if finding.record_id:
        yield f"  record  {finding.record_id}"
    yield f"  holds   {finding.holds}"
    yield f"  to do   {finding.remedy}"
