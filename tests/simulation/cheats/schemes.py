"""What an operator may try: each scheme, who notices it by which code, and what convicts.

A scheme changes what the scene shows. The table is compared with the one in `docs/trust.md`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from domain.facts import Grant, KeyRegistered, KeyRevoked, RevocationReason
from domain.facts.parties import ApplicantKeyReplaced
from domain.moments import Moment
from domain.roles import Role
from ledger.drafting import FIRST_PLACE, Drafter, place_after
from ledger.evidence.judging import stream_of
from ledger.writing.public_log import index_key
from tests.simulation.cheats.operators import Operator
from tests.simulation.cheats.scenes import Scene
from tests.support.ledger_builders import OFFICE, OFFICER_ROLES, ORIGIN, a_signing_key
from transparency.evidence.seals import make_receipt
from transparency.index import StreamIndex
from transparency.notes import render_vkey

Scheme = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """A scheme, who notices by which code, the charges, and what a judge needs beside anchors."""

    scheme: Scheme
    noticed: Mapping[str, str]
    charges: frozenset[str]
    needs: str = ""


def _goes_on(operator: Operator) -> None:
    """Publish another dossier, honestly."""
    operator.a_dossier("dossier.accepted")
    operator.seal()


def _before(scene: Scene, **time: float) -> Moment:
    now = scene.world.clock.now.replace(microsecond=0)
    return Moment(instant=now - timedelta(**time))


def rewrites_an_entry(scene: Scene) -> None:
    """An officer helps: the acceptance is dated half an hour earlier, and signed anew."""
    place = scene.shown.size - 2
    earlier = _before(scene, minutes=30)
    submitted = scene.shown.written.entries[place - 2]
    assert stream_of(submitted, ORIGIN) == scene.second
    after = place_after(FIRST_PLACE, submitted)
    rewritten = scene.world.desk.act("dossier.accepted", scene.second, after, at=earlier).note
    scene.shown = scene.to_witness = scene.shown.remade(
        lambda entries: [*entries[:place], rewritten, *entries[place + 1 :]]
    )


def rewrites_an_entry_alone(scene: Scene) -> None:
    """No officer helps, so the old signature stands under the new text; nobody looked before."""
    true = scene.shown.act("dossier.processor_assigned", scene.first).note
    false = scene.shown.act(
        "dossier.processor_assigned", scene.first, at=_before(scene, minutes=1)
    ).note
    scene.shown.add(false.partition(b"\n\n")[0] + b"\n\n" + true.partition(b"\n\n")[2])
    scene.shown.seal()


def drops_what_was_promised(scene: Scene) -> None:
    scene.promises(scene.world.desk.new_stream())
    scene.world.clock.pass_time(hours=1, seconds=5)
    _goes_on(scene.shown)


def reorders(scene: Scene) -> None:
    """Who was accepted last comes first: each stream still continues, every signature is good."""

    def change(entries: list[bytes]) -> list[bytes]:
        accepted = max(at for at, entry in enumerate(entries) if _is_of(entry, scene.first))
        submitted = min(at for at, entry in enumerate(entries) if _is_of(entry, scene.second))
        entries[accepted], entries[submitted] = entries[submitted], entries[accepted]
        return entries

    scene.shown = scene.to_witness = scene.shown.remade(change)


def _is_of(entry: bytes, stream: str) -> bool:
    return stream_of(entry, ORIGIN) == stream


def reorders_before_publishing(scene: Scene) -> None:
    operator, stream = scene.shown, scene.world.desk.new_stream()
    submitted = scene.world.desk.submitted(stream)
    accepted = scene.world.desk.act(
        "dossier.accepted", stream, place_after(FIRST_PLACE, submitted.note)
    )
    operator.add(accepted, submitted)
    operator.seal()
    scene.read = stream


def forks_for_one_client(scene: Scene) -> None:
    """A client gets a receipt under a log of its own, which witnesses are asked to cosign too."""
    fork = Operator(scene.world)
    _goes_on(scene.shown)
    scene.look()
    _goes_on(fork)
    assert fork.size == scene.shown.size
    scene.receipt = make_receipt(fork.log(), fork.size - 2)
    scene.to_witness = fork


def omits_from_the_index(scene: Scene) -> None:
    """The newest act is left out, and its holder is handed a history that fits the false index."""
    operator = scene.shown
    stream = operator.a_dossier("dossier.accepted")
    lacking = StreamIndex()
    for entry_index, entry in enumerate([*operator.written.entries, *operator.pending]):
        of = stream_of(entry, ORIGIN)
        if of is not None and entry_index != operator.size - 1:
            lacking.append(index_key(of), entry_index)
    operator.seal(index_root_hash=lacking.root_hash())
    scene.history = scene.shown_history(stream, lacking)
    assert len(scene.history.streams[0].entries) > 0


def strips_a_co_signer(scene: Scene) -> None:
    """The registrar enrols a key alone, without its holder, who would prove that it is theirs."""
    operator, desk = scene.shown, scene.world.desk
    stolen = a_signing_key("officer", 40)
    grants = tuple(Grant(role, OFFICE) for role in OFFICER_ROLES)
    stream = f"key:{stolen.name}"
    enrolment = desk.drafter.sign(
        "key.registered",
        stream,
        FIRST_PLACE,
        desk.now(),
        KeyRegistered(vkey=render_vkey(stolen.verification_key), grants=grants),
        [(Role.REGISTRAR, desk.registrar)],
    )
    operator.add(enrolment)
    operator.seal()
    scene.read = stream


def takes_a_dossier_over(scene: Scene) -> None:
    """The registrar gives a dossier another applicant's key, without the officer at the counter."""
    operator, desk = scene.shown, scene.world.desk
    taker = a_signing_key("applicant", 41)
    replaced = operator.act(
        "dossier.applicant_key_replaced",
        scene.first,
        facts=ApplicantKeyReplaced(applicant_key=render_vkey(taker.verification_key)),
        signers=[(Role.REGISTRAR, desk.registrar), (Role.HOLDER, taker)],
    )
    operator.add(replaced)
    operator.seal()


def replays_a_stream_from_another_ledger(scene: Scene) -> None:
    """Acts of the same people, signed for another ledger, appear in this one."""
    operator, desk = scene.shown, scene.world.desk
    stream = desk.new_stream()
    here, desk.drafter = desk.drafter, Drafter("localhost/another", desk.random.randbytes)
    submitted = desk.submitted(stream)
    accepted = desk.act("dossier.accepted", stream, place_after(FIRST_PLACE, submitted.note))
    desk.drafter = here
    operator.add(submitted.note, accepted.note)
    operator.seal()
    scene.read = stream


def hides_a_revocation(scene: Scene) -> None:
    """A key goes on signing after its revocation, which is cut from the history handed out."""
    operator, desk = scene.shown, scene.world.desk
    key_stream = f"key:{desk.officer.name}"
    revoked = operator.act(
        "key.revoked",
        key_stream,
        facts=KeyRevoked(reason=RevocationReason.COMPROMISED),
        signers=[(Role.REGISTRAR, desk.registrar)],
        office=None,
    )
    operator.add(revoked)
    stream = operator.a_dossier("dossier.accepted")
    operator.seal()
    whole = scene.shown_history(stream)
    cut = tuple(
        msgspec.structs.replace(part, entries=part.entries[:1])
        if part.stream == key_stream
        else part
        for part in whole.streams
    )
    scene.history = msgspec.structs.replace(whole, streams=cut)


def dates_a_seal_back(scene: Scene) -> None:
    """An act of today is dated three days back, and so is the seal over it."""
    operator, desk = scene.shown, scene.world.desk
    operator.add(desk.submitted(desk.new_stream(), at=_before(scene, days=3)))
    operator.seal(sealed_at=operator.sealed_at - timedelta(days=3))


def dates_a_seal_back_over_a_weekend(scene: Scene) -> None:
    """Acts of Monday are sealed as if on Friday: no seal goes back, but witnesses know Monday.

    Whose witnesses were away until Monday looks the same, so that nobody is convicted.
    """
    operator = scene.shown
    friday = operator.sealed_at + timedelta(minutes=1)
    stream = operator.a_dossier()
    scene.world.clock.pass_time(days=3)
    operator.seal(sealed_at=friday)
    scene.look()
    note = scene.cosigned_checkpoint()
    operator.add(operator.act("dossier.accepted", stream))
    operator.seal(previous_checkpoint=note)


def dates_a_seal_ahead(scene: Scene) -> None:
    """What must count as done in two hours is sealed now; readers are shown it when they passed."""
    operator = scene.shown
    stream = operator.a_dossier()
    operator.seal(sealed_at=operator.sealed_at + timedelta(hours=2))
    note = scene.cosigned_checkpoint()
    scene.world.clock.pass_time(hours=3)
    operator.add(operator.act("dossier.accepted", stream))
    operator.seal(previous_checkpoint=note)


def restores_yesterdays_copy(scene: Scene) -> None:
    """Ledger, tiles and checkpoint are yesterday's; the two dossiers never were."""
    entries = scene.shown.written.entries
    first_act = next(at for at, entry in enumerate(entries) if _is_of(entry, scene.first))
    scene.shown = scene.to_witness = scene.shown.as_of(first_act)
    scene.shown.clock.pass_time(hours=1)


def goes_on_from_yesterdays_copy(scene: Scene) -> None:
    restores_yesterdays_copy(scene)
    for _ in range(3):
        _goes_on(scene.shown)


_ANOTHER_TREE: Final = {
    "monitor": "log_misbehaviour",
    "witness": "checkpoint_inconsistent",
    "index_auditor": "checkpoint_inconsistent",
    "receipt_holder": "log_misbehaviour",
}
_FORK: Final = frozenset({"fork"})

TRIED: Final[Mapping[str, Tried]] = {
    "rewrite_entry": Tried(rewrites_an_entry, _ANOTHER_TREE, _FORK),
    "rewrite_entry_alone": Tried(
        rewrites_an_entry_alone,
        {
            "audit": "invalid_signature",
            "monitor": "invalid_signature",
            "history_verifier": "signer_without_right",
        },
        frozenset({"no_right"}),
    ),
    "drop_promised": Tried(
        drops_what_was_promised,
        {"promise_holder": "broken_promise"},
        frozenset({"broken_promise"}),
    ),
    "reorder": Tried(reorders, _ANOTHER_TREE, _FORK),
    "reorder_unpublished": Tried(
        reorders_before_publishing,
        {
            "audit": "stale_version",
            "monitor": "stale_version",
            "history_verifier": "history_broken",
        },
        frozenset({"broken_stream"}),
    ),
    "fork_for_one_client": Tried(
        forks_for_one_client,
        {
            "witness": "checkpoint_inconsistent",
            "index_auditor": "checkpoint_inconsistent",
            "receipt_holder": "log_misbehaviour",
        },
        _FORK,
    ),
    "omit_from_index": Tried(
        omits_from_the_index,
        {
            "audit": "wrong_index_root",
            "monitor": "wrong_index_root",
            "index_auditor": "seal_wrong",
        },
        frozenset({"omitted_entry", "wrong_index_root"}),
        needs="log",
    ),
    "strip_co_signer": Tried(
        strips_a_co_signer,
        {
            "audit": "co_signer_missing",
            "monitor": "co_signer_missing",
            "history_verifier": "signer_without_right",
        },
        frozenset({"no_right"}),
    ),
    "take_dossier_over": Tried(
        takes_a_dossier_over,
        {
            "audit": "co_signer_missing",
            "monitor": "co_signer_missing",
            "history_verifier": "signer_without_right",
        },
        frozenset({"no_right"}),
    ),
    "replay_foreign_stream": Tried(
        replays_a_stream_from_another_ledger,
        {"audit": "wrong_ledger", "monitor": "wrong_ledger"},
        frozenset({"foreign_entry"}),
    ),
    "hide_revocation": Tried(
        hides_a_revocation,
        {"audit": "key_revoked", "monitor": "key_revoked", "history_verifier": "proof_invalid"},
        frozenset({"no_right"}),
    ),
    "backdate_seal": Tried(
        dates_a_seal_back,
        {
            "audit": "seal_time_went_back",
            "monitor": "seal_time_went_back",
        },
        frozenset({"seal_time"}),
    ),
    "backdate_seal_over_weekend": Tried(
        dates_a_seal_back_over_a_weekend,
        {"policy_holder": "seal_witnessed_late"},
        frozenset(),
    ),
    "date_seal_ahead": Tried(
        dates_a_seal_ahead,
        {"policy_holder": "seal_dated_ahead"},
        frozenset({"seal_time"}),
        needs="policy",
    ),
    "restore_yesterday": Tried(
        restores_yesterdays_copy,
        {
            "monitor": "log_shrank",
            "witness": "old_size_mismatch",
            "index_auditor": "old_size_mismatch",
            "receipt_holder": "log_shrank",
        },
        frozenset(),
    ),
    "go_on_from_yesterday": Tried(goes_on_from_yesterdays_copy, _ANOTHER_TREE, _FORK),
}
