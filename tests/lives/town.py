"""A town for random lives: two offices, officers, an importer, and a ledger with all its readers.

Whatever is handed in is asked twice of the writer's state, and once of an auditor's, who sees no
details; then the writer decides, and must say the same.
"""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.actions import Action
from domain.calendars import Calendar
from domain.dossiers import Dossier
from domain.errors import DomainError
from domain.facts import ANY_OFFICE, Details, Grant
from domain.moments import Moment
from domain.procedures import Procedure
from domain.roles import GRANTABLE_ROLES, NATIONAL_ROLES, Role
from ledger.action_notes import SubmittedAction, open_text, reopen_verified
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing
from ledger.errors import LedgerError
from ledger.state import LedgerState
from projections.follower import Follower, PrivateFold
from projections.views import Views, open_views
from tests.support.builders import a_calendar, an_office
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    OFFICE,
    ORIGIN,
    World,
    a_signing_key,
    a_world,
    handed,
)
from transparency.hashing import leaf_hash
from transparency.notes import SigningKey

OTHER_OFFICE = "H27.07"
OTHER_PROCEDURE = "2.000815"
VIEW_SECRET = b"v" * 32
OFFICE_ROLES = sorted(GRANTABLE_ROLES - NATIONAL_ROLES - {Role.IMPORTER})

# Refusals that rest on details, or on what no public entry shows: an auditor does not repeat them.
PRIVATE_REFUSALS = frozenset(
    {
        "fact_invalid",
        "fact_missing",
        "not_correctable",
        "dossier_code_taken",
        "not_your_dossier",
        "not_permitted",
        "rated_dossier_unknown",
    }
)


@dataclass
class Life:
    """What its people remember of one dossier beside the ledger."""

    stream: str
    applicant: SigningKey
    is_imported: bool
    proxies: list[SigningKey] = field(default_factory=list)


class Town:
    """A published ledger, and who may act on it."""

    def __init__(self, procedure: Procedure, folder: Path) -> None:
        self.world: World = a_world()
        self.public = LedgerState(self.world.documents)
        self.calendars: list[Calendar] = []
        self.details: dict[tuple[str, int], Details] = {}
        self.codes: list[str] = []
        self.lives: list[Life] = []
        self.petitions: list[str] = []
        self.refused = self.recorded = self._keys = 0
        self._learn_registry()
        self.importer = self.new_key("importer")
        # Enrolled none of the officers: beside them, the one who did would be no second person.
        self.registrar = self.new_key("registrar")
        self.officers = [self.new_key("officer") for _ in range(4)]
        self._furnish(procedure)
        self.views_path = folder / "views.sqlite3"
        self.views: Views = open_views(self.views_path)
        private = PrivateFold(lambda _text_hash: None, VIEW_SECRET)
        self.follower = Follower(
            ORIGIN, self.world.store, self.views, self.world.documents, private
        )

    @property
    def now(self) -> Moment:
        return self.world.desk.now()

    @property
    def state(self) -> LedgerState:
        return self.world.writer._state

    def new_key(self, kind: str) -> SigningKey:
        self._keys += 1
        return a_signing_key(kind, 1_000 + self._keys)

    def dossier(self, life: Life) -> Dossier:
        found = self.state.dossier(life.stream)
        assert found is not None
        return found

    def close(self) -> None:
        with closing(self.views):
            pass

    def _learn_registry(self) -> None:
        for entry in self.world.entries():
            if entry.startswith(b"dossier-ledger/action"):
                self.public.apply_recorded(open_text(entry, ORIGIN))
        record = self.state.calendar("VN")
        assert record is not None
        self.calendars.append(record.calendar)

    def _furnish(self, procedure: Procedure) -> None:
        """Register the second office, the second procedure and the officers."""
        world, desk = self.world, self.world.desk
        office = canonical_json(an_office(OTHER_OFFICE))
        what = Publishing(canonical_json(procedure), OFFICE, FIRST_PLACE, desk.now())
        everywhere = [Grant(role, ANY_OFFICE) for role in (*OFFICE_ROLES, Role.INSPECTOR)]
        scopes = (everywhere, everywhere, _all_roles_at(OFFICE), _all_roles_at(OTHER_OFFICE))
        keys = [
            desk.drafter.register_key(desk.registrar, key, grants, desk.now(), the_holder_of(key))
            for key, grants in zip(self.officers, scopes, strict=True)
        ]
        imports = [Grant(Role.IMPORTER, ANY_OFFICE)]
        drafts = (
            desk.drafter.register_office(
                desk.registrar, OTHER_OFFICE, office, FIRST_PLACE, desk.now()
            ),
            *keys,
            desk.drafter.register_key(desk.registrar, self.importer, imports, desk.now()),
            desk.drafter.register_key(
                desk.registrar,
                self.registrar,
                [Grant(Role.REGISTRAR, ANY_OFFICE)],
                desk.now(),
                the_holder_of(self.registrar),
            ),
            desk.drafter.publish_procedure(desk.catalogue, procedure.code, 1, what),
        )
        for draft in drafts:
            assert self.hand_in(draft) == ""
        world.clock.pass_time(minutes=1)

    def hand_in(self, submitted: SubmittedAction) -> str:
        """Let everybody decide, record what is permitted; give the code of a refusal, or nothing.

        Raises:
            AssertionError: two that must agree do not, or a refusal left a trace.
        """
        self.world.keep_documents([submitted])
        action = reopen_verified(handed(submitted), ORIGIN).action
        opened = open_text(submitted.note, ORIGIN)
        before = dict(self.state.streams())
        said, again = self._decided(action), self._decided(action)
        publicly = self._publicly(opened.action)
        verdict = self.world.record(submitted, with_seal=False)[0]

        assert said == again == verdict.code
        if verdict.code:
            self.refused += 1
            assert before == self.state.streams()
            assert self.world.store.find(action.stream, action.version) is None or (
                verdict.code == "stale_version"
            )
            assert publicly in ("", verdict.code, "stale_version")
            assert publicly or verdict.code in PRIVATE_REFUSALS
            return verdict.code
        self.recorded += 1
        assert publicly == ""
        if not action.kind.deferred:
            self.public.apply(opened.action, leaf_hash(submitted.note))
        if action.details is not None:
            self.details[action.stream, action.version] = action.details
        return ""

    def _decided(self, action: Action) -> str:
        try:
            self.state.check(action, self.world.clock.now)
        except (LedgerError, DomainError) as error:
            return error.code
        return ""

    def _publicly(self, action: Action) -> str:
        try:
            self.public.check_public(action, self.world.clock.now)
        except (LedgerError, DomainError) as error:
            return error.code
        return ""

    def publish_calendar(self, **changes: Any) -> None:
        calendar = a_calendar(**changes)
        desk, place = self.world.desk, self.world.next_place("calendar:VN")
        what = Publishing(canonical_json(calendar), OFFICE, place, desk.now())
        assert self.hand_in(desk.drafter.publish_calendar(desk.catalogue, "VN", what)) == ""
        self.calendars.append(calendar)

    def replace_officer(self, number: int) -> None:
        """Give an officer another key, as every quarter: the old one signs nothing any more."""
        desk, old, new = self.world.desk, self.officers[number], self.new_key("officer")
        place = self.world.next_place(f"key:{old.name}")
        registered = desk.drafter.register_key(
            desk.registrar, new, [], desk.now(), the_holder_of(new), replaces=old.name
        )
        assert self.hand_in(registered) == ""
        replaced = desk.drafter.replace_key(desk.registrar, old.name, new, place, desk.now())
        assert self.hand_in(replaced) == ""
        self.officers[number] = new

    def publish(self) -> None:
        if self.world.writer.has_unpublished:
            self.world.writer.record([], with_seal=True)
            self.world.writer.publish()

    def follow(self) -> None:
        self.follower.catch_up()


def _all_roles_at(office: str) -> list[Grant]:
    return [Grant(role, office) for role in OFFICE_ROLES]
