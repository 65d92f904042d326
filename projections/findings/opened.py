"""Private facts that some rules look at: what an act's private part says, and who looked where.

Pure folds over acts with their details opened. No name and no number of a person is kept: a part
says that a receipt has a number, never which. Whoever cannot open the parts gives none, and the
rules that need them abstain; so they stand outside `recompute`.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

import msgspec

from domain.actions import Action
from domain.facts import PaymentConfirmedDetails, ResultIssuedDetails
from domain.facts.integrity import AccessPurpose
from domain.facts.waiting import PaymentConfirmed, PaymentMethod
from domain.moments import Moment
from domain.reading.tasks import tasks_of

# Whoever reads for one of these reasons needs no task on the dossier.
DUTY_PURPOSES: Final = frozenset(
    {
        AccessPurpose.SUPERVISION,
        AccessPurpose.INSPECTION,
        AccessPurpose.PETITION,
        AccessPurpose.HOLDER_REQUEST,
    }
)


class OpenedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What the private part of one act says, as far as a rule asks.

    `issued_on` is the day that the result itself bears. `lacks_receipt`: cash was taken, and no
    number of a receipt stands there.
    """

    version: int
    issued_on: date | None = None
    lacks_receipt: bool = False


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded read of a dossier's private details, by the key that signed it.

    `had_task`: the dossier had by then been taken in or over by the key, or given to it.
    """

    key: str
    at: Moment
    purpose: AccessPurpose
    had_task: bool
    entry_index: int | None = None


def opened_part(action: Action) -> OpenedPart | None:
    """Give what rules ask of one opened act; None where they ask nothing of it."""
    details, facts = action.details, action.facts
    if isinstance(details, ResultIssuedDetails):
        return OpenedPart(version=action.version, issued_on=details.issued_on)
    if isinstance(details, PaymentConfirmedDetails) and isinstance(facts, PaymentConfirmed):
        is_cash = facts.method is PaymentMethod.CASH
        lacks_receipt = is_cash and details.receipt_number is None
        return OpenedPart(version=action.version, lacks_receipt=lacks_receipt)
    return None


def opened_parts(actions: Iterable[Action]) -> dict[int, OpenedPart]:
    """Give what rules ask of the opened acts of one dossier, by version."""
    parts = (opened_part(action) for action in actions)
    return {part.version: part for part in parts if part is not None}


def had_task(
    actions: Iterable[Action], key: str, at: Moment, zone: str, known_as: Collection[str] = ()
) -> bool:
    """Tell whether a key had a task on the dossier by the end of the day of a moment.

    SPEC: domain.md 3.4, class P3. A leader may give a dossier to an officer's number:
    ``known_as`` are the other names under which the key's holder is known.
    """
    known = [action for action in actions if action.at.day_in(zone) <= at.day_in(zone)]
    tasks = tasks_of(known)
    signed = {signer.key for action in known for signer in action.signers}
    return key in tasks.keys | signed or any(map(tasks.names, (key, *known_as)))
