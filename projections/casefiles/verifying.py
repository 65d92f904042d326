"""The offline verifier of a casefile: two trust anchors, and nothing else.

In this order: every part is the one that the manifest names; the history of the inspector's key
shows the key, its role, and that it was not revoked by then; with it the manifest is signed; every
history of a dossier proves itself; what the trail says of those dossiers is what their histories
prove; the checkpoint is the log's; private parts were opened by an entry that stands in the log.

What the trail says of other dossiers, the findings, the context and opened private parts are the
server's word, which the inspector signed for: only an audit, or those dossiers' histories, show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from domain.facts.integrity import AccessLogged
from domain.keys import KeyRecord
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.errors import LedgerError
from ledger.histories.verifying import (
    VerifiedHistory,
    judge_streams,
    open_stream,
    verify_bundle,
)
from ledger.key_files import Anchors
from ledger.writing.public_log import index_key
from projections.casefiles.errors import (
    CasefileOfAnotherLedger,
    CasefileTampered,
    MalformedCasefile,
)
from projections.casefiles.files import (
    CHECKPOINT,
    DETAILS,
    FINDINGS,
    HISTORIES,
    INSPECTOR,
    MANIFEST,
    QUALIFIED,
    STATEMENT,
    TIMESTAMP,
    TRAIL,
    Casefile,
    Manifest,
    check_parts,
    parse_casefile,
)
from projections.casefiles.proving_trails import (
    ProvenDossier,
    TrailPart,
    check_each_once,
    prove_dossier,
)
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.encoding import encode_base64
from transparency.errors import SignatureInvalid, TransparencyError
from transparency.histories.bundles import parse_history
from transparency.histories.verifier import verify_history
from transparency.notes import open_note, parse_vkey
from transparency.verifier import verify_receipt

ShapeT = TypeVar("ShapeT")


class DetailsPart(msgspec.Struct, frozen=True, kw_only=True):
    """Private parts of one dossier, and the entry by which they were opened."""

    dossier: str
    entry_index: int
    stream: str
    version: int
    receipt: str
    acts: tuple[msgspec.Raw, ...]


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[msgspec.Raw, ...]


@dataclass(frozen=True, slots=True)
class VerifiedCasefile:
    """A casefile whose parts, signature and proofs are good."""

    manifest: Manifest
    manifest_note: bytes
    inspector: KeyRecord
    statement: str
    trail: TrailPart
    findings: int
    dossiers: tuple[ProvenDossier, ...]
    opened: tuple[DetailsPart, ...]
    checkpoint: SignedCheckpoint
    timestamp: bytes | None
    qualified: bytes | None


def verify_casefile(data: bytes, anchors: Anchors) -> VerifiedCasefile:
    """Verify the file of a casefile.

    Raises:
        MalformedCasefile: it is none.
        CasefileOfAnotherLedger: the anchors are another ledger's.
        CasefileTampered: one of its parts, which the message names, is not what it has to be.
    """
    casefile = parse_casefile(data)
    manifest = check_parts(casefile)
    if manifest.ledger != anchors.origin:
        raise CasefileOfAnotherLedger(
            f"the casefile is of {manifest.ledger}, the anchors are of {anchors.origin}; "
            "nothing shows that it was tampered with, and nothing in it was checked"
        )
    inspector = _inspector(casefile, manifest, anchors)
    trail = _trail(casefile)
    checkpoint = _checkpoint(casefile, trail, anchors)
    return VerifiedCasefile(
        manifest=manifest,
        manifest_note=casefile.manifest,
        inspector=inspector,
        statement=_statement(casefile),
        trail=trail,
        findings=len(_decode(casefile, FINDINGS, _Findings).findings),
        dossiers=tuple(_dossiers(casefile, manifest, trail, checkpoint, anchors)),
        opened=tuple(_opened(casefile, manifest, anchors)),
        checkpoint=checkpoint,
        timestamp=casefile.parts.get(TIMESTAMP),
        qualified=casefile.parts.get(QUALIFIED),
    )


def _inspector(casefile: Casefile, manifest: Manifest, anchors: Anchors) -> KeyRecord:
    """Give the record of the key that signed, as its own history proves it."""
    data, stream = casefile.parts[INSPECTOR], f"key:{manifest.inspector}"
    history = _history(INSPECTOR, data, anchors)
    if history.stream != stream:
        raise CasefileTampered(INSPECTOR, f"it is the history of {history.stream}")
    proven = verify_history(parse_history(data), anchors.logs, index_key)
    streams = {
        name: open_stream(name, entries, anchors.origin) for name, entries in proven.streams.items()
    }
    record = judge_streams(streams, anchors).key(manifest.inspector)
    if record is None:
        raise CasefileTampered(INSPECTOR, f"{manifest.inspector} is not enrolled")
    if record.revoked_at is not None or not record.has_role(Role.INSPECTOR):
        raise CasefileTampered(INSPECTOR, f"{manifest.inspector} holds no inspector's role")
    try:
        open_note(casefile.manifest, [parse_vkey(record.vkey)])
    except (TransparencyError, SignatureInvalid) as error:
        raise CasefileTampered(MANIFEST, f"it is not signed by {record.name}: {error}") from error
    return record


def _history(part: str, data: bytes, anchors: Anchors) -> VerifiedHistory:
    try:
        return verify_bundle(data, anchors)
    except (TransparencyError, LedgerError) as error:
        raise CasefileTampered(part, f"{error.code}: {error}") from error


def _statement(casefile: Casefile) -> str:
    try:
        return casefile.parts[STATEMENT].decode()
    except UnicodeDecodeError as error:
        raise CasefileTampered(STATEMENT, "it is not UTF-8") from error


def _trail(casefile: Casefile) -> TrailPart:
    trail = _decode(casefile, TRAIL, TrailPart)
    check_each_once(trail)
    return trail


def _decode(casefile: Casefile, part: str, shape: type[ShapeT]) -> ShapeT:
    try:
        return msgspec.json.decode(casefile.parts[part], type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedCasefile(f"{part}: {error}") from error


def _checkpoint(casefile: Casefile, trail: TrailPart, anchors: Anchors) -> SignedCheckpoint:
    try:
        signed = open_checkpoint(casefile.parts[CHECKPOINT], anchors.logs)
    except TransparencyError as error:
        raise CasefileTampered(CHECKPOINT, f"{error.code}: {error}") from error
    found = signed.checkpoint
    root = encode_base64(found.root_hash)
    if trail.checkpoint.size > found.tree_size:
        raise CasefileTampered(CHECKPOINT, "it is older than the trail")
    if trail.checkpoint.size == found.tree_size and trail.checkpoint.root != root:
        raise CasefileTampered(TRAIL, "it is as of another log than the checkpoint")
    return signed


def _dossiers(
    casefile: Casefile,
    manifest: Manifest,
    trail: TrailPart,
    checkpoint: SignedCheckpoint,
    anchors: Anchors,
) -> Iterator[ProvenDossier]:
    for part, data in sorted(casefile.parts.items()):
        if not part.startswith(HISTORIES):
            continue
        history = _history(part, data, anchors)
        other = history.checkpoint.checkpoint
        same_size = other.tree_size == checkpoint.checkpoint.tree_size
        if same_size and other.root_hash != checkpoint.checkpoint.root_hash:
            raise CasefileTampered(
                part, "the log signed another checkpoint of this size for it: keep the file"
            )
        yield prove_dossier(part, history, manifest, trail, checkpoint)


def _opened(casefile: Casefile, manifest: Manifest, anchors: Anchors) -> Iterator[DetailsPart]:
    listed = {opened.dossier for opened in manifest.opened}
    for part in sorted(casefile.parts):
        if not part.startswith(DETAILS):
            continue
        found = _decode(casefile, part, DetailsPart)
        if found.dossier not in listed:
            raise CasefileTampered(part, "the manifest does not say that it was opened")
        _check_entry(part, found, manifest, anchors)
        yield found


def _check_entry(part: str, found: DetailsPart, manifest: Manifest, anchors: Anchors) -> None:
    """Check that a read stands in the log, signed for by whoever signed the casefile."""
    try:
        verified = verify_receipt(found.receipt.encode(), anchors.logs)
        action = open_text(verified.entry, anchors.origin).action
    except (TransparencyError, LedgerError) as error:
        raise CasefileTampered(part, f"its receipt proves no entry: {error}") from error
    is_read = isinstance(action.facts, AccessLogged)
    said = (found.stream, found.version, found.entry_index)
    if not is_read or said != (action.stream, action.version, verified.entry_index):
        raise CasefileTampered(part, "its receipt is not of the access entry that it names")
    if [signer.key for signer in action.signers] != [manifest.inspector]:
        raise CasefileTampered(part, "another key than the inspector's signed for the reading")
