"""Casefiles: made from a server, verified offline, refused by the name of the part that changed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.output import Refused, UsageProblem
from domain.reading.rights import Reader
from projections.casefiles.errors import (
    CasefileOfAnotherLedger,
    CasefileTampered,
    MalformedCasefile,
)
from projections.casefiles.files import (
    DETAILS,
    MANIFEST,
    Casefile,
    described,
    parse_manifest,
    render_manifest,
)
from tests.http.inspecting.casefiles import (
    IN_FORCE,
    STATEMENT,
    a_whole_one,
    asking,
    flipped,
    made,
    verify,
)
from tests.http.reading.people import APPLICANT, Case, a_case, a_veiled_case
from tests.support.builders import OFFICE
from transparency.notes import SigningKey


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("casefiles")) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(case: Case) -> Casefile:
    return a_whole_one(case)


def test_casefile_proves_signature_history_and_the_recorded_reading(
    case: Case, whole: Casefile
) -> None:
    found = verify(case, whole)

    assert found.manifest.order == IN_FORCE
    assert found.statement == STATEMENT
    (dossier,) = found.dossiers
    assert (dossier.history.stream, dossier.trail_acts) == (case.dossier.stream, 1)
    (opened,) = found.opened
    assert opened.dossier == case.dossier.stream
    assert found.manifest.opened[0].fields == ("dossier.accepted", "persons")
    # Recorded first, and sealed while the order runs.
    assert case.reads()[-1]["sealed"] is True
    assert {"statement.txt", "trail.json", "findings.json", "checkpoint"} < whole.parts.keys()


def test_without_details_nothing_private_is_asked_for_and_nothing_recorded(case: Case) -> None:
    before = len(case.reads())
    plain = made(case, subject={"dossier": case.dossier.stream})

    found = verify(case, plain)

    assert (found.opened, found.manifest.opened, found.manifest.order) == ((), (), None)
    assert not any(name.startswith(DETAILS) for name in plain.parts)
    assert len(case.reads()) == before
    assert APPLICANT.encode() not in b"".join(plain.parts.values())
    assert (len(found.trail.acts), found.dossiers[0].trail_acts) == (5, 5)


def test_history_shows_that_the_trail_of_a_dossier_lacks_nothing(case: Case) -> None:
    of_dossier = verify(case, made(case, subject={"dossier": case.dossier.stream}))
    of_officer = verify(case, made(case))
    of_period = verify(case, made(case, period={"from": "2026-01-01"}))
    of_office = verify(case, made(case, subject={"office": OFFICE}))

    assert of_dossier.dossiers[0].left_out == ()
    assert of_officer.dossiers[0].left_out == ()
    assert of_period.dossiers[0].left_out is None
    assert of_office.dossiers[0].left_out is None


@pytest.mark.parametrize(("subject", "missing"), [("dossier", (2, 3)), ("officer", (2,))])
def test_act_that_the_trail_leaves_out_is_named_by_the_history(
    case: Case, subject: str, missing: tuple[int, ...]
) -> None:
    officer = case.keys[Reader.OFFICER_WITH_TASK].name
    value = {"dossier": case.dossier.stream, "officer": officer}[subject]
    whole = made(case, subject={subject: value})
    trail = msgspec.json.decode(whole.parts["trail.json"])
    trail["acts"] = [act for act in trail["acts"] if act["version"] not in (2, 3)]
    signer = case.keys[Reader.INSPECTOR]
    less = _signed_again(whole, signer, **{"trail.json": msgspec.json.encode(trail)})

    assert verify(case, less).dossiers[0].left_out == missing


def test_every_part_with_a_flipped_byte_is_refused_by_its_name(case: Case, whole: Casefile) -> None:
    assert len(whole.parts) == 7
    for name, data in whole.parts.items():
        changed = msgspec.structs.replace(whole, parts={**whole.parts, name: flipped(data)})
        with pytest.raises(CasefileTampered) as refused:
            verify(case, changed)
        assert refused.value.part == name


def test_every_byte_of_the_manifest_is_signed_for(case: Case, whole: Casefile) -> None:
    step = max(1, len(whole.manifest) // 97)
    for place in range(0, len(whole.manifest), step):
        note = bytearray(whole.manifest)
        note[place] ^= 1
        changed = msgspec.structs.replace(whole, manifest=bytes(note))
        # A flipped byte of the ledger's name is the name of another ledger.
        with pytest.raises((CasefileTampered, CasefileOfAnotherLedger, MalformedCasefile)):
            verify(case, changed)


def test_part_that_is_missing_or_that_nobody_signed_for_is_named(
    case: Case, whole: Casefile
) -> None:
    less = {name: data for name, data in whole.parts.items() if name != "findings.json"}
    more = {**whole.parts, "histories/2.dossier.json": b"{}"}

    for parts, name in ((less, "findings.json"), (more, "histories/2.dossier.json")):
        with pytest.raises(CasefileTampered) as refused:
            verify(case, msgspec.structs.replace(whole, parts=parts))
        assert refused.value.part == name


def _signed_again(whole: Casefile, key: SigningKey, **parts: bytes) -> Casefile:
    """Give a casefile with other parts, described anew and signed by a key."""
    together = {**whole.parts, **parts}
    manifest = msgspec.structs.replace(
        parse_manifest(whole.manifest),
        inspector=key.name,
        parts=tuple(described(name, data) for name, data in sorted(together.items())),
    )
    return Casefile(manifest=render_manifest(manifest, key), parts=together)


def test_key_that_is_no_inspectors_signs_no_casefile(case: Case, whole: Casefile) -> None:
    site = asking(case).site
    officer = case.keys[Reader.OFFICER_WITH_TASK]
    stranger = SigningKey.named_after_kind("inspector", b"\x07" * 32)
    own = {key: site.ask(f"/v1/streams/key:{key.name}/history").body for key in (officer, stranger)}

    for key, history in own.items():
        casefile = _signed_again(whole, key, **{"inspector.dossier.json": history})
        with pytest.raises(CasefileTampered) as refused:
            verify(case, casefile)
        assert refused.value.part == "inspector.dossier.json"
    borrowed = _signed_again(whole, officer)
    with pytest.raises(CasefileTampered) as refused:
        verify(case, borrowed)
    assert refused.value.part == "inspector.dossier.json"


def test_signature_by_another_key_under_the_inspectors_name_is_refused(
    case: Case, whole: Casefile
) -> None:
    posing = SigningKey(case.keys[Reader.INSPECTOR].name, b"\x09" * 32)

    with pytest.raises(CasefileTampered) as refused:
        verify(case, _signed_again(whole, posing))

    assert refused.value.part == MANIFEST


def test_trail_that_contradicts_a_history_is_refused_though_it_was_signed_for(
    case: Case, whole: Casefile
) -> None:
    trail = msgspec.json.decode(whole.parts["trail.json"])
    (act,) = [each for each in trail["acts"] if each["kind"] == "dossier.accepted"]
    act["at"] = "2026-11-19T00:00:00Z"
    forged = _signed_again(
        whole, case.keys[Reader.INSPECTOR], **{"trail.json": msgspec.json.encode(trail)}
    )

    with pytest.raises(CasefileTampered, match="version 2") as refused:
        verify(case, forged)

    assert refused.value.part == "trail.json"


def test_casefile_of_another_ledger_is_refused(tmp_path: Path, whole: Casefile) -> None:
    with a_case(tmp_path) as other, pytest.raises(CasefileOfAnotherLedger, match="anchors are of"):
        verify(other, whole)


def test_order_must_be_the_one_that_was_issued(case: Case) -> None:
    later = date(2027, 1, 31).isoformat()
    wrong = msgspec.structs.replace(IN_FORCE, until=later)

    with pytest.raises(UsageProblem):
        made(case, order=wrong)
    with pytest.raises(Refused, match="inspection_order_needed"):
        made(case, order=msgspec.structs.replace(IN_FORCE, stream="access:" + "0e" * 32))


def test_veiled_dossier_goes_into_a_casefile_with_its_notes(tmp_path: Path) -> None:
    with a_veiled_case(tmp_path) as veiled:
        found = verify(veiled, made(veiled, subject={"dossier": veiled.dossier.stream}))

        (dossier,) = found.dossiers
        assert dossier.history.is_veiled
        assert dossier.trail_acts == 5


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("histories/1.dossier.json", b"{}"),
        ("details/1.json", None),
        ("checkpoint", b"x.org\n1\nAAAA\n"),
        ("inspector.dossier.json", None),
    ],
)
def test_part_that_proves_nothing_is_refused_though_it_was_signed_for(
    case: Case, whole: Casefile, part: str, data: bytes | None
) -> None:
    other = whole.parts["histories/1.dossier.json"]
    if part == "details/1.json":
        details = msgspec.json.decode(whole.parts[part])
        # The receipt of another entry.
        details["receipt"] = case.world.client.simulate_get("/v1/entries/0/receipt").text
        other = msgspec.json.encode(details)
    forged = _signed_again(
        whole, case.keys[Reader.INSPECTOR], **{part: other if data is None else data}
    )

    with pytest.raises(CasefileTampered) as refused:
        verify(case, forged)

    assert refused.value.part == part


@pytest.mark.parametrize("part", ["trail.json", "findings.json"])
def test_part_of_another_shape_is_refused_by_its_name(
    case: Case, whole: Casefile, part: str
) -> None:
    forged = _signed_again(whole, case.keys[Reader.INSPECTOR], **{part: b"[1]"})

    with pytest.raises(MalformedCasefile, match=part):
        verify(case, forged)


def accept_late(case: Case) -> str:
    """Accept a dossier days after it was handed in: a finding about its office and its receiver."""
    world = case.world
    dossier = world.submit()
    world.wait(days=5)
    # A code has the day of its acceptance.
    dossier.code = dossier.code.replace("261120", "261125")
    world.accept(dossier)
    world.settle()
    world.follow()
    return dossier.stream


def looks(case: Case, reader: Reader) -> list[Any]:
    answer = asking(case, case.keys[reader]).signed("/v1/looks")
    found: list[Any] = msgspec.json.decode(answer.body)["looks"]
    return found


def test_findings_about_the_trail_are_in_and_all_looks_under_an_order_are_sealed(
    tmp_path: Path,
) -> None:
    with a_case(tmp_path) as case:
        late = accept_late(case)
        found = verify(case, made(case, order=IN_FORCE))
        sealed = [looks(case, each) for each in (Reader.OFFICER_WITH_TASK, Reader.HEAD_OF_OFFICE)]
        findings = msgspec.json.decode(made(case).parts["findings.json"])["findings"]

        assert found.findings > 0
        assert late in {each["stream"] for each in findings}
        assert sealed == [[], []]
        assert len(looks(case, Reader.OFFICER_WITH_TASK)) == 1
        # Without an order the head learns that findings about the office were looked at.
        assert [look["office"] for look in looks(case, Reader.HEAD_OF_OFFICE)] == [OFFICE]
