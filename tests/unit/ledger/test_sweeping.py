"""Orphans in the vault: kept for a day, then deleted; what is recorded stays."""

from datetime import timedelta
from pathlib import Path

from ledger.action_notes import SubmittedAction, open_text
from ledger.private.vault import PrivatePart
from ledger.sweeping import sweep_orphans
from tests.support.intake_builders import a_vault
from tests.support.ledger_builders import a_world
from transparency.encoding import render_utc_seconds


def _part_of(submitted: SubmittedAction) -> PrivatePart:
    opened = open_text(submitted.note, None)
    assert submitted.salt is not None
    assert submitted.details is not None
    action = opened.action
    return PrivatePart(
        action.stream, action.version, opened.text_hash, submitted.salt, submitted.details
    )


def test_part_whose_action_was_never_recorded_is_deleted_after_a_day(tmp_path: Path) -> None:
    world = a_world()
    recorded = world.desk.submitted(world.desk.new_stream())
    orphan = world.desk.submitted(world.desk.new_stream())
    world.record(recorded)
    now = world.clock.now.replace(microsecond=0)
    with a_vault(tmp_path, world) as vault:
        vault.store([_part_of(recorded), _part_of(orphan)], render_utc_seconds(now))

        too_early = sweep_orphans(vault, world.store, now + timedelta(hours=23))
        swept = sweep_orphans(vault, world.store, now + timedelta(hours=25))

        assert (too_early, swept) == (0, 1)
        assert vault.open(_part_of(orphan).text_hash) is None
        assert vault.open(_part_of(recorded).text_hash) == _part_of(recorded)


def test_part_of_a_text_that_lost_its_version_to_another_is_an_orphan(tmp_path: Path) -> None:
    world = a_world()
    stream = world.desk.new_stream()
    first, second = world.desk.submitted(stream), world.desk.submitted(stream)
    world.record(first)
    now = world.clock.now.replace(microsecond=0)
    with a_vault(tmp_path, world) as vault:
        vault.store([_part_of(first), _part_of(second)], render_utc_seconds(now))

        assert sweep_orphans(vault, world.store, now + timedelta(days=2)) == 1
        assert vault.open(_part_of(second).text_hash) is None
