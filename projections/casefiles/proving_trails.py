"""What the history of a dossier proves of a trail: its acts as it tells them, and that none lacks.

Stream, version, kind, moment, office, key, role, assurance and entry index of an act are what its
history proves. When it was recorded is not, but that it was before the history's own seal.

Of a size whose root nothing in the file proves a trail shows nothing: whoever made the file could
have named any. So what lacks is judged by the history's signed checkpoint, or, where the trail is
older, by that of the file, if the trail is as of that one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.facts.shapes import ImportableFacts
from domain.keys import assurance_of
from domain.moments import render_moment
from ledger.histories.verifying import VerifiedAct, VerifiedHistory
from projections.casefiles.errors import CasefileTampered
from projections.casefiles.files import TRAIL, Manifest
from projections.counts import CheckpointReference
from transparency.checkpoints import Checkpoint, SignedCheckpoint
from transparency.encoding import encode_base64, parse_utc_milliseconds


class TrailActPart(msgspec.Struct, frozen=True, kw_only=True):
    """One act as the trail in a casefile has it, as far as a history can confirm it."""

    stream: str
    version: int
    kind: str
    at: str
    recorded_at: str
    entry_index: int | None = None
    veiled: bool = False
    office: str | None = None
    key: str | None = None
    role: str | None = None
    assurance: str | None = None


class TrailPart(msgspec.Struct, frozen=True, kw_only=True):
    """The trail in a casefile."""

    acts: tuple[TrailActPart, ...]
    checkpoint: CheckpointReference
    as_of: str


@dataclass(frozen=True, slots=True)
class ProvenDossier:
    """One dossier's history, and how many of the trail's acts on it the history proves.

    ``left_out`` are versions that belong in the trail by the history and are not there, as of the
    first ``proven_size`` entries of the log, whose root is signed for in the file. Both are None
    where the history cannot tell: the trail is of a period, or of something else than this dossier
    or one person's key. ``unjudged`` are versions that are not there and that lie beyond the size
    that the trail names, of which the file has no root; then ``proven_size`` is None.
    """

    part: str
    history: VerifiedHistory
    trail_acts: int
    left_out: tuple[int, ...] | None
    proven_size: int | None = None
    unjudged: tuple[int, ...] = ()


def check_each_once(trail: TrailPart) -> None:
    """Check that a trail tells each act once.

    Raises:
        CasefileTampered: it tells one again.
    """
    seen: set[tuple[str, int]] = set()
    for act in trail.acts:
        if (act.stream, act.version) in seen:
            raise CasefileTampered(TRAIL, f"version {act.version} of {act.stream} is there twice")
        seen.add((act.stream, act.version))


def prove_dossier(
    part: str,
    history: VerifiedHistory,
    manifest: Manifest,
    trail: TrailPart,
    checkpoint: SignedCheckpoint,
) -> ProvenDossier:
    """Compare a trail with a verified history; ``checkpoint`` is the file's own.

    Raises:
        CasefileTampered: the trail says of an act what the history does not prove, or names another
            root than the history's checkpoint of the same size.
    """
    _check_root(history, trail)
    count = _count_proven(history, trail)
    lacking = _lacking(history, manifest, trail)
    if lacking is None:
        return ProvenDossier(part, history, count, None)
    size, claimed = history.checkpoint.checkpoint.tree_size, trail.checkpoint.size
    before = tuple(version for version, index in lacking if index < claimed)
    beyond = tuple(version for version, index in lacking if index >= claimed)
    if not beyond:
        # Nothing beyond is left out either: that holds as of all that the history proves.
        return ProvenDossier(part, history, count, before, size)
    if _is_proven(trail.checkpoint, checkpoint.checkpoint):
        return ProvenDossier(part, history, count, before, claimed)
    return ProvenDossier(part, history, count, before, None, beyond)


def _check_root(history: VerifiedHistory, trail: TrailPart) -> None:
    found = history.checkpoint.checkpoint
    is_same_size = found.tree_size == trail.checkpoint.size
    if is_same_size and not _is_proven(trail.checkpoint, found):
        raise CasefileTampered(TRAIL, f"it is as of another log than {history.stream}")


def _is_proven(said: CheckpointReference, found: Checkpoint) -> bool:
    return (said.size, said.root) == (found.tree_size, encode_base64(found.root_hash))


def _lacking(
    history: VerifiedHistory, manifest: Manifest, trail: TrailPart
) -> list[tuple[int, int]] | None:
    """Give the versions, with entry indices, that a history has and the trail lacks.

    None where the history cannot tell what belongs in the trail.
    """
    subject = manifest.subject
    # When an act was recorded, no history of it alone tells; a veiled one may lack acts itself.
    is_judged = subject.keys() <= {"dossier", "officer"} and not manifest.period
    if not is_judged or history.is_veiled or subject.get("dossier") not in (None, history.stream):
        return None
    listed = {act.version for act in trail.acts if act.stream == history.stream}
    officer = subject.get("officer")
    return [
        (act.action.version, act.entry_index)
        for act in history.acts
        if act.entry_index is not None
        and act.action.version not in listed
        and (officer is None or _is_by(act, officer))
    ]


def _is_by(act: VerifiedAct, officer: str) -> bool:
    facts = act.action.facts
    if isinstance(facts, ImportableFacts) and facts.performer == officer:
        return True
    return any(signer.key == officer for signer in act.action.signers)


def _count_proven(history: VerifiedHistory, trail: TrailPart) -> int:
    """Count the trail's acts on a dossier, each of which its history must hold as it is said."""
    proven: Mapping[int, VerifiedAct] = {act.action.version: act for act in history.acts}
    listed = [act for act in trail.acts if act.stream == history.stream]
    for act in listed:
        found = proven.get(act.version)
        # An act may be newer than the history: then nothing here proves it, and it is not counted.
        if found is None:
            continue
        wrong = _wrong_member(act, found, history) or _wrong_signer(act, found, history)
        if wrong is not None:
            raise CasefileTampered(
                TRAIL,
                f"version {act.version} of {act.stream} is not what its history proves: {wrong}",
            )
    return sum(act.version in proven for act in listed)


def _wrong_member(said: TrailActPart, found: VerifiedAct, history: VerifiedHistory) -> str | None:
    """Give the first member that the history contradicts; None where there is none."""
    action = found.action
    # Of a veiled act the history names the veil, which a trail does not.
    entry_index = None if history.is_veiled else found.entry_index
    pairs = {
        "kind": (said.kind, action.kind.name),
        "at": (said.at, render_moment(action.at)),
        "office": (said.office, action.office),
        "entry_index": (said.entry_index, entry_index),
        "veiled": (said.veiled, history.is_veiled),
    }
    wrong = next((name for name, (one, other) in pairs.items() if one != other), None)
    if wrong is None and not _may_be_recorded_then(said.recorded_at, found, history):
        return "recorded_at"
    return wrong


def _may_be_recorded_then(said: str, found: VerifiedAct, history: VerifiedHistory) -> bool:
    recorded_at = _instant(said)
    if recorded_at is None:
        return False
    # A promised act of a veiled dossier may be newer than the seal.
    return found.entry_index is None or recorded_at <= history.seal.sealed_at


def _instant(text: str) -> datetime | None:
    try:
        return parse_utc_milliseconds(text)
    except ValueError:
        return None


def _wrong_signer(said: TrailActPart, found: VerifiedAct, history: VerifiedHistory) -> str | None:
    """Give what the history contradicts of by whom an act stands in the trail."""
    action = found.action
    if said.key is None:
        # The performer of an imported act has no key.
        is_performer = action.is_imported and said.role is None and said.assurance is None
        return None if is_performer else "key"
    signer = next((each for each in action.signers if each.key == said.key), None)
    if signer is None:
        return "key"
    beside = [each.role for each in action.signers]
    assurance = assurance_of(signer.role, beside, history.keys.get(signer.key))
    if said.role != signer.role:
        return "role"
    return None if said.assurance == assurance else "assurance"
