"""R18, past the one-stop shop; and takings-over that nobody announced."""

from typing import Any

import pytest

from domain.actions import Signer
from domain.dossiers import Channel
from domain.facts.registry import Grant
from domain.offices import BilingualName, Level, Office, OfficeRecord
from domain.roles import Role
from projections.findings.shapes import Surroundings
from tests.support.builders import a_key
from tests.support.dossier_cases import (
    HANOI,
    IMPORTER,
    OFFICE,
    PROCESSOR,
    RECEIVER,
    a_dossier,
    an_act,
    examined_dossier,
    found,
    moment,
)

APPLICANT = Signer("applicant-00000000000000f1", Role.APPLICANT)
RETURNER = Signer(RECEIVER.key, Role.RETURNER)
AT = "2026-02-03T02:00:00Z"


def past(*acts: Any, channel: Channel = Channel.COUNTER) -> list[tuple[int, ...]]:
    return found(examined_dossier(a_dossier("2026-02-02", channel=channel), *acts), "R18")


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(an_act("submitted", AT, APPLICANT), id="handed in to nobody"),
        pytest.param(an_act("supplement_requested", AT, PROCESSOR), id="no relay"),
        pytest.param(an_act("supplement_submitted", AT, RECEIVER), id="papers without applicant"),
        pytest.param(an_act("result_returned", AT, RETURNER), id="result without applicant"),
    ],
)
def test_one_side_alone_is_a_finding(act: Any) -> None:
    assert past(act) == [(10,)]


@pytest.mark.parametrize(
    ("acts", "channel"),
    [
        pytest.param(
            (an_act("supplement_requested", AT, PROCESSOR, RECEIVER),),
            Channel.COUNTER,
            id="relayed",
        ),
        pytest.param(
            (an_act("supplement_submitted", AT, APPLICANT, RECEIVER),), Channel.COUNTER, id="both"
        ),
        pytest.param(
            (an_act("result_returned", AT, RETURNER, APPLICANT),), Channel.COUNTER, id="both hands"
        ),
        pytest.param(
            (an_act("submitted", AT, APPLICANT, RECEIVER),), Channel.COUNTER, id="handed in"
        ),
        pytest.param(
            (an_act("submitted", AT, APPLICANT), an_act("result_returned", AT, RETURNER)),
            Channel.ONLINE,
            id="online",
        ),
        pytest.param(
            (an_act("result_dispatched", AT, RETURNER), an_act("result_returned", AT, RETURNER)),
            Channel.COUNTER,
            id="by post",
        ),
        pytest.param(
            (
                an_act("delivery_choice_changed", AT, APPLICANT),
                an_act("result_returned", AT, RETURNER),
            ),
            Channel.COUNTER,
            id="another delivery was chosen",
        ),
        pytest.param(
            (
                an_act("supplement_requested", AT, IMPORTER),
                an_act("supplement_submitted", AT, IMPORTER),
                an_act("result_returned", AT, IMPORTER),
            ),
            Channel.COUNTER,
            id="an import",
        ),
    ],
)
def test_innocent_cases(acts: Any, channel: Channel) -> None:
    assert past(*acts, channel=channel) == []


AGENCY, OTHER = "H27.9", "H27.10"
ACCEPTED = an_act("accepted", AT)


def taken(office: str, *signers: Signer) -> Any:
    return an_act("handover_acknowledged", AT, *(signers or (PROCESSOR,)), office=office)


def sent(office: str, kind: str = "forwarded") -> Any:
    return an_act(kind, AT, to_office=office)


def an_office(name: str, **more: Any) -> OfficeRecord:
    office = Office(
        id=name, name=BilingualName(vi=name, en=name), level=Level.PROVINCE, time_zone=HANOI, **more
    )
    return OfficeRecord(office, "0" * 64, moment("2025-01-01"))


def unannounced(*acts: Any, around: Surroundings = Surroundings()) -> list[tuple[int, ...]]:  # noqa: B008 - frozen
    examined = examined_dossier(a_dossier("2026-02-02"), ACCEPTED, *acts, around=around)
    return found(examined, "taken_unannounced")


@pytest.mark.parametrize(
    ("acts", "evidence"),
    [
        pytest.param((taken(AGENCY),), [(11,)], id="nobody had sent it"),
        pytest.param((sent(OTHER), taken(AGENCY)), [(12,)], id="it was sent elsewhere"),
        pytest.param(
            (sent(AGENCY), taken(AGENCY), taken(OTHER)), [(12, 13)], id="sent to the first alone"
        ),
        pytest.param((taken(AGENCY, PROCESSOR, RECEIVER),), [(11,)], id="two of the taker's own"),
    ],
)
def test_taking_over_what_nobody_gave_is_a_finding(
    acts: Any, evidence: list[tuple[int, ...]]
) -> None:
    assert unannounced(*acts) == evidence


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((sent(AGENCY), taken(AGENCY)), id="forwarded"),
        pytest.param((sent(AGENCY, "step_transferred"), taken(AGENCY)), id="a linked step"),
        pytest.param((sent(AGENCY), taken(AGENCY), taken(AGENCY)), id="within the agency"),
        pytest.param((taken(OFFICE),), id="within the office"),
        pytest.param((sent(AGENCY), taken(AGENCY), taken(OFFICE)), id="back to where it came from"),
        pytest.param((sent(AGENCY, "routed_to_office"), taken(AGENCY)), id="routed there"),
        pytest.param((taken(AGENCY, IMPORTER),), id="an import"),
    ],
)
def test_innocent_takings(acts: Any) -> None:
    assert unannounced(*acts) == []


def test_a_giver_who_signs_beside_the_taker_is_enough() -> None:
    giver = a_key(RECEIVER.key, Grant(Role.RECEIVER, OFFICE))
    around = Surroundings(keys={giver.name: giver})

    assert unannounced(taken(AGENCY, PROCESSOR, RECEIVER), around=around) == []
    assert unannounced(taken(AGENCY, RECEIVER), around=around) == [(11,)]


@pytest.mark.parametrize(
    "offices",
    [
        pytest.param(
            {OFFICE: an_office(OFFICE, succeeded_by=(AGENCY,)), AGENCY: an_office(AGENCY)},
            id="its document names the successor",
        ),
        pytest.param({AGENCY: an_office(AGENCY, succeeds=(OFFICE,))}, id="the successor's does"),
    ],
)
def test_a_successor_goes_on_with_what_an_ended_office_had(
    offices: dict[str, OfficeRecord],
) -> None:
    assert unannounced(taken(AGENCY), around=Surroundings(offices=offices)) == []
