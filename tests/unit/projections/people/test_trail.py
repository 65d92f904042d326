from domain.actions import Signer
from domain.roles import Assurance, Role
from projections.people.trail import trail_of
from tests.support.builders import a_key
from tests.support.dossier_cases import APPROVER, IMPORTER, RECEIVER, an_act, instant

START, END = instant("2026-02-01T00:00:00Z"), instant("2026-03-01T00:00:00Z")
PERFORMER = "ab" * 8


def test_trail_names_every_act_of_a_key_with_its_role_in_order() -> None:
    acts = [
        an_act("result_returned", "2026-02-05", RECEIVER, entry_index=9),
        an_act("accepted", "2026-02-03", APPROVER, RECEIVER, entry_index=4),
        an_act("result_approved", "2026-02-04", APPROVER, entry_index=6),
    ]

    trail = trail_of(acts, {RECEIVER.key}, START, END)

    assert [(entry.entry_index, entry.kind, entry.role) for entry in trail] == [
        (4, "dossier.accepted", Role.RECEIVER),
        (9, "dossier.result_returned", Role.RECEIVER),
    ]


def test_period_is_one_of_recorded_times_and_not_of_claimed_ones() -> None:
    acts = [
        an_act("accepted", "2026-01-15", RECEIVER, recorded_at=START, entry_index=1),
        an_act("accepted", "2026-02-15", RECEIVER, recorded_at=END, entry_index=2),
    ]

    assert [entry.entry_index for entry in trail_of(acts, {RECEIVER.key}, START, END)] == [1]


def test_performer_of_imported_acts_has_a_trail_without_roles() -> None:
    acts = [an_act("accepted", "2026-02-15", IMPORTER, performer=PERFORMER)]

    (entry,) = trail_of(acts, {PERFORMER}, START, END)

    assert (entry.role, entry.key, entry.assurance) == (None, None, None)


def test_trail_of_a_person_holds_what_every_key_of_theirs_signed_once() -> None:
    second = Signer("officer-00000000000000ee", Role.RECEIVER)
    acts = [
        an_act("accepted", "2026-02-03", RECEIVER, entry_index=4),
        an_act("accepted", "2026-02-20", second, entry_index=9),
        an_act("result_returned", "2026-02-21", RECEIVER, second, entry_index=11),
    ]

    trail = trail_of([*acts, *acts], {RECEIVER.key, second.key}, START, END)

    assert [(entry.entry_index, entry.key) for entry in trail] == [
        (4, RECEIVER.key),
        (9, second.key),
        (11, RECEIVER.key),
    ]


def test_trail_says_how_sure_each_signature_is() -> None:
    acts = [
        an_act("accepted", "2026-02-03", RECEIVER, entry_index=4),
        an_act("accepted", "2026-02-04", APPROVER, entry_index=5),
    ]
    system = a_key(APPROVER.key, assurance=Assurance.OTHER_SYSTEM)
    keys = {system.name: system}

    trail = trail_of(acts, {RECEIVER.key, APPROVER.key}, START, END, keys.get)

    assert [entry.assurance for entry in trail] == [Assurance.OWN_KEY, Assurance.OTHER_SYSTEM]
