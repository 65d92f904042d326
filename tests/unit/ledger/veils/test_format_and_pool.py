"""The veil's bytes, and when veils leave the pool."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.veils import LEAST_OF_CROWD, VeilAct, crowd_of
from ledger.errors import MalformedAction, OpeningMismatch
from ledger.writing.envelopes import DeferredPool, Waiting
from ledger.writing.veils import (
    LONGEST_VEILED,
    Face,
    Veil,
    VeilPool,
    check_veil_opening,
    parse_face,
    parse_veil,
    render_veil,
)
from tests.support.ledger_builders import operator_keys

DAY = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
VEIL = Veil("2026-03", "H27", VeilAct.ENDED_LATE, bytes(range(32)))
GOOD = render_veil(VEIL)


def commitment(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


def fill(
    pool: VeilPool, count: int, at: datetime, act: VeilAct = VeilAct.STEP, start: int = 0
) -> None:
    for number in range(start, start + count):
        pool.add((f"dossier:{number:032x}", 1), Face("H27", act), commitment(number), at)


def leaving(pool: VeilPool, now: datetime) -> list[Veil]:
    has_due = pool.has_due(now)
    due = pool.take_due(now)
    assert has_due == bool(due)
    return [parse_veil(waiting.envelope) for waiting in due]


@pytest.mark.parametrize(
    "entry",
    [
        GOOD[:-1],
        GOOD + b"\n",
        GOOD.replace(b"veil@v1", b"veil@v2"),
        GOOD.replace(b"2026-03", b"2026-13"),
        GOOD.replace(b"2026-03", b"2026-3"),
        GOOD.replace(b"H27", b"H 27"),
        GOOD.replace(b"H27", b""),
        GOOD.replace(b"ended_late", b"late"),
        GOOD.replace(b"AAEC", b"AAE"),
        GOOD.replace(b"2026-03\n", b"2026-03\r\n"),
        b"dossier-ledger/veil@v1\n",
        "dossier-ledger/veil@v1\n2026-03\nHà Tĩnh\nstep\n".encode(),
    ],
)
def test_entry_that_is_not_five_lines_of_a_veil_is_refused(entry: bytes) -> None:
    with pytest.raises(MalformedAction):
        parse_veil(entry)


@pytest.mark.parametrize(
    "text", ["", "H27", "H27 ", "H27 came", " step", "H27 step ", "H\u00e0 step"]
)
def test_promise_that_names_no_office_and_act_is_refused(text: str) -> None:
    with pytest.raises(MalformedAction):
        parse_face(text)


@pytest.mark.parametrize("act", VeilAct)
def test_face_is_read_back_from_the_promise(act: VeilAct) -> None:
    assert parse_face(str(Face("H27.15", act))) == Face("H27.15", act)


def test_opening_shows_that_a_veil_stands_for_its_note_and_for_no_other() -> None:
    pool = DeferredPool(operator_keys().promise)
    entry = render_veil(Veil("2026-03", "H27", VeilAct.STEP, pool.commitment_of(b"a note")))

    assert check_veil_opening(entry, pool.opening_of(b"a note")) == b"a note"
    with pytest.raises(OpeningMismatch):
        check_veil_opening(entry, pool.opening_of(b"another"))


def test_veils_wait_for_the_end_of_their_day() -> None:
    pool = VeilPool()
    fill(pool, 30, DAY)

    assert leaving(pool, DAY.replace(hour=23, minute=59, second=59)) == []
    assert len(leaving(pool, DAY.replace(hour=0, minute=0) + timedelta(days=1))) == 30
    assert leaving(pool, DAY + timedelta(days=2)) == []


def test_nine_wait_until_a_tenth_has_come() -> None:
    pool = VeilPool()
    fill(pool, LEAST_OF_CROWD - 1, DAY)
    assert leaving(pool, DAY + timedelta(days=5)) == []

    fill(pool, 1, DAY + timedelta(days=6), start=50)

    # The tenth's own day has not ended yet.
    assert leaving(pool, DAY + timedelta(days=6)) == []
    assert len(leaving(pool, DAY + timedelta(days=7))) == LEAST_OF_CROWD


def test_eleven_acts_of_one_dossier_are_no_crowd() -> None:
    """A reviewer's dossier of eleven steps in one day left alone, and all its veils together."""
    pool = VeilPool()
    face = Face("H27", VeilAct.STEP)
    for version in range(1, 12):
        pool.add((f"dossier:{7:032x}", version), face, commitment(version), DAY)

    assert leaving(pool, DAY + timedelta(days=1)) == []

    fill(pool, LEAST_OF_CROWD - 1, DAY + timedelta(days=1), start=20)
    assert len(leaving(pool, DAY + timedelta(days=2))) == 11 + LEAST_OF_CROWD - 1


def test_crowds_do_not_fill_one_another() -> None:
    pool = VeilPool()
    fill(pool, 6, DAY, VeilAct.RECEIVED)
    fill(pool, 6, DAY, VeilAct.ENDED_LATE, start=20)
    fill(pool, 5, DAY, VeilAct.ENDED_EARLY, start=40)

    acts = {veil.act for veil in leaving(pool, DAY + timedelta(days=1))}

    assert acts == {VeilAct.ENDED_LATE, VeilAct.ENDED_EARLY}


def test_what_is_left_of_a_month_is_counted_with_the_next() -> None:
    pool = VeilPool()
    fill(pool, 4, DAY)
    fill(pool, 7, DAY + timedelta(days=30), start=10)

    veils = leaving(pool, DAY + timedelta(days=31))

    assert {veil.month for veil in veils} == {"2026-04"}
    assert len(veils) == 11


def test_crowd_of_a_month_that_ended_is_counted_there() -> None:
    pool = VeilPool()
    fill(pool, 12, DAY)
    fill(pool, 12, DAY + timedelta(days=30), start=20)

    months = [veil.month for veil in leaving(pool, DAY + timedelta(days=40))]

    assert sorted(months) == ["2026-03"] * 12 + ["2026-04"] * 12


def test_promise_is_kept_where_no_crowd_ever_comes() -> None:
    pool = VeilPool()
    fill(pool, 1, DAY)

    assert leaving(pool, DAY + LONGEST_VEILED - timedelta(days=8)) == []
    assert len(leaving(pool, DAY + LONGEST_VEILED - timedelta(days=1))) == 1


days = st.integers(min_value=0, max_value=70)


@given(st.lists(st.tuples(days, st.sampled_from(VeilAct)), max_size=80), st.lists(days, max_size=8))
def test_whoever_leaves_has_nine_others_of_the_same_month_and_crowd(
    acts: list[tuple[int, VeilAct]], looks: list[int]
) -> None:
    pool, taken = VeilPool(), 0
    waiting = sorted(enumerate(acts), key=lambda each: each[1][0])
    for look in sorted(looks):
        while waiting and waiting[0][1][0] <= look:
            number, (day, act) = waiting.pop(0)
            pool.add(
                (f"dossier:{number:032x}", 1),
                Face("H27", act),
                commitment(number),
                DAY + timedelta(days=day),
            )
        due: list[Waiting] = pool.take_due(DAY + timedelta(days=look))
        veils = [parse_veil(each.envelope) for each in due]
        for veil in veils:
            beside = [
                other
                for other in veils
                if (other.month, crowd_of(other.act)) == (veil.month, crowd_of(veil.act))
            ]
            assert len(beside) >= LEAST_OF_CROWD
        taken += len(veils)
    assert taken <= len(acts)
