"""One seed, one world: clients, a writer that dies and is deposed, failing stores, an auditor.

In most worlds there are witnesses, too (`tests.simulation.witnesses`). Everything that happens is
drawn from one `random.Random(seed)`, the clock's steps included. After each step the invariants
are checked; at the end the log is audited against the store. `REPLAY` lives one world again, and
tells its story if it fails.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.errors import DomainError
from domain.facts import Grant, KeyRevoked, RatingStage, RevocationReason
from domain.kinds import KINDS
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import FIRST_PLACE, Place, place_after
from ledger.errors import LedgerError, NotTheWriter, StoreUnavailable
from ledger.state import LedgerState
from ledger.storage.memory import MemoryLedgerStore
from ledger.writing.frames import Verdict
from ledger.writing.publishing import Cosigners
from ledger.writing.writer import Writer
from tests.simulation.witnesses import WitnessedWorld
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import ORIGIN, World, a_signing_key, a_world, handed
from tests.support.mortal_stores import Fate, MortalStore, MortalTiles, ProcessDied
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import QuorumMissing, TransparencyError
from transparency.notes import SigningKey
from transparency.promises import open_promise, open_refusal
from transparency.receipts import Receipt, render_receipt
from transparency.seals import is_seal, parse_seal
from transparency.tile_store import MemoryTileStore
from transparency.verifier import verify_receipt

REPLAY = ".venv/bin/pytest tests/simulation/test_world.py -k one_world_is_asked_for"
CLIENTS = 4
ROUNDS = 24
PLAUSIBLE = (
    "dossier.accepted",
    "dossier.processor_assigned",
    "dossier.payment_required",
    "dossier.payment_confirmed",
    "dossier.result_approved",
    "dossier.result_issued",
    "dossier.result_returned",
    "dossier.withdrawal_requested",
)

Say = Callable[[str], None]


class WorldsFate(Fate):
    """Lets any durable step fail now and then, as the world's randomness has it."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.is_on = False

    def plan(self) -> None:
        """Decide whether, where and how the next few steps fail."""
        self.spare()
        if not self.is_on or self.chance.random() < 0.6:
            return
        self.strike(self.chance.randrange(5), done=self.chance.random() < 0.5)
        self._failure = self.chance.choice([ProcessDied, StoreUnavailable])


@dataclass
class Client:
    """Somebody who drafts, hands in, sometimes loses the answer, and then asks again."""

    number: int
    dossiers: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    unanswered: list[SubmittedAction] = field(default_factory=list)


class SimulatedWorld:
    """A world that is run round by round."""

    def __init__(self, seed: int, say: Say) -> None:
        self.random = random.Random(seed)
        self.say = say
        self.fate = WorldsFate(self.random)
        self.store = MortalStore(MemoryLedgerStore(), self.fate)
        tiles = MortalTiles(MemoryTileStore(), self.fate)
        self.witnesses = None
        if self.random.random() < 0.8:
            self.witnesses = WitnessedWorld(self.random, tiles, say)
        self.world: World = a_world(
            store=self.store, tiles=tiles, seed=seed, cosigners=self._new_cosigners()
        )
        self._stay_calm(False)
        self.deposed: list[Writer] = []
        self.clients = [Client(number) for number in range(CLIENTS)]
        self.accepted: dict[bytes, SubmittedAction] = {}
        self.refused: set[bytes] = set()
        self.seen: SignedCheckpoint | None = None
        self.revoked: list[SigningKey] = []

    def _new_cosigners(self) -> Cosigners | None:
        return None if self.witnesses is None else self.witnesses.new_client()

    def _stay_calm(self, is_calm: bool) -> None:
        self.fate.is_on = not is_calm
        if self.witnesses is not None:
            self.witnesses.is_calm = is_calm

    def run(self) -> None:
        """Live through all rounds; then everything is healed, repeated and audited."""
        for number in range(ROUNDS):
            self.say(f"round {number}")
            self.round()
            self.check_invariants()
        self.heal()
        self.check_invariants()
        self.check_end()

    def round(self) -> None:
        """Some clients hand in together; the writer may fail, die or be deposed."""
        self._let_time_pass()
        group = [(client, action) for client in self.clients for action in self._drafts(client)]
        self.random.shuffle(group)
        self._hand_over(group)
        if self.witnesses is not None:
            self.witnesses.let_time_pass()
            if self.random.random() < 0.2:
                self.world.writer.refresh_cosignatures(self.world.writer.checkpoint_note)
        if self.random.random() < 0.1:
            self._depose()
        if self.deposed and self.random.random() < 0.3:
            self._deposed_writer_tries()

    def _let_time_pass(self) -> None:
        if self.random.random() < 0.05:
            self.world.clock.pass_time(seconds=-self.random.randrange(60))
        else:
            self.world.clock.pass_time(seconds=self.random.randrange(600))

    def _drafts(self, client: Client) -> list[SubmittedAction]:
        drafts = [action for action in client.unanswered if self.random.random() < 0.7]
        for _ in range(self.random.randrange(3)):
            action = self._draft(client)
            client.unanswered.append(action)
            drafts.append(action)
            if self.random.random() < 0.1:
                drafts.append(action)
        return drafts

    def _draft(self, client: Client) -> SubmittedAction:
        choice = self.random.random()
        if not client.dossiers or choice < 0.2:
            return self._submission(client)
        stream = self.random.choice(client.dossiers)
        if choice < 0.3:
            return self._rating(stream)
        if choice < 0.35:
            return self._key_action()
        return self._step(client, stream)

    def _submission(self, client: Client) -> SubmittedAction:
        stream = self.world.desk.new_stream()
        client.dossiers.append(stream)
        action = self.world.desk.submitted(stream)
        client.places[stream] = place_after(FIRST_PLACE, action.note)
        return action

    def _rating(self, dossier: str) -> SubmittedAction:
        stage = self.random.choice(list(RatingStage))
        stream = self.world.desk.new_stream("rating")
        return self.world.desk.rating(stream, dossier, stage, self.random.randint(1, 5))

    def _key_action(self) -> SubmittedAction:
        desk = self.world.desk
        key = a_signing_key("officer", 1_000 + self.random.randrange(4))
        place = self.world.next_place(f"key:{key.name}")
        if place == FIRST_PLACE:
            grants = [Grant(Role.RECEIVER, "H27")]
            return desk.drafter.register_key(
                desk.registrar, key, grants, desk.now(), the_holder_of(key)
            )
        self.revoked.append(key)
        return desk.act(
            "key.revoked",
            f"key:{key.name}",
            place,
            KeyRevoked(reason=RevocationReason.LOST),
            signers=[(Role.REGISTRAR, desk.registrar)],
            office=None,
        )

    def _step(self, client: Client, stream: str) -> SubmittedAction:
        """The next action of a dossier: plausible or not, placed by belief or by looking."""
        if self.random.random() < 0.6:
            client.places[stream] = self.world.next_place(stream)
        place = client.places.get(stream, FIRST_PLACE)
        names = PLAUSIBLE if self.random.random() < 0.9 else sorted(KINDS)
        kind = self.random.choice([name for name in names if name.startswith("dossier.")])
        now = self.world.clock.now.replace(microsecond=0)
        at = Moment(day=now.date()) if self.random.random() < 0.1 else Moment(instant=now)
        signers = None
        if self.random.random() < 0.1:
            signers = [(Role.RECEIVER, a_signing_key("officer", 1_000 + self.random.randrange(5)))]
        action = self.world.desk.act(
            kind if kind in PLAUSIBLE else "dossier.accepted", stream, place, at=at, signers=signers
        )
        if self.random.random() < 0.8:
            client.places[stream] = place_after(place, action.note)
        return action

    def _hand_over(self, group: list[tuple[Client, SubmittedAction]]) -> None:
        actions = [handed(action) for _, action in group]
        with_seal = self.random.random() < 0.7
        self.fate.plan()
        try:
            result = self.world.writer.record(actions, with_seal=with_seal)
            self._answered(group, result.verdicts)
            if result.sealed:
                self.world.writer.publish()
        except StoreUnavailable as error:
            self.say(f"  the store failed at {error}")
            if self.fate.steps and self.fate.steps[-1] != "record_group":
                self._restart()  # a publication that fails ends the process
        except ProcessDied as death:
            self.say(f"  died at {death}")
            self._restart()
        except QuorumMissing:
            self.say("  stopped while too few witnesses cosigned")
            self._restart()
        finally:
            self.fate.spare()

    def _answered(
        self, group: list[tuple[Client, SubmittedAction]], verdicts: list[Verdict]
    ) -> None:
        assert len(group) == len(verdicts)
        for (client, action), verdict in zip(group, verdicts, strict=True):
            self._learn(action, verdict)
            if self.random.random() < 0.85 and action in client.unanswered:
                client.unanswered.remove(action)

    def _learn(self, action: SubmittedAction, verdict: Verdict) -> None:
        """Hold the operator to what it signed."""
        opened = open_text(action.note, ORIGIN)
        key = self.world.keys.promise.verification_key
        self.say(f"  {opened.action.kind.name} {verdict.code or verdict.entry_index}")
        if verdict.code:
            refusal = open_refusal(verdict.note, key)
            assert (refusal.code, refusal.text_hash) == (verdict.code, opened.text_hash)
            assert opened.text_hash not in self.accepted
            self.refused.add(opened.text_hash)
            return
        self.refused.discard(opened.text_hash)
        assert verdict.repeated or opened.text_hash not in self.accepted
        self.accepted[opened.text_hash] = action
        if verdict.note:
            promise = open_promise(verdict.note, key)
            assert (promise.stream, promise.version) == (
                opened.action.stream,
                opened.action.version,
            )

    def _restart(self) -> None:
        while True:
            self.world.cosigners = self._new_cosigners()
            self.world.writer = self.world.new_writer()
            self.fate.plan()
            try:
                self.world.writer.take_over("successor")
                self._publish_rest()
            except (ProcessDied, StoreUnavailable, QuorumMissing) as death:
                self.say(f"  died in recovery at {death}")
                continue
            finally:
                self.fate.spare()
            return

    def _publish_rest(self) -> None:
        """Where witnesses are asked, recovery leaves publishing to whoever publishes every day."""
        writer = self.world.writer
        while writer.has_unpublished:
            assert writer.record([], with_seal=True).sealed
            writer.publish()

    def _depose(self) -> None:
        self.say("  deposed")
        self.deposed.append(self.world.writer)
        self._restart()

    def _deposed_writer_tries(self) -> None:
        before = (self.store.sequenced_size(), self.store.checkpoint())
        action = self.world.desk.submitted(self.world.desk.new_stream())
        writer = self.random.choice(self.deposed)
        try:
            writer.record([handed(action)], with_seal=self.random.random() < 0.5)
        except NotTheWriter:
            pass
        else:
            raise AssertionError("a deposed writer recorded")
        assert (self.store.sequenced_size(), self.store.checkpoint()) == before

    def check_invariants(self) -> None:
        """What must be true after every step, whatever happened in it."""
        log = self.world.log()
        if self.seen is not None:
            assert log.tree_size >= self.seen.checkpoint.tree_size
            log.check_extends(self.seen)
        self.seen = log.signed_checkpoint
        stored = [entry.body for entry in self.store.entries(0, log.tree_size)]
        assert self.world.entries() == stored
        row = self.store.checkpoint()
        assert row is not None
        key = self.world.keys.log.verification_key
        assert open_checkpoint(row.note, key).checkpoint.tree_size >= log.tree_size
        if self.witnesses is not None:
            self.witnesses.check(log.signed_checkpoint.note, log)
            self.witnesses.check(row.note, log)
        self._check_memory()

    def _check_memory(self) -> None:
        """The state in memory is the state that the store adds up to."""
        state = LedgerState(self.world.documents)
        bodies = [e.body for e in self.store.entries(0, self.store.sequenced_size())]
        deferred = [event.note for event in self.store.deferred_events()]
        for body in (*bodies, *deferred):
            if is_seal(body):
                state.note_seal(parse_seal(body).sealed_at)
            else:
                state.apply_recorded(open_text(body, ORIGIN))
        assert self.world.writer._state.streams() == state.streams()

    def heal(self) -> None:
        """Let nothing fail any more, repeat everything unanswered, and publish all."""
        self._stay_calm(True)
        self._restart()
        for client in self.clients:
            group = [(client, action) for action in client.unanswered]
            self._hand_over(group)
        self._publish_rest()

    def check_end(self) -> None:
        """The auditor agrees; everything accepted is there once, with a receipt that verifies."""
        report = self.world.audit(self.store)
        assert report.problems == []
        assert report.tree_size == self.store.sequenced_size()
        assert report.entries == report.actions + report.seals
        if self.witnesses is not None:
            self.witnesses.check_end(self.world.log())
        entries = self.world.entries()
        deferred = {event.note for event in self.store.deferred_events()}
        for text_hash, action in self.accepted.items():
            assert text_hash not in self.refused
            if action.note in deferred:
                continue
            assert entries.count(action.note) == 1
            self._check_receipt(entries.index(action.note), action.note)
        hashes = {open_text(body, ORIGIN).text_hash for body in deferred}
        hashes |= {
            open_text(e, ORIGIN).text_hash for e in entries if e.startswith(b"dossier-ledger/a")
        }
        assert not hashes & self.refused

    def _check_receipt(self, entry_index: int, note: bytes) -> None:
        log = self.world.log()
        proof = tuple(log.prove_inclusion(entry_index))
        receipt = Receipt(note, entry_index, proof, log.signed_checkpoint.note)
        verified = verify_receipt(render_receipt(receipt), self.world.keys.log.verification_key)
        assert verified.entry == note


def live(seed: int, say: Say = lambda line: None) -> SimulatedWorld:
    """Live through the world of one seed.

    Raises:
        AssertionError: something that must always be true was not; it names the replay.
    """
    world = SimulatedWorld(seed, say)
    try:
        world.run()
    except (AssertionError, LedgerError, DomainError, TransparencyError) as error:
        raise AssertionError(f"seed {seed} failed; replay it: SEED={seed} {REPLAY}") from error
    return world
