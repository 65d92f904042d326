"""Witnesses of a simulated world: slow, dead, busy, asleep for days, and one that replays the log.

The ledger's own client asks them (`ledger.witnessing`), with its threads taken away: each is asked
when its turn comes, so that one seed is one story. Who answers, and how, is drawn from the seed.
"""

import random
from collections.abc import Callable
from pathlib import Path

from api.witnessing.index_auditor import stream_key_of
from ledger.witnessing.alarms import Alarms
from ledger.witnessing.client import AskingRules, Witnesses
from ledger.witnessing.desk import WitnessDesk
from ledger.witnessing.standing import Outcome
from tests.support.disks.in_turn import InTurn
from tests.support.ledger_builders import ORIGIN
from tests.support.witnesses.simulated import SimulatedWitness, a_policy, busy, dead
from transparency.checkpoints import SignedCheckpoint
from transparency.policies import Policy, check_quorum
from transparency.proofs import range_hash
from transparency.tile_store import TileStore
from transparency.trusted_log import TrustedLog
from transparency.witnessing.answers import HttpAnswer
from transparency.witnessing.replaying import IndexReplay
from transparency.witnessing.requests import AddCheckpoint

ENOUGH = 2
# So often nobody has answered enough when the process is told to stop.
ROUNDS_UNTIL_STOPPED = 3
AT_ONCE = AskingRules(retry_seconds=0.0, longest_retry_seconds=0.0, refresh_seconds=0.0)

Say = Callable[[str], None]


class IndexAuditing(SimulatedWitness):
    """Cosigns only what it replayed, seal by seal; it reads what is served, as anybody."""

    def __init__(self, name: str, tiles: TileStore) -> None:
        super().__init__(name)
        self.tiles = tiles
        self.replay = IndexReplay(stream_key_of(ORIGIN))

    def honest(self, request: AddCheckpoint) -> HttpAnswer:
        """Replay first: a seal that is not right ends the world."""
        log = TrustedLog(self.tiles, SignedCheckpoint(request.checkpoint, request.note))
        for entry in log.entries(self.replay.tree_size, log.tree_size):
            self.replay.take(entry)
        self.replay.check_end()
        return super().honest(request)


class WitnessedWorld:
    """Two witnesses and an index auditor, of whom two must cosign, and the client that asks."""

    def __init__(self, chance: random.Random, tiles: TileStore, say: Say) -> None:
        self.chance, self.say = chance, say
        self.is_calm = True
        self.auditor = IndexAuditing("auditor", tiles)
        self.witnesses = [SimulatedWitness("w1"), SimulatedWitness("w2"), self.auditor]
        for witness in self.witnesses:
            witness.behaviour = self._behave
        self.asleep: SimulatedWitness | None = None
        self.clients: list[Witnesses] = []
        # The size that is asked about, and how many were asked about it.
        self.tried = (0, 0)
        self.policy: Policy = a_policy(self.witnesses, ENOUGH)

    def new_client(self) -> Witnesses:
        """The client of a new process: it remembers nothing of where witnesses stand."""
        alarms = Alarms(Path("/nowhere"))
        desks = tuple(
            WitnessDesk(known, each, alarms)
            for known, each in zip(self.policy.witnesses, self.witnesses, strict=True)
        )
        client = Witnesses(self.policy, desks, AT_ONCE)
        client._pool.shutdown()
        client._pool = InTurn()  # type: ignore[assignment]
        self.clients.append(client)
        self.tried = (0, 0)
        return client

    def let_time_pass(self) -> None:
        """Let somebody fall asleep, or wake up far behind."""
        if self.chance.random() < 0.15:
            self.asleep = self.chance.choice([None, *self.witnesses])
            self.say(f"  asleep: {self.asleep.name if self.asleep else 'nobody'}")

    def _behave(self, witness: SimulatedWitness, request: AddCheckpoint) -> HttpAnswer:
        if self.is_calm:
            return witness.honest(request)
        self._may_stop(request.checkpoint.tree_size)
        choice = self.chance.random()
        if witness is self.asleep or choice < 0.1:
            return dead(witness, request)
        if choice < 0.15:
            return busy(witness, request)
        if choice < 0.2:
            raise TimeoutError("slow")
        answer = witness.honest(request)
        if choice < 0.3:
            # It cosigned, and nobody ever learns.
            self.say(f"  an answer of {witness.name} was lost")
            raise ConnectionResetError("lost")
        return answer

    def _may_stop(self, tree_size: int) -> None:
        """Tell the process to stop once it has asked in vain for long."""
        times = self.tried[1] + 1 if self.tried[0] == tree_size else 1
        self.tried = (tree_size, times)
        if times > ROUNDS_UNTIL_STOPPED * len(self.witnesses):
            self.clients[-1].finish()

    def check(self, served: bytes, log: TrustedLog) -> None:
        """What must be true of witnesses after every step."""
        assert len(check_quorum(self.policy, served)) >= ENOUGH
        for witness in self.witnesses:
            if witness.last is None or witness.last.tree_size > log.tree_size:
                # What was cosigned and not published yet comes next: `check_end` sees to it.
                continue
            assert range_hash(0, witness.last.tree_size, log.hash_source) == witness.last.root_hash

    def check_end(self, log: TrustedLog) -> None:
        """No honest witness ever saw a fork, or less than it knew; the auditor replayed all."""
        for client in self.clients:
            for desk in client._desks:
                assert desk.count.standing().refused == 0, desk.witness.name
                assert desk.count.last not in {Outcome.FORK, Outcome.AHEAD, Outcome.WRONG}
        for witness in self.witnesses:
            assert witness.last is not None
            assert witness.last.tree_size <= log.tree_size
        assert self.auditor.replay.tree_size <= log.tree_size
