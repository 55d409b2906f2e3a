"""PROV-O (W3C Recommendation, 30 April 2013) as JSON-LD 1.1: one graph, written piece by piece.

A node may stand in the graph several times; JSON-LD merges what is said of one ``@id``.
Not for: what the words mean (`archive.interchange.prov`).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from archive.interchange.prov import TERMS, Node, Part, Relation

_CLASSES = {"entity": "prov:Entity", "activity": "prov:Activity", "agent": "prov:Agent"}
_TIMED = {"wasGeneratedBy": "prov:generatedAtTime", "wasInvalidatedBy": "prov:invalidatedAtTime"}
_MOMENT = "http://www.w3.org/2001/XMLSchema#dateTime"
_CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "archive": {"@id": TERMS, "@prefix": True},
}


def format_prov_o(parts: Iterable[Part]) -> Iterator[str]:
    """Yield a JSON-LD document in pieces."""
    yield f'{{"@context": {json.dumps(_CONTEXT)},\n"@graph": ['
    between = "\n"
    for part in parts:
        value = _describe_node(part) if isinstance(part, Node) else _describe_relation(part)
        yield f"{between}{json.dumps(value)}"
        between = ",\n"
    yield "\n]}\n"


def _describe_node(node: Node) -> dict[str, Any]:
    closer = node.type if ":" in node.type else f"archive:{node.type}"
    value: dict[str, Any] = {"@id": node.id, "@type": [_CLASSES[node.kind], closer]}
    if node.label is not None:
        value["rdfs:label"] = node.label
    for name, moment in (("startedAtTime", node.began), ("endedAtTime", node.ended)):
        if moment is not None:
            value[f"prov:{name}"] = {"@type": _MOMENT, "@value": moment}
    for name, said in node.said:
        value.setdefault(f"archive:{name}", []).append(said)
    return value


def _describe_relation(relation: Relation) -> dict[str, Any]:
    value: dict[str, Any] = {
        "@id": relation.subject,
        f"prov:{relation.kind}": {"@id": relation.object},
    }
    if relation.time is not None:
        value[_TIMED[relation.kind]] = {"@type": _MOMENT, "@value": relation.time}
    return value
