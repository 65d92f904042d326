"""Folds a scenario in memory, as the writer would decide it: no server, no files."""

from dataclasses import dataclass, field
from random import Random

from cli.demo.scenario import OPENS_AT, Scenario, build_scenario
from cli.demo.steps import REGISTRAR, SYSTEM, ActorKeys, sign_step
from domain.dossiers import Dossier
from domain.errors import DomainError
from ledger.action_notes import open_text, verify_action
from ledger.documents import MemoryDocuments
from ledger.drafting import FIRST_PLACE, Drafter, Place, place_after
from ledger.key_files import OperatorKeys, new_actor_key
from ledger.opening import opening_action
from ledger.state import LedgerState
from transparency.notes import SigningKey, VerificationKey

LEDGER = "localhost/0a1b2c3d"


def a_scenario(dossiers: int = 60, seed: int = 7) -> tuple[Scenario, ActorKeys]:
    keys = ActorKeys(Random(seed).randbytes)
    keys.add(REGISTRAR, operator_keys().registrar)
    keys.add(SYSTEM, operator_keys().system)
    return build_scenario(Random(seed), keys, dossiers), keys


def operator_keys() -> OperatorKeys:
    random_bytes = Random(1).randbytes
    return OperatorKeys(
        origin=LEDGER,
        log=SigningKey(LEDGER, random_bytes(32)),
        promise=new_actor_key("promise", random_bytes),
        registrar=new_actor_key("registrar", random_bytes),
        system=new_actor_key("system", random_bytes),
        recovery=(),
        key_encryption_key=random_bytes(32),
        import_secret=random_bytes(32),
        view_secret=random_bytes(32),
    )


@dataclass
class Folded:
    """What a fold leaves: the state, and the code of every refusal in order."""

    state: LedgerState
    refusals: list[str] = field(default_factory=list)
    recorded: int = 0

    def dossier(self, stream: str) -> Dossier:
        dossier = self.state.dossier(stream)
        assert dossier is not None
        return dossier


class _Keys:
    def __init__(self, keys: ActorKeys, scenario: Scenario):
        actors = {actor for step in scenario.steps for _, actor in step.signers}
        self._known = {keys.of(actor).name: keys.of(actor).verification_key for actor in actors}

    def find(self, key_name: str, _stream: str) -> VerificationKey | None:
        return self._known.get(key_name)


def fold(scenario: Scenario, keys: ActorKeys) -> Folded:
    documents = MemoryDocuments()
    folded = Folded(LedgerState(documents))
    drafter = Drafter(LEDGER, Random(2).randbytes)
    known = _Keys(keys, scenario)
    opening = open_text(opening_action(operator_keys(), OPENS_AT).note, LEDGER)
    folded.state.check(opening.action, OPENS_AT)
    folded.state.apply_recorded(opening)
    places: dict[str, Place] = {}
    now = OPENS_AT
    for step in scenario.steps:
        assert step.sent_at >= now, step
        now = step.sent_at
        place = places.get(step.stream, FIRST_PLACE)
        submitted = sign_step(drafter, keys, step, place)
        verified = verify_action(submitted, LEDGER, known)
        if submitted.document is not None:
            documents.store(submitted.document)
        try:
            folded.state.check(verified.action, step.sent_at)
        except DomainError as error:
            assert error.code == step.refusal_code, f"{step}: {error}"
            folded.refusals.append(error.code)
            continue
        assert not step.refusal_code, step
        folded.state.apply(verified.action, verified.leaf_hash)
        folded.recorded += 1
        places[step.stream] = place_after(place, submitted.note)
    return folded
