"""Making a casefile: what was gathered, described in a manifest that the inspector signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cli.acting.reading import Asking
from cli.casefiles.gathering import (
    Trail,
    each_dossier,
    gather_checkpoint,
    gather_findings,
    gather_history,
    gather_key_history,
    gather_trail,
    open_details,
)
from cli.output import UsageProblem
from domain.kinds import KINDS
from projections.casefiles.files import (
    CHECKPOINT,
    DETAILS,
    FINDINGS,
    HISTORIES,
    INSPECTOR,
    STATEMENT,
    TRAIL,
    Casefile,
    Manifest,
    NamedOrder,
    OpenedPart,
    described,
    render_manifest,
)
from transparency.encoding import render_utc_seconds

MAX_DOSSIERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a casefile is to hold; ``names`` are the words for names where details are opened."""

    subject: Mapping[str, str]
    period: Mapping[str, str]
    dossiers: tuple[str, ...]
    statement: bytes
    order: NamedOrder | None = None
    with_details: bool = False
    names: tuple[str, ...] = ()
    explanation: str = ""


def make_casefile(asking: Asking, origin: str, wanted: Wanted) -> Casefile:
    """Gather all parts and sign for them.

    Raises:
        UsageProblem: there is an order that the server knows by another number or last day.
        Refused, StoreUnavailable, ProofInvalid: as the requests of `cli.casefiles.gathering`.
    """
    stream = None if wanted.order is None else wanted.order.stream
    trail = gather_trail(asking, wanted.subject, wanted.period, stream)
    if trail.order != wanted.order:
        raise UsageProblem("the order that stands on this stream has another number or last day")
    parts = {STATEMENT: wanted.statement, TRAIL: trail.part}
    parts[FINDINGS] = gather_findings(asking, trail)
    # Before the histories, which are then as of a checkpoint that holds these entries, too.
    opened = _open_all(asking, origin, wanted, trail, parts)
    for number, each in enumerate(each_dossier(asking, wanted.dossiers), start=1):
        parts[f"{HISTORIES}{number}.dossier.json"] = gather_history(each)
    parts[INSPECTOR] = gather_key_history(asking)
    parts[CHECKPOINT] = gather_checkpoint(asking)
    manifest = Manifest(
        ledger=origin,
        inspector=asking.key.name,
        made_at=render_utc_seconds(asking.now.replace(microsecond=0)),
        subject=dict(wanted.subject),
        period=dict(wanted.period),
        order=wanted.order,
        dossiers=wanted.dossiers,
        opened=opened,
        parts=tuple(described(name, data) for name, data in sorted(parts.items())),
    )
    return Casefile(manifest=render_manifest(manifest, asking.key), parts=parts)


def _open_all(
    asking: Asking, origin: str, wanted: Wanted, trail: Trail, parts: dict[str, bytes]
) -> tuple[OpenedPart, ...]:
    if not wanted.with_details:
        return ()
    assert wanted.order is not None
    opened = []
    for number, each in enumerate(each_dossier(asking, wanted.dossiers), start=1):
        kinds = [kind for kind in trail.kinds_on(each.dossier) if KINDS[kind].details]
        if kinds:
            fields = (*kinds, *wanted.names)
            parts[f"{DETAILS}{number}.json"] = open_details(
                each, origin, fields, wanted.order, wanted.explanation
            )
            opened.append(OpenedPart(dossier=each.dossier, fields=fields))
    return tuple(opened)
