"""PROV-JSON (W3C Member Submission, 24 April 2013), written without holding it in memory.

The form groups what it holds by kind, and facts come statement by statement: each group waits in a
file of its own that has no name.  Not for: what the words mean (`archive.interchange.prov`).
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import IO, Any

from archive.interchange.prov import TERMS, Node, Part, Relation, Value

_PREFIXES = {"urn": "urn:", "archive": TERMS}
# The two arguments of each relation, in the order of PROV-DM, and the type that says it closer.
_ROLES = {
    "wasGeneratedBy": ("entity", "activity"),
    "used": ("activity", "entity"),
    "wasAssociatedWith": ("activity", "agent"),
    "wasAttributedTo": ("entity", "agent"),
    "wasDerivedFrom": ("generatedEntity", "usedEntity"),
    "wasInvalidatedBy": ("entity", "activity"),
    "alternateOf": ("alternate1", "alternate2"),
    "specializationOf": ("specificEntity", "generalEntity"),
}
_CLOSER = {"wasRevisionOf": "prov:Revision", "hadPrimarySource": "prov:PrimarySource"}
_PIECE = 1 << 16
Spool = IO[str]


def format_prov_json(parts: Iterable[Part]) -> Iterator[str]:
    """Yield a PROV-JSON document in pieces."""
    numbers = count(1)
    with ExitStack() as stack:
        groups: dict[str, Spool] = {}
        for part in parts:
            group, key, value = _describe(part, f"_:r{next(numbers)}")
            if group not in groups:
                groups[group] = stack.enter_context(
                    tempfile.TemporaryFile("w+", encoding="utf-8", newline="")
                )
            else:
                groups[group].write(",\n")
            groups[group].write(f"{json.dumps(key)}: {json.dumps(value)}")
        yield f'{{"prefix": {json.dumps(_PREFIXES)}'
        for name, spooled in groups.items():
            yield f',\n"{name}": {{\n'
            spooled.seek(0)
            while piece := spooled.read(_PIECE):
                yield piece
            yield "\n}"
        yield "}\n"


def _describe(part: Part, fresh: str) -> tuple[str, str, dict[str, Any]]:
    """Return the group, key and value of a part; a relation goes by a ``fresh`` key."""
    if isinstance(part, Node):
        return part.kind, part.id, _describe_node(part)
    group, value = _describe_relation(part)
    return group, fresh, value


def _describe_node(node: Node) -> dict[str, Any]:
    kind = node.type if ":" in node.type else f"archive:{node.type}"
    value: dict[str, Any] = {"prov:type": {"$": kind, "type": "xsd:QName"}}
    if node.label is not None:
        value["prov:label"] = node.label
    if node.began is not None:
        value["prov:startTime"] = node.began
    if node.ended is not None:
        value["prov:endTime"] = node.ended
    said: dict[str, list[Value]] = {}
    for name, item in node.said:
        said.setdefault(f"archive:{name}", []).append(item)
    return value | {name: items if items[1:] else items[0] for name, items in said.items()}


def _describe_relation(relation: Relation) -> tuple[str, dict[str, Any]]:
    closer = _CLOSER.get(relation.kind)
    group = relation.kind if closer is None else "wasDerivedFrom"
    subject, object_ = _ROLES[group]
    value: dict[str, Any] = {
        f"prov:{subject}": relation.subject,
        f"prov:{object_}": relation.object,
    }
    if relation.time is not None:
        value["prov:time"] = relation.time
    if closer is not None:
        value["prov:type"] = {"$": closer, "type": "xsd:QName"}
    return group, value
