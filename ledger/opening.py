"""Entry 0: the ledger opens, names its own keys, and is signed by the registrar's root."""

from datetime import datetime
from typing import Final

from domain.facts import Continued, LedgerOpened
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Draft, sign_draft
from ledger.key_files import RECOVERY_THRESHOLD, OperatorKeys
from transparency.notes import SigningKey, render_vkey

INDEX_VERSION: Final = 1
LONGEST_PUBLICATION_DELAY_SECONDS: Final = 3600


def opening_action(
    keys: OperatorKeys, at: datetime, continues: Continued | None = None
) -> SubmittedAction:
    """Sign the first action of a new ledger, which may stand in for one that was retired."""
    facts = LedgerOpened(
        origin=keys.origin,
        registrar_vkey=_vkey(keys.registrar),
        log_vkey=_vkey(keys.log),
        promise_vkey=_vkey(keys.promise),
        system_vkey=_vkey(keys.system),
        recovery_vkeys=tuple(_vkey(key) for key in keys.recovery),
        recovery_threshold=min(RECOVERY_THRESHOLD, len(keys.recovery)) or None,
        index_version=INDEX_VERSION,
        longest_publication_delay_seconds=LONGEST_PUBLICATION_DELAY_SECONDS,
        continues=continues,
    )
    draft = Draft(
        kind="ledger.opened",
        ledger=keys.origin,
        stream=f"ledger:{keys.origin}",
        version=1,
        previous=None,
        at=Moment(instant=at.replace(microsecond=0)),
        office=None,
        roles=(Role.REGISTRAR,),
        facts=facts,
    )
    return sign_draft(draft, [keys.registrar])


def _vkey(key: SigningKey) -> str:
    return render_vkey(key.verification_key)
