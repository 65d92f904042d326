"""A neighbour who knows place, procedure and minute of acts on veiled dossiers reads the whole log.

What the neighbour has: every entry, its place, its bytes, the time of every seal, every key's
stream, and how the writer lets veils into the log. What is looked for: which entries can be the act
of the person next door.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

import pytest

from domain.veils import LEAST_OF_CROWD, Crowd
from ledger.action_notes import open_entry
from tests.support.ledger_builders import ORIGIN
from tests.support.veils.province import (
    COMMUNES,
    VEILED_PROCEDURE,
    KnownAct,
    Province,
    is_veil,
    of_crowd,
    officer_of,
)
from transparency.seals import is_seal, parse_seal

DAYS = 4
DOSSIERS_A_DAY = 7


@lru_cache(maxsize=1)
def a_busy_week() -> Province:
    """Four days of a province: veiled and open dossiers come, some of the veiled ones end."""
    province = Province()
    for day in range(DAYS):
        came = [province.live(day + number) for number in range(DOSSIERS_A_DAY)]
        province.open_life(day)
        for number, stream in enumerate(came[: DOSSIERS_A_DAY - 2]):
            province.end(stream, COMMUNES[(day + number) % len(COMMUNES)])
        province.next_day()
    return province


def candidates(province: Province, known: KnownAct) -> list[int]:
    """Give all entries that can be a known act, by everything that the public log says.

    The neighbour knows that acts of a day leave when it has ended, and all that wait together.
    """
    day_end = known.minute.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    sealed = seal_times(province)
    for batch in province.batches():
        of_act = of_crowd(batch, known.crowd)
        if of_act and sealed_at(sealed, of_act[-1]) >= day_end:
            return of_act
    return []


def seal_times(province: Province) -> list[tuple[int, datetime]]:
    entries = enumerate(province.world.entries())
    return [(index, parse_seal(entry).sealed_at) for index, entry in entries if is_seal(entry)]


def sealed_at(seals: list[tuple[int, datetime]], entry_index: int) -> datetime:
    return next(at for index, at in seals if index > entry_index)


def published(province: Province) -> list[tuple[KnownAct, int]]:
    """The known acts whose veils are in the log, with the entries that they are."""
    found = []
    for known in province.seen:
        event = province.world.store.find(known.stream, known.version)
        assert event is not None
        if event.entry_index is not None:
            found.append((known, event.entry_index))
    return found


@pytest.mark.parametrize("crowd", Crowd)
def test_act_of_known_place_procedure_and_minute_has_at_least_ten_candidates(crowd: Crowd) -> None:
    province = a_busy_week()
    acts = [(known, index) for known, index in published(province) if known.crowd is crowd]
    assert acts

    for known, entry_index in acts:
        found = candidates(province, known)
        assert entry_index in found
        assert len(found) >= LEAST_OF_CROWD


def test_two_known_acts_of_one_dossier_do_not_narrow_each_other() -> None:
    """No entry says which dossier it belongs to: what is known of one act tells nothing of another.

    The candidates of an act are the same, whichever dossier of the day it belongs to.
    """
    province = a_busy_week()
    by_day_and_crowd: dict[tuple[date, Crowd], set[tuple[int, ...]]] = {}
    for known, _ in published(province):
        found = tuple(candidates(province, known))
        by_day_and_crowd.setdefault((known.minute.date(), known.crowd), set()).add(found)

    assert all(len(sets) == 1 for sets in by_day_and_crowd.values())


def test_public_log_holds_nothing_of_a_veiled_dossier_but_its_veils() -> None:
    province = a_busy_week()
    of_registry = province.world.store.sequenced_size()
    log = province.world.entries()
    assert of_registry >= len(log)

    for known in province.seen:
        applicant = province.world.desk.applicant_of(known.stream).name.encode()
        stream_id = known.stream.partition(":")[2].encode()
        assert not any(stream_id in entry or applicant in entry for entry in log)
    streams = [opened.action.stream for entry in log if (opened := open_entry(entry, ORIGIN))]
    with_procedure = [entry for entry in log if VEILED_PROCEDURE.encode() in entry]
    # The procedure's own publication, and nothing else.
    assert len(with_procedure) == 1
    assert f"procedure:{VEILED_PROCEDURE}" in streams


def test_officer_who_signs_veiled_acts_alone_signs_nothing_in_the_public_log() -> None:
    province = a_busy_week()
    open_days = DAYS
    for commune in COMMUNES:
        name = officer_of(commune).name
        signed = [
            entry
            for entry in province.world.entries()
            if (opened := open_entry(entry, ORIGIN))
            and any(signer.key == name for signer in opened.action.signers)
        ]
        # Open dossiers only, at most one a day.
        assert len(signed) <= open_days


def test_veils_of_a_batch_stand_in_the_order_of_their_commitments() -> None:
    for batch in a_busy_week().batches():
        for crowd in Crowd:
            indexes = set(of_crowd(batch, crowd))
            commitments = [veil.commitment for index, veil in batch if index in indexes]
            assert commitments == sorted(commitments)


def test_seal_is_not_made_for_a_veiled_act_alone() -> None:
    province = Province()
    before = len(province.world.entries())
    for number in range(3):
        province.live(number)

    assert len(province.world.entries()) == before


def test_log_before_the_batch_is_the_same_bytes_whether_the_neighbour_came_or_not() -> None:
    with_visit, without = Province(), Province()
    for province, visits in ((with_visit, True), (without, False)):
        minute = province.world.clock.now + timedelta(minutes=40)
        if visits:
            province.live(1)
        province.world.clock.now = minute
        # The same randomness for what follows, whoever came before.
        province.world.desk.random.seed(17)
        province.open_life(2)

    assert with_visit.world.entries() == without.world.entries()


def test_fewer_than_ten_acts_of_a_crowd_stay_out_of_the_log() -> None:
    province = Province()
    for number in range(LEAST_OF_CROWD - 1):
        province.live(number)
    province.next_day(3)

    veils = province.veils()

    assert veils == []
    assert not any(is_veil(entry) for entry in province.world.entries())
