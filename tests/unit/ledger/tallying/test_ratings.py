"""A month's ratings become one signed tally that adds up, and can be made again."""

import msgspec
import pytest

from domain.facts import Grant
from domain.facts.feedback import DenunciationReceived, DenunciationReceivedDetails
from domain.facts.tallies import TallyPublished
from domain.roles import Role
from domain.tallies import Cell, Label, Tally, parse_tally, render_tally
from ledger.action_notes import SubmittedAction, open_text
from ledger.drafting import FIRST_PLACE
from ledger.state import LedgerState
from ledger.tallying.ratings import check_tallies, published_tallies
from tests.support.builders import PROCEDURE
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import OFFICE, ORIGIN, a_signing_key
from tests.support.tallies.rated import RatedLedger

UNTIL = "2026-12"


def _facts(tally: SubmittedAction) -> TallyPublished:
    facts = open_text(tally.note, ORIGIN).action.facts
    assert isinstance(facts, TallyPublished)
    return facts


def _cells(tally: SubmittedAction) -> tuple[Cell, ...]:
    assert tally.document is not None
    return parse_tally(tally.document).cells


def test_month_of_ratings_becomes_one_tally_that_audits() -> None:
    rated = RatedLedger()
    rated.rate(15, overall=4)
    rated.rate(10, overall=2)
    rated.end_month()

    tally = rated.publish()

    facts = _facts(tally)
    assert (facts.envelopes, facts.counted, facts.withheld) == (25, 15, 10)
    (cell,) = _cells(tally)
    assert (cell.office, cell.procedure, cell.count) == (OFFICE, PROCEDURE, 15)
    assert sum(cell.marks["overall"]) == 15
    report = rated.world.audit(rated.world.store)
    assert report.problems == []
    assert check_tallies(rated.sources(), UNTIL) == []


def test_fewer_than_twenty_wait_for_a_later_month() -> None:
    rated = RatedLedger()
    rated.rate(12)
    rated.end_month()
    first = _facts(rated.publish())
    rated.rate(10)
    rated.end_month()
    second = _facts(rated.publish())

    assert (first.envelopes, first.counted, first.withheld) == (12, 0, 12)
    assert (second.envelopes, second.counted, second.withheld) == (22, 12, 10)
    assert rated.world.audit(rated.world.store).problems == []
    assert check_tallies(rated.sources(), UNTIL) == []


def test_nothing_is_said_before_the_month_has_ended_or_twice() -> None:
    rated = RatedLedger()
    rated.rate(3)
    assert rated.draft() is None

    rated.end_month()
    rated.publish()

    assert rated.draft() is None


def test_month_without_a_new_envelope_has_no_tally() -> None:
    rated = RatedLedger()
    assert rated.draft() is None
    rated.rate(1)
    rated.end_month()
    rated.publish()

    rated.end_month()

    assert rated.draft() is None


def test_tally_waits_for_what_is_not_in_the_log_yet() -> None:
    rated = RatedLedger()
    rated.rate(3)
    rated.world.clock.pass_time(days=31)

    assert rated.draft() is None


def _denounce(rated: RatedLedger) -> None:
    world = rated.world
    inspector = a_signing_key("inspector")
    if world.store.find(f"key:{inspector.name}", 1) is None:
        grants = [Grant(Role.INSPECTOR, "*")]
        world.record(
            world.desk.drafter.register_key(
                world.desk.registrar, inspector, grants, world.desk.now(), the_holder_of(inspector)
            )
        )
    details = DenunciationReceivedDetails(text="Vòi tiền")
    rated.record(
        world.desk.drafter.sign(
            "denunciation.received",
            world.desk.new_stream("denunciation"),
            FIRST_PLACE,
            world.desk.now(),
            DenunciationReceived(),
            [(Role.INSPECTOR, inspector)],
            details=details,
        )
    )


def test_tally_of_a_month_with_denunciations_looks_like_one_without() -> None:
    quiet, troubled = RatedLedger(), RatedLedger()
    quiet.rate(30)
    troubled.rate(27)
    for _ in range(3):
        _denounce(troubled)
    for rated in (quiet, troubled):
        rated.end_month()

    first, second = _facts(quiet.publish()), _facts(troubled.publish())

    assert (first.envelopes, first.counted, first.withheld) == (30, 19, 11)
    assert (second.envelopes, second.counted, second.withheld) == (30, 19, 11)
    assert troubled.world.audit(troubled.world.store).problems == []
    assert check_tallies(troubled.sources(), UNTIL) == []


def _signed(rated: RatedLedger, **changes: int) -> SubmittedAction:
    """The next tally with other numbers, signed by the system all the same."""
    tally = rated.draft()
    assert tally is not None
    facts = msgspec.structs.replace(_facts(tally), **changes)
    document = tally.document
    if "counted" in changes:
        cells = (Cell(count=changes["counted"]),) if changes["counted"] else ()
        document = render_tally(Tally(subject=facts.subject, month="2026-03", cells=cells))
        facts = msgspec.structs.replace(facts, document=rated.world.documents.store(document))
    return _redrafted(rated, facts, document)


def _redrafted(
    rated: RatedLedger, facts: TallyPublished, document: bytes | None
) -> SubmittedAction:
    world = rated.world
    return world.desk.drafter.sign(
        "tally.published",
        "tally:2026-03",
        FIRST_PLACE,
        world.desk.now(),
        facts,
        [(Role.SYSTEM, world.keys.system)],
        document=document,
    )


WRONG = {
    "an envelope left out": {"envelopes": 24, "withheld": 9},
    "an envelope too many": {"envelopes": 26, "withheld": 11},
    "ratings lost between": {"withheld": 9},
    "ratings invented": {"counted": 20},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_tally_that_does_not_add_up_is_refused(changes: dict[str, int]) -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()

    (verdict,) = rated.world.record(_signed(rated, **changes))

    assert verdict.code == "tally_does_not_add_up"


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_audit_names_a_tally_that_a_dishonest_writer_recorded(
    changes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    with monkeypatch.context() as dishonest:
        dishonest.setattr(LedgerState, "_check_adds_up", lambda _state, _action: None)
        (verdict,) = rated.world.record(_signed(rated, **changes))
    assert verdict.code == ""

    report = rated.world.audit(rated.world.store)

    assert [problem.code for problem in report.problems] == ["tally_does_not_add_up"]


def test_tally_whose_facts_count_otherwise_than_its_document_is_refused() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    tally = rated.draft()
    assert tally is not None
    facts = msgspec.structs.replace(_facts(tally), counted=14, withheld=11)

    (verdict,) = rated.world.record(_redrafted(rated, facts, tally.document))

    assert verdict.code == "fact_invalid"


def test_other_cells_of_the_same_sum_are_named_by_whoever_has_the_vault() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()

    (verdict,) = rated.world.record(_signed(rated, counted=15))

    assert verdict.code == ""
    assert [each.code for each in check_tallies(rated.sources(), UNTIL)] == ["tally_differs"]


def test_erased_ratings_leave_published_tallies_checkable() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    rated.publish()

    for text_hash in list(rated.parts)[::2]:
        del rated.parts[text_hash]

    assert check_tallies(rated.sources(), UNTIL) == []


def test_garbled_private_part_stops_no_tally_and_is_named() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    garbled = next(one for one, part in rated.parts.items() if part.stream.startswith("rating:"))
    rated.garbled.add(garbled)

    assert _facts(rated.publish()).counted == 15

    assert [each.code for each in check_tallies(rated.sources(), UNTIL)] == ["store_corrupt"]


def test_tally_before_its_month_is_over_is_refused() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    tally = rated.draft()
    assert tally is not None
    document = render_tally(
        Tally(subject=_facts(tally).subject, month="2026-04", cells=_cells(tally))
    )
    facts = msgspec.structs.replace(_facts(tally), document=rated.world.documents.store(document))
    early = rated.world.desk.drafter.sign(
        "tally.published",
        "tally:2026-04",
        FIRST_PLACE,
        rated.world.desk.now(),
        facts,
        [(Role.SYSTEM, rated.world.keys.system)],
        document=document,
    )

    (verdict,) = rated.world.record(early)

    assert verdict.code == "not_permitted"


def test_nobody_but_the_system_signs_a_tally() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    tally = rated.draft()
    assert tally is not None
    world = rated.world
    forged = world.desk.drafter.sign(
        "tally.published",
        "tally:2026-03",
        FIRST_PLACE,
        world.desk.now(),
        _facts(tally),
        [(Role.SYSTEM, world.desk.officer)],
        document=tally.document,
    )

    (verdict,) = world.record(forged)

    assert verdict.code == "not_your_role"


def test_published_tallies_are_found_again_after_a_restart() -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    rated.publish()
    rated.world.writer = rated.world.new_writer()
    rated.world.writer.take_over("again")
    rated.rate(20)
    rated.end_month()
    rated.publish()

    events = sorted(rated.world.store.enveloped_events(), key=lambda event: event.entry_index or 0)
    found = published_tallies(rated.sources(), events, UNTIL)

    assert [each.facts.counted for each in found] == [15, 18]
    assert rated.world.audit(rated.world.store).problems == []


def test_label_of_everything_is_empty() -> None:
    assert (
        render_tally(
            Tally(subject="ratings", month="2026-03", cells=(Cell(count=10),))  # type: ignore[arg-type]
        )
        == b'{"cells":[{"count":10}],"month":"2026-03","subject":"ratings"}'
    )
    assert Cell(count=10).label == Label()
