"""A catalogue as CSV: the same reading of limits and fees, each bad row with its line."""

import pytest

from domain.facts import Channel
from domain.offices import Level
from domain.procedures import Limit, LimitUnit, Service, SupplementPolicy
from ledger.catalogue.csv_file import read_rows
from ledger.catalogue.readings import MalformedCatalogue, ReadProcedure


def read(text: str) -> list[ReadProcedure]:
    return list(read_rows(text.encode()))


def test_row_becomes_a_procedure() -> None:
    (reading,) = read(
        "\ufeffcode,name_vi,name_en,level,limit,limit_online,fee_counter,keywords,"
        "supplement_policy,pause_in_payment,max_supplements,valid_from,service,service_reason\n"
        '1.004222,Đăng ký thường trú,Residence,commune,7 ngày làm việc,"5 ngày",20.000 đồng,'
        "hộ khẩu|nhập khẩu,pause,yes,1,2026-07-01,partial,phải có mặt\n"
    )

    procedure = reading.procedure
    assert procedure.limit_for(Channel.POST).amount == 7
    assert procedure.limit_for(Channel.ONLINE).unit is LimitUnit.CALENDAR_DAYS
    assert procedure.fee_for(Channel.COUNTER).amount_vnd == 20_000
    assert procedure.keywords == ("hộ khẩu", "nhập khẩu")
    assert procedure.supplement_policy is SupplementPolicy.PAUSE
    assert procedure.service_level is not None
    assert procedure.service_level.service is Service.PARTIAL
    assert (procedure.pause_in_payment, procedure.max_supplements) == (True, 1)
    assert not procedure.name_untranslated
    assert reading.limits_parsed == 2


def test_least_row_has_a_limit_that_nobody_stated() -> None:
    (reading,) = read("code,name_vi,level\n1.000001,Thủ tục,province\n")

    assert reading.procedure.level is Level.PROVINCE
    assert reading.procedure.limit == Limit(unit=LimitUnit.UNKNOWN)
    assert reading.procedure.name_untranslated
    assert [warning.code for warning in reading.warnings] == ["limit_not_stated"]


def test_fee_in_prose_is_kept_for_every_channel() -> None:
    (reading,) = read("code,name_vi,level,fee\n1.000001,Thủ tục,commune,theo biểu phí\n")

    assert reading.procedure.fee_for(Channel.POST).prose == "theo biểu phí"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("code,name_vi\n1.1,x\n", id="column missing"),
        pytest.param("code,name_vi,level,colour\n", id="column unknown"),
        pytest.param("code,name_vi,level,level\n", id="column twice"),
        pytest.param("code,name_vi,level\n1.000001,x\n", id="too few cells"),
        pytest.param("code,name_vi,level\n1.000001,x,commune,more\n", id="too many cells"),
        pytest.param("code,name_vi,level\n1.000001,x,village\n", id="unknown level"),
        pytest.param("code,name_vi,level\n1.000001,,commune\n", id="no name"),
        pytest.param("code,name_vi,level\n../x,x,commune\n", id="no code"),
        pytest.param("code,name_vi,level,pause_in_payment\n1.1,x,commune,1\n", id="no flag"),
        pytest.param("code,name_vi,level,max_supplements\n1.1,x,commune,-1\n", id="no number"),
        pytest.param("code,name_vi,level,service\n1.1,x,commune,partial\n", id="no reason"),
    ],
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(MalformedCatalogue):
        read(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(MalformedCatalogue):
        list(read_rows(b"\xff\xfe\x00"))
