"""What can be wrong with a foreign log or with the mapping that explains it.

Both are the importing operator's to mend: nothing of the case at hand was planned.
"""

from typing import ClassVar

from ledger.errors import LedgerError


class MalformedSource(LedgerError):
    """The foreign log is not what its mapping says; carries where, as far as that is known."""

    code: ClassVar[str] = "malformed_source"

    def __init__(self, problem: str, *, line: int | None = None, case_id: str | None = None):
        self.problem = problem
        self.line = line
        self.case_id = case_id
        super().__init__(problem)

    def __str__(self) -> str:
        places = []
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.case_id is not None:
            places.append(f"case {self.case_id!r}")
        return f"{self.problem} ({', '.join(places)})" if places else self.problem


class MalformedMapping(LedgerError):
    """The mapping file cannot be used; the sentence names the row and what is wrong."""

    code: ClassVar[str] = "malformed_mapping"


class ImportStopped(LedgerError):
    """The ledger refused an action of the import; what came before it is recorded."""

    code: ClassVar[str] = "import_stopped"
