"""What a published copy holds of each table, and of each column.

Each table is filled by a line of `COPIED`, or stays empty, and each column that is copied stands in
`PLAIN` or `CHANGED`: what nobody thought of is not published.  Not for: writing a copy
(`archive.index.publish`).
"""

# Ids of what a copy holds, while it is written.
HELD = "(SELECT id FROM kept)"
STATEMENTS = "(SELECT id FROM kept_statements)"

# What a copy holds of the tables, each in the order in which it is written.
COPIED: dict[str, str] = {
    "organisations": "SELECT {columns} FROM held.organisations WHERE id IN"
    " (SELECT id FROM kept_organisations) ORDER BY id",
    "statements": f"SELECT {{columns}} FROM held.statements WHERE id IN {STATEMENTS} ORDER BY id",
    "texts": "SELECT {columns} FROM held.texts WHERE id IN"
    f" (SELECT text_id FROM held.captures WHERE id IN {HELD}"
    f" UNION SELECT text_id FROM held.conversions WHERE capture_id IN {HELD}"
    f" UNION SELECT text_id FROM held.versions WHERE statement_id IN {STATEMENTS}) ORDER BY id",
    "captures": f"SELECT {{columns}} FROM held.captures WHERE id IN {HELD} ORDER BY leaf, id",
    "conversions": f"SELECT {{columns}} FROM held.conversions WHERE capture_id IN {HELD}"
    " ORDER BY leaf, record_id",
    "readings": f"SELECT {{columns}} FROM held.readings WHERE capture_id IN {HELD}"
    " ORDER BY capture_id",
    "versions": f"SELECT {{columns}} FROM held.versions WHERE statement_id IN {STATEMENTS}"
    " ORDER BY statement_id, number",
    "edits": f"SELECT {{columns}} FROM held.edits WHERE statement_id IN {STATEMENTS}"
    " ORDER BY statement_id, number",
    "absences": f"SELECT {{columns}} FROM held.absences WHERE statement_id IN {STATEMENTS}"
    " ORDER BY statement_id, position",
    "pending_comparisons": "SELECT {columns} FROM held.pending_comparisons"
    f" WHERE statement_id IN {STATEMENTS} ORDER BY statement_id, capture_id",
    "claims": f"SELECT {{columns}} FROM held.claims WHERE capture_id IN {HELD}"
    " ORDER BY capture_id, position",
    "annotations": "SELECT {columns} FROM held.annotations WHERE id IN"
    " (SELECT id FROM kept_annotations) ORDER BY leaf, id",
    "assertions": f"SELECT {{columns}} FROM held.assertions WHERE capture_id IN {HELD}"
    " ORDER BY capture_id, field, leaf",
    "organisation_domains": "SELECT {columns} FROM held.organisation_domains"
    " WHERE organisation_id IN (SELECT id FROM kept_organisations)"
    " AND domain IN (SELECT domain FROM kept_domains) ORDER BY domain, organisation_id",
    "organisation_names": "SELECT {columns} FROM held.organisation_names WHERE organisation_id IN"
    " (SELECT id FROM kept_organisations) ORDER BY folded, organisation_id, name",
    "events": "SELECT {columns} FROM held.events ORDER BY leaf, record_id",
}
# Tables that a copy leaves empty: what is watched is nobody's business.
EMPTY = ("watches",)
OWN = ("about",)  # written anew
# Columns of these tables that a copy holds as they are.
PLAIN: dict[str, str] = {
    "organisations": "id name wikidata ror asserted_by agent asserted_at reason annotation_id",
    "statements": (
        "id key name url surt host organisation_id title publisher author published"
        " published_earliest published_latest published_year published_confidence modified"
        " language curated first_captured last_captured last_outcome last_status captures"
        " payloads texts versions edits last_edit state"
    ),
    "texts": "id hash digest title text",
    "captures": (
        "id record_id statement_id key alias_of url surt captured_at year outcome status"
        " media_type location payload payload_length content content_length text_outcome text_id"
        " error peer tls purpose visit hop hops warc offset length leaf"
    ),
    "conversions": (
        "record_id capture_id extractor outcome detail digest text_id words warc offset length leaf"
    ),
    "readings": (
        "capture_id extractor rules text words fold visible title meta stated_title published"
        " modified author publisher quality reason links"
    ),
    "versions": (
        "statement_id number capture_id last_capture first_captured last_captured captures"
        " pending title published modified author publisher text_id"
    ),
    "edits": (
        "statement_id number capture_id before_capture not_before not_after year confirmed"
        " extractor class text_changed verdict facts words_deleted words_inserted words_moved"
        " notice spans"
    ),
    "absences": (
        "statement_id position kind reason had_capture capture_id again_capture not_before"
        " not_after again captures confirmed return_confirmed"
    ),
    "pending_comparisons": "statement_id capture_id before_capture",
    "claims": "capture_id position field raw value source record locator rule zone",
    "annotations": (
        "id record_id kind capture_id organisation_id field body reason agent agent_name time"
        " state warc offset length leaf"
    ),
    "assertions": (
        "capture_id field leaf value earliest latest confidence rule supports contradicts"
        " asserted_by agent asserted_at reason annotation_id"
    ),
    "organisation_domains": "domain organisation_id",
    "organisation_names": "folded organisation_id name",
    "events": "record_id kind time agent agent_name warc offset length leaf",
}
# What stands in a column of a copy, where that is not what stands in the archive's index.
CHANGED: dict[str, dict[str, str]] = {
    "captures": {
        "revisit_of": f"iif(revisit_of IN {HELD}, revisit_of, NULL)",
        "unmodified_of": f"iif(unmodified_of IN {HELD}, unmodified_of, NULL)",
        "reading_of": f"iif(reading_of IN {HELD}, reading_of, NULL)",
        # A run of a list or a watch order; the address that a person gave led here from another.
        "batch": "NULL",
        "address": "iif(visit IN (SELECT visit FROM broken_visits), url, address)",
    },
    "organisations": {
        "merged_into": "iif(merged_into IN (SELECT id FROM kept_organisations), merged_into, NULL)"
    },
    "annotations": {
        "supersedes": "iif(supersedes IN (SELECT id FROM kept_annotations), supersedes, NULL)",
        "watch_id": "NULL",
        "evidence": "keep_evidence(evidence)",
    },
    "assertions": {"evidence": "keep_evidence(evidence)"},
    "conversions": {"companions": "keep_companions(companions)"},
    "events": {"detail": "keep_detail(detail)"},
}


def list_decided() -> frozenset[str]:
    """Return the tables of which somebody decided what a copy holds of them."""
    return frozenset((*COPIED, *EMPTY, *OWN))


def list_copied() -> dict[str, frozenset[str]]:
    """Return, for each table that is copied, the columns that a copy holds of it."""
    return {table: frozenset((*PLAIN[table].split(), *CHANGED.get(table, {}))) for table in COPIED}
