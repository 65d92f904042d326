"""The demo's witnesses: two that see the log grow, and an index auditor that makes it again.

All three are processes of their own with keys of their own, on this one machine: they show how it
works, and prove nothing to anybody else. The auditor reads the log's files where they lie.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.bootstrap import random_bytes
from api.settings import SETTINGS_FILE
from api.witnessing.folder import Statement, WitnessFolder, make_witness, write_logs
from api.witnessing.store import WitnessStore
from cli.demo.proofs import Evidence, Proof
from cli.demo.scenario import SMOOTH
from cli.demo.server import running
from domain.errors import Sentence
from ledger.key_files import OperatorKeys
from transparency.cosignatures import cosigner_key
from transparency.errors import TransparencyError
from transparency.notes import SigningKey
from transparency.policies import (
    INDEX_AUDITORS,
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    check_group,
    check_quorum,
    parse_policy,
    render_policy,
)
from transparency.verifier import verify_receipt

POLICY_FILE: Final = "policy.txt"
WITNESSES_FOLDER: Final = "witnesses"
QUORUM: Final = "everybody"
AUDITOR: Final = "auditor"
NAMES: Final = ("university", "press", AUDITOR)
_SETTINGS: Final = f'\n[witnesses]\npolicy = "{POLICY_FILE}"\n'


@contextlib.contextmanager
def witnessed(data: Path, operator: OperatorKeys) -> Iterator[None]:
    """Run the witnesses for as long as the context lasts, and have the ledger ask them.

    Raises:
        StoreUnavailable: one did not start.
    """
    log_folder = data / "log"
    log_folder.mkdir(exist_ok=True)
    keys = {name: _made(data / WITNESSES_FOLDER / name, name, operator) for name in NAMES}
    with contextlib.ExitStack() as stack:
        witnesses = []
        for name, key in keys.items():
            arguments = ["witness", "serve", "--data", str(data / WITNESSES_FOLDER / name)]
            arguments += ["--port", "0"]
            if name == AUDITOR:
                arguments += ["--index-auditor", "--log", str(log_folder)]
            address = stack.enter_context(running(arguments, data))
            witnesses.append(PolicyWitness(name, cosigner_key(key), address))
        (data / POLICY_FILE).write_bytes(render_policy(_policy(operator, tuple(witnesses))))
        stack.enter_context(_asked(data / SETTINGS_FILE))
        yield


@contextlib.contextmanager
def _asked(settings: Path) -> Iterator[None]:
    """Name the policy in the settings for as long as there are witnesses to ask."""
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + _SETTINGS, encoding="utf-8")
    try:
        yield
    finally:
        # Without them nothing would be published any more: who acts later gets receipts that no
        # witness cosigned, and `verify` says so.
        settings.write_text(before, encoding="utf-8")


def prove_witnesses(evidence: Evidence, policy_path: Path) -> Proof:
    """Show that the receipts of one dossier stand under checkpoints that all three cosigned."""
    policy = parse_policy(policy_path.read_bytes())
    receipts = evidence.driven.receipts_of(evidence.stories[SMOOTH])
    try:
        for receipt in receipts:
            note = verify_receipt(receipt.receipt, evidence.anchors.logs).checkpoint.note
            check_quorum(policy, note)
            check_group(policy, INDEX_AUDITORS, note)
    except TransparencyError as error:
        said = Sentence(vi=str(error), en=str(error))
        return Proof("witnesses", ok=False, sentences=(said,), members={"witnessed": 0})
    names = ", ".join(each.name for each in policy.witnesses)
    said = Sentence(
        vi=f"{len(receipts)} biên nhận được các bên chứng kiến xác nhận: {names}",
        en=f"{len(receipts)} receipts stand under checkpoints that these cosigned: {names}",
    )
    members = {"witnessed": len(receipts), "policy": str(policy_path)}
    return Proof("witnesses", ok=bool(receipts), sentences=(said,), members=members)


def _made(path: Path, name: str, operator: OperatorKeys) -> SigningKey:
    folder = WitnessFolder(path)
    statement = Statement.INDEX_AUDITED if name == AUDITOR else Statement.CONSISTENT
    key = make_witness(
        folder,
        f"{name}.example/w1",
        statement,
        lambda state_id: WitnessStore.make(folder.state, state_id),
        random_bytes,
    )
    write_logs(folder, (PolicyLog(operator.log.verification_key),))
    return key


def _policy(operator: OperatorKeys, witnesses: tuple[PolicyWitness, ...]) -> Policy:
    groups = (
        PolicyGroup(INDEX_AUDITORS, 1, (AUDITOR,)),
        PolicyGroup(QUORUM, len(NAMES), (*NAMES[:2], INDEX_AUDITORS)),
    )
    log = PolicyLog(operator.log.verification_key)
    return Policy((log,), witnesses, groups, QUORUM)
