"""What is kept when a witness and the log contradict each other: the pieces, byte for byte.

Nobody is believed here. Our checkpoint, what the witness answered, and what it shows of the log
are written side by side; `dossier-ledger evidence` makes a file of them that others can check
where two checkpoints convict.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from ledger.witnessing.standing import Outcome
from transparency.policies import PolicyWitness
from transparency.witnessing.answers import HttpAnswer

EVIDENCE_FOLDER: Final = "evidence"

_log: Final = structlog.get_logger("dossier_ledger")


class Alarms:
    """Keeps what contradicts, once for each witness and size, and says so loudly."""

    def __init__(self, folder: Path):
        self._folder = folder

    def keep(
        self,
        outcome: Outcome,
        witness: PolicyWitness,
        tree_size: int,
        note: bytes,
        shown: Callable[[], HttpAnswer],
    ) -> None:
        """Keep our note and what the witness shows; failing to keep it stops nothing."""
        _log.error(
            "a witness contradicts the log",
            witness=witness.name,
            outcome=outcome.value,
            tree_size=tree_size,
        )
        place = self._folder / f"witness-{witness.key.key_id.hex()}-{tree_size}-{outcome.value}"
        if place.exists():
            return
        try:
            place.mkdir(parents=True)
            (place / "ours.checkpoint").write_bytes(note)
            answer = shown()
            (place / "theirs.checkpoint").write_bytes(answer.body)
        except OSError as error:
            _log.warning("what the witness shows could not be kept", error=str(error))
