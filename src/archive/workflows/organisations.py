"""Organisations: describing publishers, so that their names and domains lead to one of them.

Each change is an annotation with the whole description, which supersedes the one before.  Not
for: what a page declares about its publisher, which this never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.core.annotation import Annotation, Body
from archive.core.organisation import (
    Merger,
    Organisation,
    derive_organisation_id,
    format_organisation_urn,
    parse_domain,
    require_bounded,
)
from archive.core.typed import MOST_NAME, parse_typed, shorten_typed
from archive.errors import InputError
from archive.index.database import Index
from archive.index.organisations import (
    FoundOrganisation,
    find_organisation,
    select_domain_owner,
    select_organisation,
)
from archive.workflows.annotate import make_annotation, parse_reason, store_annotations, store_named
from archive.workflows.opening import OpenArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChange:
    """What became of an organisation; ``is_new`` tells that it was not known before."""

    found: FoundOrganisation
    is_new: bool


def add_organisation(
    archive: OpenArchive, described: Organisation, *, reason: str, by: str | None = None
) -> OrganisationChange:
    """Describe an organisation, or add to the one that has this name, alias or id.

    Raises:
        InputError: a domain belongs to another organisation, an identifier contradicts the one
            that is known, or everything was known already.
        StoreError: the disk refuses.
    """
    known = find_organisation(archive.index, described.name)
    _require_free(archive.index, described.domains, known)
    if known is None:
        record_id = archive.world.identity.new_id()
        key = derive_organisation_id(record_id)
        said = _describe(archive, key, described, reason=reason, by=by)
        store_named(archive, [(record_id, said)])
    else:
        key = known.id
        joined = _join(known.organisation, described)
        if joined == known.organisation:
            raise InputError(
                f"all of this is known of {known.organisation.name} ({key}) already",
                remedy=f"see: archive publisher show {key}",
            )
        said = _describe(archive, key, joined, reason=reason, by=by, before=known)
        store_annotations(archive, [said])
    return OrganisationChange(found=_require(archive.index, key), is_new=known is None)


def remove_organisation(
    archive: OpenArchive,
    name: str,
    *,
    reason: str,
    domains: Sequence[str] = (),
    aliases: Sequence[str] = (),
    by: str | None = None,
) -> FoundOrganisation | None:
    """Take back an organisation, or only these domains and aliases of it; return what is left.

    Raises:
        InputError: nothing, or more than one organisation, goes by that name, or it has no such
            domain or alias.
        StoreError: the disk refuses.
    """
    found = require_organisation(archive.index, name)
    if not domains and not aliases:
        retraction = make_annotation(
            archive,
            "retraction",
            target=format_organisation_urn(found.id),
            body="organisation retracted",
            by=by,
            reason=reason,
            supersedes=found.annotation,
        )
        store_annotations(archive, [retraction])
        return None
    gone = {parse_domain(domain) for domain in domains}
    dropped = {parse_typed(alias, "an alias", most=MOST_NAME) for alias in aliases}
    known = found.organisation
    lacking = sorted((gone - set(known.domains)) | (dropped - set(known.aliases)))
    if lacking:
        raise InputError(
            f"{known.name} has no {', '.join(lacking)}",
            remedy=f"see: archive publisher show {found.id}",
        )
    left = replace(
        known,
        domains=tuple(domain for domain in known.domains if domain not in gone),
        aliases=tuple(alias for alias in known.aliases if alias not in dropped),
    )
    said = _describe(archive, found.id, left, reason=reason, by=by, before=found)
    store_annotations(archive, [said])
    return _require(archive.index, found.id)


def merge_organisations(
    archive: OpenArchive, name: str, others: Sequence[str], *, reason: str, by: str | None = None
) -> FoundOrganisation:
    """Say that organisations are one; the first one's name and id stay, the others lead to it.

    Raises:
        InputError: one of them is not known, they are the same already, or their identifiers
            contradict each other.
        StoreError: the disk refuses.
    """
    kept = require_organisation(archive.index, name)
    merged = {found.id: found for found in (require_organisation(archive.index, o) for o in others)}
    if kept.id in merged or not merged:
        raise InputError(
            f"{kept.organisation.name} ({kept.id}) cannot be merged with itself",
            remedy="name the others by their ids: archive publisher list",
        )
    joined = kept.organisation
    annotations: list[Annotation] = []
    for found in merged.values():
        joined = _join(joined, found.organisation)
        into = Merger(into=format_organisation_urn(kept.id))
        annotations.append(_describe(archive, found.id, into, reason=reason, by=by, before=found))
    annotations.append(_describe(archive, kept.id, joined, reason=reason, by=by, before=kept))
    store_annotations(archive, annotations)
    return _require(archive.index, kept.id)


def require_organisation(index: Index, name: str) -> FoundOrganisation:
    """Return the one organisation that goes by a name, alias, domain or id.

    Raises:
        InputError: none, or more than one, does.
    """
    found = find_organisation(index, name)
    if found is None:
        raise InputError(
            f"no organisation goes by {shorten_typed(name)}",
            remedy="`archive publisher list` shows what there is",
        )
    return found


def _describe(
    archive: OpenArchive,
    key: str,
    body: Body,
    *,
    reason: str,
    by: str | None,
    before: FoundOrganisation | None = None,
) -> Annotation:
    return make_annotation(
        archive,
        "organisation",
        target=format_organisation_urn(key),
        body=body,
        by=by,
        reason=parse_reason(reason),
        supersedes=before.annotation if before else None,
    )


def _join(known: Organisation, more: Organisation) -> Organisation:
    """Return all that is said of an organisation in two descriptions; the first one's name stays.

    Raises:
        InputError: their identifiers contradict each other.
    """
    for label, one, other in (
        ("Wikidata item", known.wikidata, more.wikidata),
        ("ROR id", known.ror, more.ror),
    ):
        if one and other and one != other:
            raise InputError(
                f"{known.name} has the {label} {one}, which is not {other}",
                remedy="remove the wrong description first: archive publisher remove",
            )
    return require_bounded(
        Organisation(
            name=known.name,
            aliases=tuple(sorted({*known.aliases, *more.aliases, more.name} - {known.name})),
            domains=tuple(sorted({*known.domains, *more.domains})),
            wikidata=known.wikidata or more.wikidata,
            ror=known.ror or more.ror,
        )
    )


def _require_free(index: Index, domains: Sequence[str], known: FoundOrganisation | None) -> None:
    for domain in domains:
        owner = select_domain_owner(index, domain)
        if owner is not None and (known is None or owner != known.id):
            named = select_organisation(index, owner)
            raise InputError(
                f"{domain} belongs to {named.organisation.name if named else owner} ({owner})",
                remedy="merge the two, or remove the domain there: archive publisher",
            )


def _require(index: Index, key: str) -> FoundOrganisation:
    found = select_organisation(index, key)
    if found is None:
        raise InputError(f"organisation {key} is not in the index", remedy="archive rebuild")
    return found
