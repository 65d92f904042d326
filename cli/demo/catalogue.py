"""The demo's catalogue of procedures: our own sample documents, none of them an official text.

Names, limits and fees are those that the source documents of the project state; policies for
supplements and payments are the general law's, or chosen to show a flag. Each document says that
it is a sample. Offices decide here what a real province may decide elsewhere.
"""

from dataclasses import dataclass
from typing import Final

from domain.offices import BilingualName, Level
from domain.procedures import (
    AcceptanceLimits,
    Limit,
    LimitUnit,
    Procedure,
    SupplementPolicy,
)
from domain.procedures.profiles import Sensitivity
from ledger.bodies import canonical_json

SAMPLE_LAW: Final = "Sample document of the Dossier Ledger demo (mẫu); not an official text"
SAMPLE_BASIS: Final = "Sample: name, limit and fee as the project's source documents state them"

SERVICE_CENTRE: Final = "H27.03"
TRADE_DEPARTMENT: Final = "H27.07"
INSURANCE: Final = "H27.50"
POLICE: Final = "H27.51"
POWER_COMPANY: Final = "H27.52"

# LAW: Decree 297/2025 art. 6.4a: an online submission is checked within eight working hours.
_INTAKE = AcceptanceLimits(
    online=Limit(unit=LimitUnit.HOURS, amount=8),
    counter=Limit(unit=LimitUnit.WORKING_DAYS, amount=1),
    post=Limit(unit=LimitUnit.WORKING_DAYS, amount=1),
)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A procedure, who decides it, and how often it is asked for in the demo.

    ``decided_at`` None: the commune that takes the dossier in decides. ``taken_in_at`` None: any
    commune takes it in.
    """

    procedure: Procedure
    weight: int
    decided_at: str | None = None
    taken_in_at: str | None = None

    @property
    def document(self) -> bytes:
        """Give the public document of the procedure's first version."""
        return canonical_json(self.procedure)


def _working_days(amount: int, prose: str | None = None) -> Limit:
    return Limit(unit=LimitUnit.WORKING_DAYS, amount=amount, prose=prose)


def _prose(text: str) -> Limit:
    return Limit(unit=LimitUnit.UNKNOWN, prose=text)


def _procedure(  # noqa: PLR0913 - the members of a catalogue line
    code: str,
    name: tuple[str, str],
    limit: Limit,
    *,
    level: Level = Level.COMMUNE,
    field: str,
    fee_vnd: int = 0,
    policy: SupplementPolicy = SupplementPolicy.RESTART,
    pause_in_payment: bool = False,
    counter_decides: bool = False,
    next_day_after: str | None = None,
    sensitivity: Sensitivity | None = None,
) -> Procedure:
    return Procedure(
        code=code,
        version=1,
        name=BilingualName(vi=name[0], en=name[1]),
        level=level,
        limit=limit,
        field=field,
        fee_vnd=fee_vnd,
        supplement_policy=policy,
        # LAW: Decree 61/2018 art. 17.2a: everything that is missing is asked for once.
        max_supplements=1,
        supplement_wait=_working_days(15),
        acceptance_limits=_INTAKE,
        next_day_after=next_day_after,
        pause_in_payment=pause_in_payment,
        counter_decides=counter_decides,
        sensitivity=sensitivity,
        legal_basis=(SAMPLE_BASIS,),
        law=SAMPLE_LAW,
    )


_CIVIL_STATUS: Final = (
    CatalogueEntry(
        _procedure(
            "2.000815",
            ("Chứng thực bản sao từ bản chính", "Certified copy of an original"),
            _prose("trong ngày"),
            field="Chứng thực",
            fee_vnd=2_000,
            # LAW: Decree 61/2018 art. 17.5: the decision is delegated to the counter.
            counter_decides=True,
        ),
        weight=14,
    ),
    CatalogueEntry(
        _procedure(
            "2.000635",
            ("Cấp bản sao trích lục hộ tịch", "Civil-status extract copy"),
            _prose("trong ngày"),
            field="Hộ tịch",
            fee_vnd=8_000,
        ),
        weight=10,
    ),
    CatalogueEntry(
        _procedure(
            "1.001193",
            ("Đăng ký khai sinh", "Birth registration"),
            _working_days(0, "same day; received after 15:00: next working day"),
            field="Hộ tịch",
            policy=SupplementPolicy.NONE,
            next_day_after="15:00",
            # Civil status: its acts enter the log as veils.
            sensitivity=Sensitivity.CIVIL_STATUS,
        ),
        weight=7,
    ),
    CatalogueEntry(
        _procedure(
            "1.001612",
            ("Đăng ký thành lập hộ kinh doanh", "Household business registration"),
            _working_days(3, "prose in the source; three working days in Decree 297/2025"),
            field="Thành lập hộ kinh doanh",
            fee_vnd=150_000,
        ),
        weight=8,
    ),
)

_RESIDENCE: Final = (
    CatalogueEntry(
        _procedure(
            "1.004222",
            ("Đăng ký thường trú", "Permanent residence registration"),
            _working_days(7),
            field="Cư trú",
            fee_vnd=10_000,
        ),
        weight=12,
    ),
    CatalogueEntry(
        _procedure(
            "1.004194",
            ("Đăng ký tạm trú", "Temporary residence registration"),
            _working_days(3),
            field="Cư trú",
            fee_vnd=7_000,
        ),
        weight=10,
    ),
    CatalogueEntry(
        _procedure(
            "1.014063",
            ("Cấp đổi thẻ căn cước", "Identity-card exchange"),
            _working_days(7),
            field="Căn cước",
            fee_vnd=50_000,
            # A flag of the version: shown here, not stated by the source.
            pause_in_payment=True,
        ),
        weight=8,
    ),
)

_PROVINCIAL: Final = (
    CatalogueEntry(
        _procedure(
            "3.000347",
            ("Đổi giấy phép lái xe", "Driving-licence exchange"),
            _working_days(5),
            level=Level.PROVINCE,
            field="Sát hạch, cấp giấy phép lái xe",
            fee_vnd=135_000,
        ),
        weight=9,
        decided_at=POLICE,
        taken_in_at=SERVICE_CENTRE,
    ),
    CatalogueEntry(
        _procedure(
            "3.000353",
            ("Cấp giấy phép lái xe quốc tế", "International driving permit"),
            _working_days(5),
            level=Level.PROVINCE,
            field="Sát hạch, cấp giấy phép lái xe",
            fee_vnd=135_000,
        ),
        weight=4,
        decided_at=POLICE,
        taken_in_at=SERVICE_CENTRE,
    ),
    CatalogueEntry(
        _procedure(
            "2.000004",
            (
                "Đăng ký hoạt động khuyến mại mang tính may rủi trên địa bàn một tỉnh",
                "Registration of a promotional lottery within one province",
            ),
            _working_days(5),
            level=Level.PROVINCE,
            field="Xúc tiến thương mại",
        ),
        weight=3,
        decided_at=TRADE_DEPARTMENT,
        taken_in_at=SERVICE_CENTRE,
    ),
    CatalogueEntry(
        _procedure(
            "3.000001",
            ("Cấp điện mới từ lưới điện hạ áp", "New low-voltage power supply"),
            _working_days(7),
            level=Level.PROVINCE,
            field="Cung cấp điện",
            policy=SupplementPolicy.PAUSE,
        ),
        weight=5,
        decided_at=POWER_COMPANY,
        taken_in_at=SERVICE_CENTRE,
    ),
    CatalogueEntry(
        _procedure(
            "1.002759",
            (
                "Cấp lại, đổi, điều chỉnh thông tin trên sổ BHXH, thẻ BHYT",
                "Re-issue or change of social-insurance book or health-insurance card",
            ),
            Limit(unit=LimitUnit.CALENDAR_DAYS, amount=45, prose="45 days, the longest case"),
            level=Level.PROVINCE,
            field="Bảo hiểm xã hội",
            policy=SupplementPolicy.PAUSE,
        ),
        weight=5,
        decided_at=INSURANCE,
    ),
    CatalogueEntry(
        _procedure(
            "1.001667",
            ("Giải quyết hưởng chế độ ốm đau", "Sickness benefit"),
            _working_days(6),
            level=Level.PROVINCE,
            field="Bảo hiểm xã hội",
            policy=SupplementPolicy.PAUSE,
        ),
        weight=5,
        decided_at=INSURANCE,
    ),
)

CATALOGUE: Final = (*_CIVIL_STATUS, *_RESIDENCE, *_PROVINCIAL)


def entry_of(code: str) -> CatalogueEntry:
    """Give the catalogue entry of a procedure code."""
    return next(entry for entry in CATALOGUE if entry.procedure.code == code)
