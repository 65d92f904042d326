"""What a version of a procedure may say beyond the smallest document."""

from typing import Any

import msgspec
import pytest

from domain.errors import MalformedDocument
from domain.facts import Channel
from domain.offices import Level
from domain.procedures import (
    ChannelFees,
    ChannelLimits,
    ComponentCase,
    Fee,
    InternalStep,
    Limit,
    LimitUnit,
    RequiredComponent,
    Service,
    ServiceLevel,
    SlipTypes,
    SourceTexts,
    parse_procedure,
)
from domain.roles import Role
from tests.support.builders import a_procedure

THREE_DAYS = Limit(amount=3, unit=LimitUnit.WORKING_DAYS)


def a_case(code: str = "01", *papers: str) -> ComponentCase:
    components = tuple(RequiredComponent(code=paper, name="Tờ khai") for paper in papers)
    return ComponentCase(code=code, components=components)


def a_full_document() -> dict[str, Any]:
    return {
        "channels": (Channel.ONLINE, Channel.COUNTER),
        "channel_limits": ChannelLimits(online=THREE_DAYS),
        "channel_fees": ChannelFees(counter=Fee(amount_vnd=20_000)),
        "cases": (a_case("01", "TP01", "TP02"), a_case("02", "TP01")),
        "steps": (InternalStep(role=Role.RECEIVER, unit="H27.101", hours=4),),
        "service_level": ServiceLevel(service=Service.PARTIAL, old_level=3, reason="có mặt"),
        "slips": SlipTypes(receipt="CT04", refusal="CT06"),
        "texts": SourceTexts(steps="x" * 100_000),
        "retention_years": 20,
        "pause_in_site_survey": True,
    }


def test_full_document_is_read_as_it_was_written() -> None:
    procedure = a_procedure(**a_full_document())

    assert parse_procedure(msgspec.json.encode(procedure)) == procedure


def test_limit_and_fee_of_a_channel_stand_before_the_common_ones() -> None:
    procedure = a_procedure(fee_vnd=10_000, **a_full_document())

    assert procedure.limit_for(Channel.ONLINE) == THREE_DAYS
    assert procedure.limit_for(Channel.POST) == procedure.limit
    assert procedure.limit_for(None) == procedure.limit
    assert procedure.fee_for(Channel.COUNTER) == Fee(amount_vnd=20_000)
    assert procedure.fee_for(Channel.POST) == Fee(amount_vnd=10_000)


def test_papers_are_listed_per_case() -> None:
    procedure = a_procedure(**a_full_document())

    assert [paper.code for paper in procedure.components_of("02")] == ["TP01"]
    assert [paper.code for paper in procedure.components_of()] == ["TP01", "TP02", "TP01"]
    assert procedure.components_of("03") == ()


def test_procedure_of_several_levels_names_them_all() -> None:
    assert a_procedure().office_levels() == (a_procedure().level,)
    several = (Level.PROVINCE, Level.COMMUNE)
    assert a_procedure(levels=several).office_levels() == several


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"cases": (a_case("01"), a_case("01"))}, id="case twice"),
        pytest.param({"cases": (a_case("01", "TP01", "TP01"),)}, id="paper twice in a case"),
        pytest.param(
            {"service_level": ServiceLevel(service=Service.PARTIAL)}, id="partial without reason"
        ),
        pytest.param(
            {"channel_limits": ChannelLimits(post=Limit(unit=LimitUnit.HOURS))},
            id="channel limit without amount",
        ),
        pytest.param({"channel_fees": ChannelFees(post=Fee(amount_vnd=-1))}, id="negative fee"),
        pytest.param({"retention_years": 1_001}, id="retention over its bound"),
    ],
)
def test_contradictory_document_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedDocument):
        parse_procedure(msgspec.json.encode(a_procedure(**changes)))
