"""Publication profiles: private matters are veiled unless a version says otherwise, by level."""

import pytest

from domain.offices import Level
from domain.procedures import Publication, PublicationProfile, Sensitivity
from domain.procedures.profiles import default_publication
from domain.procedures.sensitive_fields import likely_sensitivity
from tests.support.builders import a_procedure


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_private_matters_are_veiled_by_default(sensitivity: Sensitivity) -> None:
    assert default_publication(sensitivity) is Publication.VEILED


def test_other_matters_are_open_by_default() -> None:
    assert a_procedure().publication_at(Level.COMMUNE) is Publication.OPEN


@pytest.mark.parametrize("level", Level)
def test_profile_of_one_level_leaves_the_other_levels_alone(level: Level) -> None:
    profile = PublicationProfile(**{level.value: Publication.OPEN})
    procedure = a_procedure(sensitivity=Sensitivity.HEALTH, publication=profile)

    for other in Level:
        expected = Publication.OPEN if other is level else Publication.VEILED
        assert procedure.publication_at(other) is expected


@pytest.mark.parametrize(
    ("field", "sensitivity"),
    [
        ("Hộ tịch", Sensitivity.CIVIL_STATUS),
        ("Đăng ký, quản lý cư trú", Sensitivity.RESIDENCE),
        ("Khám bệnh, chữa bệnh", Sensitivity.HEALTH),
        ("Bảo trợ xã hội", Sensitivity.SOCIAL_AID),
        ("Lý lịch tư pháp", Sensitivity.CRIMINAL_RECORD),
        ("Giải quyết tố cáo", Sensitivity.DENUNCIATION),
        ("Nuôi con nuôi", Sensitivity.ADOPTION),
        ("Xúc tiến thương mại", None),
        ("Hộ tịchx", None),
        (None, None),
    ],
)
def test_name_of_a_field_suggests_its_sensitivity(
    field: str | None, sensitivity: Sensitivity | None
) -> None:
    assert likely_sensitivity(field) is sensitivity


def test_name_of_a_field_alone_veils_nothing() -> None:
    assert a_procedure(field="Hộ tịch").publication_at(Level.COMMUNE) is Publication.OPEN
