"""A reference for waits: how often a supplement was asked for and waited for, by the acts alone."""

from dataclasses import dataclass

from domain.dossiers import Dossier, Status, WaitKind


@dataclass
class Asked:
    """What a dossier's acts say of requests for supplements, and of waits for them.

    A request opens a wait, but for one that judges what came as incomplete: that wait lasts on.
    A withdrawal out of such a wait closes it, and one that is denied opens another, unasked.
    """

    requests: int = 0
    waits: int = 0
    withdrawn_while_waiting: bool = False

    def take(self, kind: str, status: Status) -> None:
        """Count an act that was permitted in a status."""
        name = kind.removeprefix("dossier.")
        is_waiting = status is Status.SUPPLEMENT_REQUIRED
        if name in ("intake_supplement_requested", "supplement_requested"):
            assert not is_waiting
            self.requests += 1
            self.waits += 1
        elif name == "supplement_judged_incomplete":
            assert is_waiting
            self.requests += 1
        elif name == "withdrawal_requested":
            self.withdrawn_while_waiting = is_waiting
        elif name == "withdrawal_denied":
            self.waits += self.withdrawn_while_waiting

    def check(self, dossier: Dossier) -> None:
        """Compare with what the fold counted."""
        waits = [wait for wait in dossier.waits if wait.kind is WaitKind.SUPPLEMENT]
        assert (dossier.supplement_requests, len(waits)) == (self.requests, self.waits)
