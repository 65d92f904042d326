"""Streams of oversight from the writer to the views: recorded, audited, shown safely, unlinked."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.pages.entries import PublishedEntry, entry_page
from api.pages.texts import load_texts
from api.pages.words import all_words
from domain.facts import Facts, Grant
from domain.facts.feedback import (
    DenunciationReceivedDetails,
    FeedbackAnsweredDetails,
    FeedbackFiled,
    FeedbackFiledDetails,
)
from domain.facts.integrity import (
    AccessLoggedDetails,
    AccessPurpose,
    FindingRaised,
    FindingRaisedDetails,
    OutageDeclared,
)
from domain.keys import LedgerRecord
from domain.oversight.integrity import AccessRecord, FindingRecord
from domain.oversight.petitions import PetitionRecord, PetitionState
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text, verify_action
from ledger.drafting import FIRST_PLACE
from ledger.private.vault import PrivatePart
from ledger.stored_keys import StoredKeys
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from projections.follower import Follower, PrivateFold
from projections.holders import Mark, is_same_hash, mark_hash
from projections.states import StreamStates
from projections.views import ViewReader, open_views
from tests.support.followed_ledger import VIEW_SECRET
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    OFFICE,
    ORIGIN,
    World,
    a_signing_key,
    a_world,
    operator_keys,
)
from transparency.notes import SigningKey, render_vkey

SECRET = "A" * 43 + "="
SAID = "Bị yêu cầu nộp thêm tiền"
PETITIONER = a_signing_key("petitioner")
INSPECTOR = a_signing_key("inspector")
FINDING = "finding:" + "1" * 32
ACCESS = "access:" + "ab" * 32


@pytest.fixture
def world() -> World:
    world = a_world()
    grants = [Grant(Role.INSPECTOR, "*")]
    desk = world.desk
    enrol(
        world,
        desk.drafter.register_key(
            desk.registrar, INSPECTOR, grants, desk.now(), the_holder_of(INSPECTOR)
        ),
    )
    return world


def enrol(world: World, *submitted: SubmittedAction) -> None:
    codes = [verdict.code for verdict in world.record(*submitted)]
    assert codes == [""] * len(codes)


def filed(world: World, stream: str, dossier: str) -> SubmittedAction:
    return world.act(
        "petition.feedback_filed",
        stream,
        facts=FeedbackFiled(petitioner_key=render_vkey(PETITIONER.verification_key)),
        details=FeedbackFiledDetails(secret=SECRET, text=SAID, dossier=dossier),
        signers=[(Role.APPLICANT, PETITIONER)],
    )


def by_inspector(
    world: World, kind: str, stream: str, facts: Facts | None = None, **changes: object
) -> SubmittedAction:
    signers: list[tuple[Role, SigningKey]] = [(Role.INSPECTOR, INSPECTOR)]
    return world.act(kind, stream, facts=facts, signers=signers, office=None, **changes)


def outage(world: World) -> SubmittedAction:
    return world.act(
        "ledger.outage_declared",
        f"ledger:{ORIGIN}",
        facts=OutageDeclared(since="2026-03-02T00:00:00Z", offices=(OFFICE,)),
        signers=[(Role.SYSTEM, operator_keys().system)],
        office=None,
    )


def oversight_of(world: World, dossier: str) -> str:
    """Record a petition and its answer, a read, a private finding and an outage."""
    petition = world.desk.new_stream("petition")
    enrol(world, filed(world, petition, dossier))
    answer = FeedbackAnsweredDetails(text="Đã xử lý")
    enrol(
        world,
        world.act(
            "petition.feedback_answered",
            petition,
            details=answer,
            signers=[(Role.APPROVER, world.desk.officer)],
        ),
    )
    read = AccessLoggedDetails(dossier=dossier, purpose=AccessPurpose.PETITION, fields=("contact",))
    enrol(world, by_inspector(world, "access.logged", ACCESS, details=read))
    found = FindingRaisedDetails(rule="R17", rule_version=1, dossier=dossier, office=OFFICE)
    enrol(world, by_inspector(world, "finding.raised", FINDING, FindingRaised(), details=found))
    enrol(world, outage(world))
    return petition


def test_petition_is_verified_with_the_key_that_its_first_entry_brought(world: World) -> None:
    petition = world.desk.new_stream("petition")
    first = filed(world, petition, world.a_dossier())
    keys = StoredKeys(world.store, ORIGIN)
    verify_action(first, ORIGIN, keys)
    enrol(world, first)

    disputed = world.act(
        "petition.feedback_filed", petition, facts=FeedbackFiled(),
        details=FeedbackFiledDetails(secret=SECRET, text=SAID),
        signers=[(Role.APPLICANT, PETITIONER)],
    )  # fmt: skip

    assert verify_action(disputed, ORIGIN, keys).action.stream == petition
    # Nobody asked for more, so it comes too early; the signature is good all the same.
    assert [verdict.code for verdict in world.record(disputed)] == ["not_permitted"]


def test_entries_of_oversight_link_to_no_dossier_and_audit_agrees(world: World) -> None:
    dossier = world.a_dossier()
    before = len(world.entries())

    petition = oversight_of(world, dossier)

    entries = b"".join(world.entries()[before:])
    for private in (dossier, SAID, SECRET, "R17"):
        assert private.encode() not in entries
    assert petition.encode() in entries
    assert world.audit(world.store).ok


def test_denunciation_becomes_an_envelope_and_no_more(world: World) -> None:
    said = DenunciationReceivedDetails(text=SAID, office=OFFICE)
    stream = world.desk.new_stream("denunciation")
    before = len(world.entries())

    enrol(world, by_inspector(world, "denunciation.received", stream, details=said))
    at_once = world.entries()[before:]
    world.clock.pass_time(days=31)
    enrol(world, world.desk.submitted(world.desk.new_stream(), place=FIRST_PLACE))

    entries = world.entries()[before:]
    assert at_once == []
    assert sum(entry.startswith(ENVELOPE_TYPE_LINE) for entry in entries) == 1
    for word in (stream, SAID, "denunciation", INSPECTOR.name):
        assert word.encode() not in b"".join(entries)
    assert world.audit(world.store).ok


def test_rule_of_the_ledgers_own_stream_knows_outages_from_roots(world: World) -> None:
    forged = world.act(
        "ledger.outage_declared",
        f"ledger:{ORIGIN}",
        facts=OutageDeclared(since="2026-03-02T00:00:00Z"),
        signers=[(Role.SYSTEM, world.desk.officer)],
        office=None,
    )

    assert [verdict.code for verdict in world.record(forged)] == ["not_your_role"]


def following(
    world: World,
    path: Path,
    look: Callable[[ViewReader], None],
    *filings: tuple[str, SubmittedAction],
) -> None:
    parts = {}
    for stream, one in filings:
        assert one.salt is not None
        assert one.details is not None
        text_hash = open_text(one.note, ORIGIN).text_hash
        parts[text_hash] = PrivatePart(stream, 1, text_hash, one.salt, one.details)

    views = open_views(path)

    def open_private(text_hash: bytes) -> PrivatePart | None:
        return parts.get(text_hash)

    private = PrivateFold(open_private, VIEW_SECRET)
    follower = Follower(ORIGIN, world.store, views, world.documents, private)
    follower.catch_up()
    with views.reading() as reader:
        look(reader)
    views.close()


def test_follower_keeps_the_states_of_oversight_beside_the_dossiers(
    world: World, tmp_path: Path
) -> None:
    dossier = world.a_dossier("dossier.accepted")
    petition = oversight_of(world, dossier)
    streams = (petition, ACCESS, FINDING, f"ledger:{ORIGIN}")

    def look(reader: ViewReader) -> None:
        states = reader.states(streams)
        found = states[petition]
        assert isinstance(found, PetitionRecord)
        assert found.state is PetitionState.ANSWERED
        assert isinstance(states[ACCESS], AccessRecord)
        assert isinstance(states[FINDING], FindingRecord)
        ledger = states[f"ledger:{ORIGIN}"]
        assert isinstance(ledger, LedgerRecord)
        assert [one.offices for one in ledger.outages] == [(OFFICE,)]
        assert [row.stream for row in reader.dossier_rows()] == [dossier]
        assert [act.kind for act in reader.acts_of(dossier)] == [
            "dossier.submitted",
            "dossier.accepted",
        ]

    following(world, tmp_path / "views.sqlite3", look)


def test_petition_is_found_again_by_its_own_secret(world: World, tmp_path: Path) -> None:
    petition = world.desk.new_stream("petition")
    filing = filed(world, petition, world.a_dossier())
    enrol(world, filing)

    def look(reader: ViewReader) -> None:
        kept = reader.hash_of(petition, Mark.SECRET)
        assert is_same_hash(kept, mark_hash(VIEW_SECRET, Mark.SECRET, SECRET))
        assert not is_same_hash(kept, mark_hash(VIEW_SECRET, Mark.SECRET, "B" + SECRET[1:]))

    following(world, tmp_path / "views.sqlite3", look, (petition, filing))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_of_every_entry_of_oversight_has_words(world: World, language: str) -> None:
    before = len(world.entries())
    oversight_of(world, world.a_dossier())
    words = all_words(load_texts())[language]  # type: ignore[index]
    names = StreamStates(ORIGIN, world.documents)

    for number, body in enumerate(world.entries()[before:], before):
        shown = entry_page(
            PublishedEntry(number, body, datetime(2026, 3, 2, tzinfo=UTC)),
            before + number,
            names,
            words,
        )
        assert shown.action is not None or shown.seal is not None
        if shown.action is not None:
            assert shown.action.kind != shown.action.kind_name
