"""Dossier codes of all acceptances that open, compared with the book of codes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.actions import Action
from domain.facts import DossierAccepted, DossierAcceptedDetails
from domain.moments import Moment
from domain.rules.register import Register
from ledger.codes.allotted import AllottedCode
from ledger.codes.checking import CodeProblem, RecordedCode, check_codes
from ledger.inspecting.report import Check, VaultReport, Why

# A day ends last in the westernmost zone: what is of today there may be used yet.
WESTERNMOST: Final = "Etc/GMT+12"
_RUN_PROBLEMS: Final = frozenset({"code_never_used", "code_counter_gap"})


class CodeRuns:
    """Collects the codes of acceptances, and where one may have been that no longer opens."""

    def __init__(self, report: VaultReport):
        self._report = report
        self._recorded: list[RecordedCode] = []
        self._hidden: set[tuple[str, str]] = set()

    def take(self, action: Action, register: Register) -> None:
        """Take in an act; only acceptances count."""
        if not isinstance(action.facts, DossierAccepted):
            return
        office = action.office or ""
        if isinstance(action.details, DossierAcceptedDetails):
            if action.details.code is not None:
                code = RecordedCode(action.details.code, action.stream, office, action.is_imported)
                self._recorded.append(code)
        elif action.commitment is not None:
            record = register.office(office)
            zone = WESTERNMOST if record is None else record.office.time_zone
            self._hidden.add((office, f"-{action.at.day_in(zone):%y%m%d}-"))

    def finish(self, allotted: Sequence[AllottedCode] | None, now: datetime) -> None:
        """Compare with the book; without one only repeats and gaps among used codes can show."""
        if allotted is None:
            self._report.not_remade[Check.CODES, Why.NO_BOOK_OF_CODES] += 1
        self._report.remade[Check.CODES] += len(self._recorded)
        today = Moment(instant=now).day_in(WESTERNMOST)
        for problem in check_codes(allotted or (), self._recorded, today):
            if self._may_be_hidden(problem):
                self._report.not_remade[Check.CODES, Why.ERASED] += 1
            else:
                message = f"{problem.code}: {problem.message}"
                self._report.add_problem(problem.kind, None, message)

    def _may_be_hidden(self, problem: CodeProblem) -> bool:
        """Tell whether a private part that no longer opens may have held the missing number."""
        return problem.kind in _RUN_PROBLEMS and any(
            office == problem.office and day in problem.code for office, day in self._hidden
        )
