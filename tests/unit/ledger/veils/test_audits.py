"""Audits of veiled dossiers: in public their veils, with the vault every act and its veil."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from domain.dossiers import Dossier
from domain.facts import DossierAcceptedDetails
from domain.veils import Crowd, VeilAct, veil_act
from ledger.action_notes import SubmittedAction, open_text
from ledger.codes.checking import streams_by_code
from ledger.inspecting.auditor import VaultAuditor, VaultSources
from ledger.inspecting.report import Check, VaultReport
from ledger.private.vault import Keyring, PrivatePart, Vault
from ledger.storage.memory import MemoryLedgerStore
from ledger.writing import withheld
from ledger.writing.envelopes import DeferredPool
from ledger.writing.frames import Verdict
from tests.support.ledger_builders import ORIGIN, SteppingClock, World
from tests.support.veils.province import COMMUNES, NO_STEP, Province

STORED_AT = "2026-03-02T01:00:00Z"


class KeptWorld(World):
    """A world that remembers what was handed in."""

    def keep_documents(self, submitted: Sequence[SubmittedAction]) -> None:
        self.handed_in: list[SubmittedAction] = [*getattr(self, "handed_in", []), *submitted]
        super().keep_documents(submitted)


class KeptProvince(Province):
    """A province that keeps private parts in a vault."""

    def __init__(self, folder: Path) -> None:
        world = KeptWorld(clock=SteppingClock(step=NO_STEP))
        world.open()
        super().__init__(world)
        random = world.desk.random.randbytes
        keyring = Keyring(folder / "keyring.sqlite3", world.keys.key_encryption_key, random)
        self.vault = Vault(folder / "vault.sqlite3", keyring, ORIGIN, random)
        self._keep(world.handed_in)

    def settle(self, *submitted: SubmittedAction) -> list[Verdict]:
        if hasattr(self, "vault"):
            self._keep(submitted)
        return super().settle(*submitted)

    def _keep(self, submitted: Sequence[SubmittedAction]) -> None:
        parts = []
        for one in submitted:
            opened = open_text(one.note, ORIGIN)
            if one.salt is not None and one.details is not None:
                place = (opened.action.stream, opened.action.version)
                parts.append(PrivatePart(*place, opened.text_hash, one.salt, one.details))
        self.vault.store(parts, STORED_AT)

    def inspect(self, pool: DeferredPool | None = None) -> VaultReport:
        """The vault's audit of the whole log."""
        world = self.world
        sources = VaultSources(ORIGIN, world.store, self.vault, world.documents, None, pool)
        *_, report = VaultAuditor(sources, world.clock.latest).audit(world.log())
        return report


@pytest.fixture
def province(tmp_path: Path) -> KeptProvince:
    return KeptProvince(tmp_path)


def a_week(province: Province) -> None:
    for number in range(12):
        stream = province.live(number)
        if number % 2:
            province.end(stream, COMMUNES[number % 3])
        province.open_life(number)
    province.next_day()
    province.live(40)


def pool_of(province: Province) -> DeferredPool:
    return DeferredPool(province.world.keys.promise)


def codes(report: VaultReport) -> set[str]:
    return {problem.code for problem in report.problems}


def test_public_audit_takes_veils_and_finds_nothing_wrong(province: KeptProvince) -> None:
    a_week(province)

    report = province.world.audit(province.world.store)

    assert report.problems == []
    assert report.envelopes == len(province.veils()) > 20


def test_audit_with_the_vault_makes_every_veil_again(province: KeptProvince) -> None:
    a_week(province)

    report = province.inspect(pool_of(province))

    assert report.problems == []
    assert report.remade[Check.VEILS] == len(province.veils())


def test_audit_with_the_vault_alone_says_that_commitments_were_not_made_again(
    province: KeptProvince,
) -> None:
    a_week(province)

    report = province.inspect()

    assert report.problems == []
    assert report.remade[Check.VEILS] == 0


def test_dossier_published_in_clear_although_its_procedure_is_veiled_is_found(
    province: KeptProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "is_veiled", lambda *_: False)
    province.submit()

    assert [problem.code for problem in province.world.audit().problems] == ["published_in_clear"]


def test_open_dossier_hidden_under_a_veil_is_found_by_the_vaults_audit(
    province: KeptProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "is_veiled", lambda *_: True)
    province.open_life(0)
    monkeypatch.undo()

    assert province.world.audit(province.world.store).problems == []
    assert codes(province.inspect(pool_of(province))) == {"stored_event_unpublished"}


def test_veil_that_says_late_acts_were_on_time_is_found_by_the_vaults_audit(
    province: KeptProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flattering(before: Dossier | None, after: Dossier, zone: str) -> VeilAct:
        act = veil_act(before, after, zone)
        return VeilAct.ENDED_ON_TIME if act is VeilAct.ENDED_LATE else act

    ended_late(province, lambda: monkeypatch.setattr(withheld, "veil_act", flattering))
    monkeypatch.undo()

    assert province.world.audit(province.world.store).problems == []
    assert codes(province.inspect(pool_of(province))) == {"veil_differs"}


def ended_late(province: Province, before_the_end: Callable[[], None]) -> None:
    streams = [province.live(number) for number in range(12)]
    province.next_day(40)
    before_the_end()
    for number, stream in enumerate(streams):
        province.end(stream, COMMUNES[number % 3])
    province.next_day()


def test_late_ends_are_shown_as_late(province: KeptProvince) -> None:
    ended_late(province, lambda: None)

    acts = [veil.act for veil in province.veils()]

    assert acts.count(VeilAct.ENDED_LATE) == acts.count(VeilAct.RECEIVED) == 12
    assert province.inspect(pool_of(province)).problems == []


def test_acts_that_nobody_signed_are_found_under_the_veil(province: KeptProvince) -> None:
    """The public audit never sees these notes: the vault's repeats every check."""
    stream = province.live(0)
    store = province.world.store
    assert isinstance(store, MemoryLedgerStore)
    last = store.stream_events(stream)[-1]
    store._events[stream, last.version] = replace(last, note=last.note[:-10] + b"AAAAAAAA=\n")

    assert "invalid_signature" in codes(province.inspect(pool_of(province)))


def test_code_of_a_veiled_dossier_is_remembered_after_a_restart(province: KeptProvince) -> None:
    """It was read from entries alone: the same code was accepted a second time."""
    stream = province.submit()
    code = f"H27.1-{province.world.clock.now:%y%m%d}-0001"
    details = DossierAcceptedDetails(code=code, register_number="17")
    province.act("dossier.accepted", stream, crowd=Crowd.RECEIVED, details=details)

    remembered = streams_by_code(province.world.store, province.vault, ORIGIN, [])

    assert remembered == {code: stream}
