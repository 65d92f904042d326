"""What is wrong with a casefile that does not prove what it says."""

from projections.entries import ProjectionError


class MalformedCasefile(ProjectionError):
    """The bytes are no casefile, or not in its one spelling."""

    code = "malformed_casefile"


class CasefileOfAnotherLedger(ProjectionError):
    """The casefile names another ledger than the anchors do: nothing in it was checked."""

    code = "casefile_of_another_ledger"


class CasefileTampered(ProjectionError):
    """A part of a casefile is not the one that was signed for; the message begins with its name."""

    code = "casefile_tampered"

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part = part
