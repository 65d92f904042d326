"""A neighbour who knows place, procedure and minute of an act reads the whole public log.

What the neighbour has: every entry, its place, its size, its bytes, every key's stream, the time of
every seal. What is looked for: which entries can be the act of the person next door.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from domain.facts import Grant, RatingStage, SatisfactionRated, SatisfactionRatedDetails
from domain.moments import Moment
from domain.roles import Role
from domain.tallies import LEAST_OF_CELL, Cell, parse_tally
from ledger.action_notes import SubmittedAction, open_entry
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Drafter
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from tests.support.builders import an_office
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import OFFICE, ORIGIN, SteppingClock, a_signing_key, a_world
from tests.support.tallies.rated import RatedLedger
from transparency.notes import SigningKey
from transparency.seals import is_seal

COMMUNES = ("H27.1", "H27.2", "H27.3")
RATERS = 36


@dataclass
class Province:
    """A month of three communes below one province; raters have a source of randomness apart."""

    rated: RatedLedger = field(
        default_factory=lambda: RatedLedger(a_world(clock=SteppingClock(step=timedelta(0))))
    )
    apart: random.Random = field(default_factory=lambda: random.Random("raters"))
    minutes: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.raters = Drafter(ORIGIN, self.apart.randbytes)
        world = self.rated.world
        for commune in COMMUNES:
            document = canonical_json(an_office(commune, parent=OFFICE))
            draft, desk = world.desk.drafter, world.desk
            grants = [Grant(Role.RECEIVER, commune)]
            self.rated.record(
                draft.register_office(desk.registrar, commune, document, FIRST_PLACE, desk.now()),
                draft.register_key(
                    desk.registrar,
                    officer_of(commune),
                    grants,
                    desk.now(),
                    the_holder_of(officer_of(commune)),
                ),
            )

    def live(self, number: int, *, rates: bool) -> None:
        """Let one applicant submit, be accepted, and perhaps rate; some minutes pass."""
        world, commune = self.rated.world, COMMUNES[number % len(COMMUNES)]
        world.clock.pass_time(minutes=17)
        stream = world.desk.new_stream()
        self.rated.record(world.desk.submitted(stream, office=commune))
        signers = [(Role.RECEIVER, officer_of(commune))]
        self.rated.record(world.act("dossier.accepted", stream, office=commune, signers=signers))
        world.clock.pass_time(minutes=5)
        if rates:
            self.minutes[stream] = world.clock.now
            self.rated.record(self._rating(stream))

    def _rating(self, dossier: str) -> SubmittedAction:
        world = self.rated.world
        return self.raters.sign(
            "rating.satisfaction_rated",
            f"rating:{self.apart.randbytes(16).hex()}",
            FIRST_PLACE,
            world.desk.now(),
            SatisfactionRated(dossier=dossier, stage=RatingStage.RECEIPT),
            [(Role.APPLICANT, world.desk.applicant_of(dossier))],
            details=SatisfactionRatedDetails(overall=1 + self.apart.randrange(5)),
        )


def officer_of(commune: str) -> SigningKey:
    return a_signing_key("officer", 100 + COMMUNES.index(commune))


def a_month(raters: int, *, quiet: frozenset[int] = frozenset()) -> Province:
    """Record a month of as many applicants; those who are quiet do not rate."""
    province = Province()
    for number in range(raters):
        province.live(number, rates=number not in quiet)
    return province


def envelopes(province: Province) -> list[bytes]:
    entries = province.rated.world.entries()
    return [entry for entry in entries if entry.startswith(ENVELOPE_TYPE_LINE)]


def test_log_of_the_month_is_the_same_bytes_whether_the_neighbour_rated_or_not() -> None:
    with_rating = a_month(12)
    without = a_month(12, quiet=frozenset({5}))

    assert with_rating.rated.world.entries() == without.rated.world.entries()


def test_rating_of_a_known_place_procedure_and_minute_has_at_least_ten_candidates() -> None:
    province = a_month(RATERS)
    before = province.rated.world.log().tree_size
    province.rated.end_month()

    candidates = envelopes(province)

    assert len(candidates) == RATERS
    # Equal in size and shape, published together, under one seal, in the order of random bytes.
    assert len({len(entry) for entry in candidates}) == 1
    entries = province.rated.world.entries()[before:]
    assert [is_seal(entry) for entry in entries] == [False] * RATERS + [True]
    assert candidates == sorted(candidates)


def test_no_entry_names_a_rater_a_ratings_stream_or_the_dossier_that_was_rated_beside_its_own() -> (
    None
):
    province = a_month(RATERS)
    province.rated.end_month()
    log = b"".join(province.rated.world.entries())

    for event in province.rated.world.store.enveloped_events():
        assert event.stream.encode() not in log
        assert event.note not in log
    for dossier in province.minutes:
        of_others = [
            entry
            for entry in province.rated.world.entries()
            if dossier.encode() in entry and _stream(entry) != dossier
        ]
        assert of_others == []


def _stream(entry: bytes) -> str | None:
    opened = open_entry(entry, ORIGIN)
    return None if opened is None else opened.action.stream


def test_key_of_the_rater_stands_nowhere_but_on_the_dossier() -> None:
    province = a_month(RATERS)
    province.rated.end_month()
    desk = province.rated.world.desk

    for dossier in province.minutes:
        key = desk.applicant_of(dossier).name.encode()
        named = [entry for entry in province.rated.world.entries() if key in entry]
        assert {_stream(entry) for entry in named} == {dossier}


@pytest.mark.parametrize("raters", [20, 25, RATERS, 60])
def test_tally_leaves_at_least_ten_raters_in_whatever_is_added_or_subtracted(raters: int) -> None:
    province = a_month(raters)
    province.rated.end_month()

    cells = _cells(province)

    counts = [cell.count for cell in cells]
    withheld = raters - sum(counts)
    assert min(counts) >= LEAST_OF_CELL
    assert withheld >= LEAST_OF_CELL
    # The rest of the ledger is known too: whoever subtracts gets a sum of cells, or what waits.
    assert min(raters - sum(counts) + count for count in (0, *counts)) >= LEAST_OF_CELL


def _cells(province: Province) -> tuple[Cell, ...]:
    tally = province.rated.publish()
    assert tally.document is not None
    return parse_tally(tally.document).cells


def test_open_dossier_is_found_at_once_by_place_procedure_and_minute() -> None:
    """What docs/trust.md says: entries are pseudonymous, and veils over them are not built."""
    province = a_month(RATERS)
    (dossier, rated_at) = sorted(province.minutes.items())[0]
    accepted_at = rated_at - timedelta(minutes=5)
    office = next(
        opened.action.office
        for entry in province.rated.world.entries()
        if (opened := open_entry(entry, ORIGIN)) and opened.action.stream == dossier
    )

    assert _accepted(province, office, accepted_at) == [dossier]


def _accepted(province: Province, office: str | None, minute: datetime) -> list[str]:
    """Give the dossiers that an office accepted in a minute."""
    return [
        opened.action.stream
        for entry in province.rated.world.entries()
        if (opened := open_entry(entry, ORIGIN))
        and opened.action.kind.name == "dossier.accepted"
        and (opened.action.office, _minute(opened.action.at)) == (office, f"{minute:%H:%M %d}")
    ]


def _minute(at: Moment) -> str:
    return f"{at.start_in('UTC'):%H:%M %d}"
