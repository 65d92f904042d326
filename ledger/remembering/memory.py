"""What a decision needs of other acts' private parts: personnel numbers, orders, findings.

Whoever holds the vault fills it, from what is recorded and then act by act. Without a vault it
stays empty, as for the public audit, which asks none of its questions.
"""

from collections.abc import Callable, Iterable

from domain.actions import Action
from domain.facts import KeyRegisteredDetails
from domain.facts.integrity import (
    AccessLoggedDetails,
    AccessOrderIssuedDetails,
    FindingRaisedDetails,
)
from domain.oversight.integrity import AccessRecord
from domain.rules.people.answers import check_answer
from domain.rules.people.inspection_orders import (
    InspectionOrder,
    check_order,
    check_read,
    is_in_force,
)
from domain.rules.people.two_persons import check_personnel
from domain.rules.register import Register

# Gives recorded acts of `REMEMBERED_KINDS`, opened.
LoadActions = Callable[[], Iterable[Action]]
FindAccess = Callable[[str], AccessRecord | None]

FINDING_CLOSED = "finding.closed"
REMEMBERED_KINDS = ("key.registered", "access.order_issued", "finding.raised")


class PrivateMemory:
    """Personnel numbers by key; orders, and findings that are open, by their streams."""

    def __init__(self, load: LoadActions | None = None):
        self._load = load
        self._numbers: dict[str, str] = {}
        self._orders: dict[str, AccessOrderIssuedDetails] = {}
        self._raised: dict[str, FindingRaisedDetails] = {}

    def learn(self) -> None:
        """Take in what is recorded.

        Raises:
            StoreCorrupt, StoreUnavailable: the private parts cannot be read.
        """
        for action in () if self._load is None else self._load():
            self.take(action)

    def take(self, action: Action) -> None:
        """Take in an act; one whose private part is not open tells nothing."""
        match action.details:
            case KeyRegisteredDetails(personnel_number=str() as number):
                self._numbers[action.stream_id] = number
            case AccessOrderIssuedDetails() as details:
                self._orders[action.stream] = details
            case FindingRaisedDetails() as details:
                self._raised[action.stream] = details
            case _ if action.kind.name == FINDING_CLOSED:
                self._raised.pop(action.stream, None)
            case _:
                pass

    def check(self, action: Action, register: Register, find_access: FindAccess) -> None:
        """Check what rests on other acts' private parts.

        Raises:
            ActionRefused: as `check_personnel`, `check_order`, `check_read` and `check_answer`.
        """
        check_personnel(action, register, self._numbers.get)
        check_order(action, register, self._numbers.get)
        check_read(action, self._order_of(action, find_access), register)
        check_answer(action, self._raised.get(action.stream), register, self._numbers.get)

    def _order_of(self, action: Action, find_access: FindAccess) -> InspectionOrder | None:
        if not isinstance(action.details, AccessLoggedDetails):
            return None
        stream = action.details.order_stream or ""
        details = self._orders.get(stream)
        if details is None:
            return None
        return InspectionOrder(stream, details, has_ended=not is_in_force(find_access(stream)))
