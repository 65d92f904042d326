"""The auditor on the chain of seals: which checkpoint each embeds, and when it says it was set."""

from datetime import timedelta

import pytest

from ledger.auditing import SEAL_CLOCK_TOLERANCE
from tests.support.forged_logs import Forger, a_forger
from transparency.checkpoints import Checkpoint, sign_checkpoint

MILLISECOND = timedelta(milliseconds=1)


def _named(forger: Forger) -> list[tuple[str, int | None]]:
    return forger.problems()


def test_every_seal_that_embeds_nothing_after_one_that_did_is_named() -> None:
    forger = a_forger()
    forger.seal()
    for _ in range(3):
        forger.seal(previous_checkpoint=b"")

    assert _named(forger) == [("checkpoint_missing", index) for index in (9, 10, 11)]


def test_seal_that_embeds_nothing_after_one_that_embeds_rubbish_is_named() -> None:
    forger = a_forger()
    forger.seal(previous_checkpoint=b"anything\n")
    forger.seal(previous_checkpoint=b"")

    assert _named(forger) == [("malformed_checkpoint", 8), ("checkpoint_missing", 9)]


def test_published_checkpoint_that_a_seal_skips_and_a_later_one_embeds_is_named() -> None:
    forger = a_forger()
    first = forger.written.signed_checkpoint().note
    forger.seal(previous_checkpoint=b"")
    forger.seal(previous_checkpoint=first)

    assert _named(forger) == [("checkpoint_missing", 8)]


def test_published_checkpoint_that_only_a_later_seal_embeds_is_named_where_it_lacks() -> None:
    forger = a_forger()
    first = forger.written.signed_checkpoint().note
    forger.seal()
    second = forger.written.signed_checkpoint().note
    forger.seal(previous_checkpoint=first)
    forger.seal(previous_checkpoint=second)

    assert _named(forger) == [("checkpoint_missing", 9)]


def test_log_whose_first_seals_were_never_published_passes() -> None:
    forger = Forger()
    forger.add(*forger.desk.registry())
    forger.seal(publish=False)
    forger.seal(publish=False)
    forger.seal()
    forger.seal()

    assert _named(forger) == []


def test_embedded_checkpoint_that_is_not_ours_accuses_no_seal_after_it() -> None:
    forger = a_forger()
    key = forger.written.key
    foreign = sign_checkpoint(Checkpoint(key.name, 10**6, bytes(32)), key)
    forger.seal(previous_checkpoint=foreign)
    forger.seal()

    assert _named(forger) == [("wrong_checkpoint", 8)]


@pytest.mark.parametrize(
    ("ahead", "named"),
    [
        (SEAL_CLOCK_TOLERANCE, []),
        (SEAL_CLOCK_TOLERANCE + MILLISECOND, ["seal_in_the_future"]),
    ],
    ids=["at the tolerance", "one millisecond beyond"],
)
def test_seal_later_than_the_auditors_clock_is_named(ahead: timedelta, named: list[str]) -> None:
    forger = a_forger()
    forger.seal()

    report = forger.audit(now=forger.sealed_at - ahead)

    assert [problem.code for problem in report.problems] == named


def test_first_seal_from_the_future_stands_for_all_after_it() -> None:
    forger = a_forger()
    now = forger.sealed_at
    forger.seal(sealed_at=now + timedelta(days=1))
    forger.seal(sealed_at=now + timedelta(days=2))

    report = forger.audit(now=now)

    assert [(each.code, each.entry_index) for each in report.problems] == [
        ("seal_in_the_future", 8)
    ]


def test_log_on_a_simulated_clock_of_long_ago_passes() -> None:
    forger = a_forger()

    assert forger.audit(now=forger.sealed_at + timedelta(days=10_000)).ok
