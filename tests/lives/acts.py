"""Random acts on one dossier: mostly what its status permits, sometimes what nobody may do.

Every kind of the dossier stream comes up, by whoever may sign it or by anybody, with facts that
mostly fit; times go back, stand still, or lie in the future now and then. The choices follow one
seed that Hypothesis draws for each act: drawn one by one, they would favour the first of every
list, and lives would hardly get anywhere.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.actions import Kind
from domain.dossiers import Channel, Dossier, Status
from domain.facts import (
    ClosingGround,
    Component,
    Details,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    Facts,
    ImportableFacts,
    SupplementItem,
)
from domain.kinds import KINDS
from domain.moments import Moment
from domain.roles import DECIDING_ROLES, Role, SignerSet
from domain.transitions import TRANSITIONS
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place
from tests.lives.least import least
from tests.lives.town import OTHER_OFFICE, OTHER_PROCEDURE, Life, Town
from tests.support.builders import PROCEDURE, ZONE
from tests.support.ledger_builders import OFFICE
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey

KINDS_ON_DOSSIERS = tuple(sorted(name for name in KINDS if name.startswith("dossier.")))
LATER_KINDS = tuple(name for name in KINDS_ON_DOSSIERS if not TRANSITIONS[name].creates)
COMPONENTS = ("identity_card", "form_ct01", "house_paper", "birth_certificate")
PERFORMERS = (None, None, "a1" * 8, "b2" * 8)

TIMES = (*["now"] * 20, "day", "day", "before", "before", "before", "long before", "ahead")


@dataclass(frozen=True)
class Scene:
    """Where an act takes place: the dossier as it stands, a moment, and a key nobody has yet."""

    town: Town
    life: Life
    dossier: Dossier
    version: int
    at: Moment
    new_key: SigningKey


def draw_moment(chance: random.Random, town: Town) -> Moment:
    """Give the present mostly; the day alone, some time ago, or the future."""
    now = town.now
    assert now.instant is not None
    how = chance.choice(TIMES)
    if how == "day":
        return Moment(day=now.day_in(ZONE))
    hours = {"now": 0, "before": -chance.randint(1, 400), "long before": -700, "ahead": 3}
    return Moment(instant=now.instant + timedelta(hours=hours[how]))


def draw_submission(
    chance: random.Random, town: Town, *, imported: bool
) -> tuple[Life, SubmittedAction]:
    """Give a new dossier, filed by its applicant or told by an importer."""
    stream = town.world.desk.new_stream()
    life = Life(stream, town.new_key("applicant"), imported)
    vkey = None if imported else render_vkey(life.applicant.verification_key)
    facts = DossierSubmitted(
        procedure=chance.choice((PROCEDURE, OTHER_PROCEDURE)),
        channel=chance.choice(list(Channel)),
        applicant_key=vkey,
    )
    details = DossierSubmittedDetails(
        secret=encode_base64(town.world.desk.random.randbytes(32)),
        components=tuple(Component(code=each, sha256="ab" * 32) for each in _some(chance)),
    )
    signer = (Role.IMPORTER, town.importer) if imported else (Role.APPLICANT, life.applicant)
    return life, town.world.desk.act(
        "dossier.submitted",
        stream,
        FIRST_PLACE,
        facts,
        details,
        at=draw_moment(chance, town) if imported else town.now,
        signers=[signer],
        office=chance.choice((OFFICE, OTHER_OFFICE)),
    )


def draw_act(
    chance: random.Random, town: Town, life: Life, goal: str | None = None
) -> tuple[SubmittedAction, Scene]:
    """Give the next act on a dossier, permitted or not; mostly the goal, where it is permitted."""
    dossier, place = town.dossier(life), town.world.next_place(life.stream)
    at = draw_moment(chance, town)
    scene = Scene(town, life, dossier, place.version, at, town.new_key("applicant"))
    kind = KINDS[draw_kind(chance, dossier, goal)]
    signers = _draw_signers(chance, kind, scene)
    is_import = any(role is Role.IMPORTER for role, _ in signers)
    submitted = town.world.desk.act(
        kind.name,
        life.stream,
        _stale(place) if _rarely(chance, 40) else place,
        _draw_facts(chance, kind, scene, is_import=is_import),
        _draw_details(chance, kind, scene),
        at=at,
        signers=signers,
        office=_draw_office(chance, kind, dossier),
    )
    return submitted, scene


def remember(scene: Scene, kind: str) -> None:
    """Let the people keep the keys that a recorded act gave them."""
    if kind == "dossier.applicant_key_replaced":
        scene.life.applicant = scene.new_key
    elif kind == "dossier.proxy_authorised":
        scene.life.proxies.append(scene.new_key)
    elif kind == "dossier.proxy_revoked" and scene.life.proxies:
        scene.life.proxies.pop()


def permitted_kinds(dossier: Dossier) -> tuple[list[str], list[str]]:
    """Give what the table permits now, and what of it leads to another status."""
    if dossier.suspended:
        now = [name for name in LATER_KINDS if TRANSITIONS[name].from_suspension is not None]
        return now, now
    now = [name for name in LATER_KINDS if dossier.status in TRANSITIONS[name].moves]
    moving = [name for name in now if isinstance(TRANSITIONS[name].moves[dossier.status], Status)]
    return now, moving or now


def draw_kind(chance: random.Random, dossier: Dossier, goal: str | None = None) -> str:
    """Give a kind: the goal, what leads on, what is permitted, or any at all."""
    permitted, moving = permitted_kinds(dossier)
    if goal in permitted and not _rarely(chance, 3):
        return goal
    if not dossier.imported:
        permitted, moving = _without_imports(permitted), _without_imports(moving)
    if _rarely(chance, 8):
        return chance.choice(LATER_KINDS)
    onward = [name for name in moving if not _ends_early(name, dossier)]
    if dossier.status is Status.IN_PROCESS and dossier.approved_at is None:
        onward.append("dossier.result_approved")
    if dossier.due is not None and "dossier.extension_apology_issued" in permitted:
        onward.append("dossier.extension_apology_issued")
    return chance.choice(
        chance.choice((onward, onward, onward, permitted, permitted, moving)) or moving
    )


def _ends_early(name: str, dossier: Dossier) -> bool:
    """Tell whether a kind cuts a life short: most lives should come as far as a result."""
    target = TRANSITIONS[name].moves.get(dossier.status)
    if target is Status.STOPPED:
        return not TRANSITIONS[name].suspends
    return target in (Status.NOT_ACCEPTED, Status.WITHDRAWAL_REQUESTED) or name.endswith(
        "_imported"
    )


def _without_imports(names: list[str]) -> list[str]:
    return [name for name in names if KINDS[name].signers.alone != {Role.IMPORTER}] or names


def _rarely(chance: random.Random, times: int) -> bool:
    """Tell once in so many times."""
    return chance.randrange(times) == 0


def _some(chance: random.Random) -> list[str]:
    return chance.sample(COMPONENTS, chance.randint(1, 3))


def _stale(place: Place) -> Place:
    return Place(place.version + 1, place.previous)


def _draw_signers(chance: random.Random, kind: Kind, scene: Scene) -> list[tuple[Role, SigningKey]]:
    if _rarely(chance, 30):
        role = chance.choice(list(Role))
        return [(role, _key_of(chance, role, scene, ()))]
    companies = [
        company
        for company in kind.signers.companies
        if scene.dossier.imported or company.one_of != {Role.IMPORTER}
    ]
    roles = _draw_company(chance, chance.choice(companies or kind.signers.companies))
    signers: list[tuple[Role, SigningKey]] = []
    for role in roles:
        signers.append((role, _key_of(chance, role, scene, [key for _, key in signers])))
    return signers


def _draw_company(chance: random.Random, company: SignerSet) -> list[Role]:
    roles = [chance.choice(sorted(company.one_of)), *sorted(company.with_all)]
    joining = sorted(company.may_join - set(roles))
    if joining and chance.random() < 0.5:
        roles.append(chance.choice(joining))
    return roles


def _key_of(
    chance: random.Random, role: Role, scene: Scene, taken: Sequence[SigningKey]
) -> SigningKey:
    town, life = scene.town, scene.life
    own = {
        Role.APPLICANT: life.applicant,
        Role.HOLDER: scene.new_key,
        Role.REGISTRAR: town.registrar,
        Role.RECOVERY: town.world.keys.recovery[0],
        Role.IMPORTER: town.importer,
        # Only the ledger's own system key erases, unseals and raises findings.
        Role.SYSTEM: town.world.keys.system,
    }
    if role is Role.PROXY and life.proxies:
        return life.proxies[-1]
    if role in own:
        return own[role]
    # The first two may act anywhere, the others for one office alone.
    able = town.officers[2:] if _rarely(chance, 8) else town.officers[:2]
    free = [officer for officer in able if officer not in taken] or town.officers
    officer: SigningKey = chance.choice(free)
    return officer


def _draw_office(chance: random.Random, kind: Kind, dossier: Dossier) -> str:
    if kind.name == "dossier.handover_acknowledged" or _rarely(chance, 20):
        office: str = chance.choice((OFFICE, OTHER_OFFICE))
        return office
    is_decided = bool(kind.signers.known & DECIDING_ROLES)
    return dossier.current_office if is_decided else dossier.office


def _draw_facts(chance: random.Random, kind: Kind, scene: Scene, *, is_import: bool) -> Facts:
    given = dict(_given_facts(chance, kind.name, scene))
    if is_import and issubclass(kind.facts, ImportableFacts):
        given["performer"] = chance.choice(PERFORMERS)
    given = {name: value for name, value in given.items() if value is not None}
    return least(kind.facts, **given)


def _given_facts(chance: random.Random, name: str, scene: Scene) -> Mapping[str, Any]:
    day = scene.at.day_in(ZONE)
    ahead = day + timedelta(days=chance.randint(0, 30))
    earlier = chance.randint(1, max(1, scene.version - 1))
    other = OTHER_OFFICE if scene.dossier.office == OFFICE else OFFICE
    vkey = render_vkey(scene.new_key.verification_key)
    closing = ClosingGround.NO_SUPPLEMENT
    if scene.dossier.status is Status.PAYMENT_REQUIRED:
        closing = ClosingGround.NO_PAYMENT
    by_kind: dict[str, dict[str, Any]] = {
        "accepted": {"appointment": chance.choice([None, ahead.isoformat()])},
        "extension_apology_issued": {"appointment": ahead.isoformat()},
        "appointment_rescheduled": {"appointment": ahead.isoformat(), "apology_version": earlier},
        "intake_supplement_requested": {"answer_by": ahead},
        "supplement_requested": {"answer_by": ahead},
        "consultation_requested": {"answer_by": ahead},
        "consultation_answered": {"request_version": earlier},
        "consultation_overdue_notified": {"request_version": earlier},
        "closed": {"ground": closing},
        "routed_to_office": {"to_office": other},
        "forwarded": {"to_office": other},
        "step_transferred": {"to_office": other},
        "applicant_key_replaced": {"applicant_key": vkey},
        "proxy_authorised": {"proxy_key": vkey},
        "proxy_revoked": {"proxy": (scene.dossier.proxy_keys or ("proxy-" + "0" * 16,))[-1]},
        "hold_lifted": {"hold_version": (scene.dossier.holds or (1,))[-1]},
        "due_date_imported": {"due_on": ahead},
        "correction_appended": {
            "corrected_version": earlier,
            "field": "contact",
            "old_commitment": "B" * 43 + "=",
        },
        "submitted": {"procedure": PROCEDURE},
    }
    return by_kind.get(name.removeprefix("dossier."), {})


def _draw_details(chance: random.Random, kind: Kind, scene: Scene) -> Details | None:
    details = kind.details
    if details is None:
        return None
    if details is DossierAcceptedDetails:
        return DossierAcceptedDetails(code=_draw_code(chance, scene))
    names = details.__struct_fields__
    if "items" in names:
        asked = (SupplementItem(component=each, reason="thiếu") for each in _some(chance))
        return least(details, items=tuple(asked))
    if kind.name == "dossier.correction_appended":
        return least(details, new_value="0912")
    return least(details) if kind.details_required and not _rarely(chance, 30) else None


def _draw_code(chance: random.Random, scene: Scene) -> str | None:
    """Give the code of the day; now and then none, a taken one, or one of another day."""
    town, how = scene.town, chance.randint(0, 9)
    if how == 0:
        return None
    day = scene.at.day_in(ZONE) + timedelta(days=how == 2)
    taken = [code for code in town.codes if f"{day:%y%m%d}" in code]
    if how < 5 and taken:
        return chance.choice(taken)
    town.codes.append(f"H27.15-{day:%y%m%d}-{len(town.codes) + 1:04d}")
    return town.codes[-1]
