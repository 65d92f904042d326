"""Folding a finding's stream into its life: a private fold over (act, opened details or none).

Who opens no private part gets the same life with less in it; of public alarms alone all is there.
"""

from collections.abc import Iterable
from dataclasses import replace

from domain.actions import Action
from domain.facts.integrity import (
    FindingAnsweredDetails,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
)
from projections.findings.life.records import Answered, FindingLife, Judged, Step


def fold_life(acts: Iterable[tuple[Action, int | None]]) -> FindingLife | None:
    """Fold the acts of one finding in their order, each with its entry index; None for no act."""
    life: FindingLife | None = None
    for action, entry_index in acts:
        step = _step(action, entry_index)
        if life is None:
            life = _raised(action, step)
        elif isinstance(action.facts, FindingClosed):
            life = replace(life, judged=_judged(action, action.facts, step))
        else:
            life = replace(life, answers=(*life.answers, Answered(step, _text(action))))
    return life


def _step(action: Action, entry_index: int | None) -> Step:
    signer = action.signers[0]
    return Step(
        version=action.version,
        entry_index=entry_index,
        at=action.at,
        key=signer.key,
        role=signer.role,
    )


def _raised(action: Action, step: Step) -> FindingLife:
    facts, details = action.facts, action.details
    assert isinstance(facts, FindingRaised)
    life = FindingLife(
        stream=action.stream,
        raised=step,
        is_alarm=facts.rule is not None,
        rule=facts.rule,
        rule_version=facts.rule_version,
        evidence=facts.evidence,
        office=action.office,
        document=facts.document,
    )
    return _with_details(life, details) if isinstance(details, FindingRaisedDetails) else life


def _with_details(life: FindingLife, details: FindingRaisedDetails) -> FindingLife:
    said = replace(
        life,
        about=details.about or details.dossier,
        dossier=details.dossier,
        versions=details.versions,
        asked=details.asked,
        explanation=details.explanation,
    )
    if life.is_alarm:
        return said
    return replace(
        said,
        rule=details.rule,
        rule_version=details.rule_version,
        against_peers=details.against_peers,
        evidence=details.evidence,
        office=details.office,
    )


def _text(action: Action) -> str | None:
    details = action.details
    return details.text if isinstance(details, FindingAnsweredDetails) else None


def _judged(action: Action, facts: FindingClosed, step: Step) -> Judged:
    details = action.details
    if isinstance(details, FindingClosedDetails):
        return Judged(step, facts.verdict or details.verdict, details.explanation)
    return Judged(step, facts.verdict)
