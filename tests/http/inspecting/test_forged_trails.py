"""A trail that its inspector signed for says of an act no more than the act's history proves."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from cli.casefiles.sentences import casefile_members, explain_casefile
from domain.reading.rights import Reader
from projections.casefiles.errors import CasefileTampered
from projections.casefiles.files import Casefile, described, parse_manifest, render_manifest
from projections.casefiles.verifying import VerifiedCasefile
from tests.http.inspecting.casefiles import made, verify
from tests.http.reading.people import Case, a_case, a_veiled_case

TRAIL = "trail.json"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("forged")) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(case: Case) -> Casefile:
    return made(case, subject={"dossier": case.dossier.stream})


def with_trail(case: Case, whole: Casefile, change: Callable[[dict[str, Any]], None]) -> Casefile:
    """Give a casefile whose trail was changed, signed again by its inspector."""
    trail = msgspec.json.decode(whole.parts[TRAIL])
    change(trail)
    parts = {**whole.parts, TRAIL: msgspec.json.encode(trail)}
    told = tuple(described(name, data) for name, data in sorted(parts.items()))
    manifest = msgspec.structs.replace(parse_manifest(whole.manifest), parts=told)
    return Casefile(manifest=render_manifest(manifest, case.keys[Reader.INSPECTOR]), parts=parts)


def said(found: VerifiedCasefile) -> tuple[str, str]:
    """Give what is proven and what is not, in English."""
    explained = explain_casefile(found, None, None)
    return (
        "\n".join(each.en for each in explained.proved),
        "\n".join(each.en for each in explained.open_questions),
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("office", "H99.FORGED"),
        ("office", None),
        ("role", "head"),
        ("role", None),
        ("assurance", "notary"),
        ("recorded_at", "2199-01-01T00:00:00.000Z"),
        ("recorded_at", "yesterday"),
        ("key", None),
        ("key", "officer-ffffffffffffffff"),
        ("entry_index", None),
        ("entry_index", 0),
        ("veiled", True),
    ],
)
def test_member_of_an_act_that_its_history_does_not_prove_is_refused(
    case: Case, whole: Casefile, member: str, value: str | int | None
) -> None:
    forged = with_trail(case, whole, lambda trail: trail["acts"][1].update({member: value}))

    with pytest.raises(CasefileTampered, match=f"version 2 .*{member}") as refused:
        verify(case, forged)

    assert refused.value.part == TRAIL


def test_act_that_the_trail_tells_twice_is_refused(case: Case, whole: Casefile) -> None:
    forged = with_trail(case, whole, lambda trail: trail["acts"].append(trail["acts"][0]))

    with pytest.raises(CasefileTampered, match="there twice") as refused:
        verify(case, forged)

    assert refused.value.part == TRAIL


def test_when_an_act_was_recorded_is_said_to_be_unproven(case: Case, whole: Casefile) -> None:
    _, unproven = said(verify(case, whole))

    assert "were recorded when the trail says" in unproven


def test_empty_trail_of_a_size_that_nothing_proves_is_not_said_to_lack_nothing(
    case: Case, whole: Casefile
) -> None:
    def cut(trail: dict[str, Any]) -> None:
        trail["acts"], trail["checkpoint"] = [], {"size": 0, "root": "AAAA"}

    found = verify(case, with_trail(case, whole, cut))
    (dossier,) = found.dossiers
    proven, unproven = said(found)

    assert (dossier.left_out, dossier.proven_size) == ((), None)
    assert dossier.unjudged == (1, 2, 3, 4, 5)
    assert "lacks nothing" not in proven
    assert "that the trail lacks nothing" in unproven
    assert casefile_members(found)["unjudged"] == {case.dossier.stream: [1, 2, 3, 4, 5]}


def test_what_lacks_nothing_names_the_size_whose_root_the_history_proves(
    case: Case, whole: Casefile
) -> None:
    (dossier,) = verify(case, whole).dossiers
    size = dossier.history.checkpoint.checkpoint.tree_size

    # All acts are there: so it holds, whatever older size the trail names.
    older = with_trail(
        case, whole, lambda trail: trail.update(checkpoint={"size": 1, "root": "AAAA"})
    )

    for each in (whole, older):
        found = verify(case, each)
        assert found.dossiers[0].proven_size == size
        assert f"among the log's first {size} entries" in said(found)[0]


def test_trail_as_of_another_root_than_the_history_of_its_size_is_refused(
    case: Case, whole: Casefile
) -> None:
    size = verify(case, whole).dossiers[0].history.checkpoint.checkpoint.tree_size
    forged = with_trail(
        case, whole, lambda trail: trail.update(checkpoint={"size": size, "root": "AAAA"})
    )

    with pytest.raises(CasefileTampered) as refused:
        verify(case, forged)

    assert refused.value.part == TRAIL


def test_act_of_a_veiled_dossier_told_with_another_office_or_as_open_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with a_veiled_case(tmp_path_factory.mktemp("veiled")) as veiled:
        casefile = made(veiled, subject={"dossier": veiled.dossier.stream})
        for changed in ({"office": "H99.FORGED"}, {"veiled": False}, {"entry_index": 3}):
            forged = with_trail(veiled, casefile, _second_act_changed(changed))
            with pytest.raises(CasefileTampered):
                verify(veiled, forged)


def _second_act_changed(members: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    def change(trail: dict[str, Any]) -> None:
        trail["acts"][1].update(members)

    return change
