"""R23: a key is used as no person would: very many approvals a minute, or at night and on days off.

Signatures count by the moment that they claim; where a source knows the day alone, hours are not
judged. Where somebody signs from is recorded nowhere, so two places at once cannot be seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from domain.calendars import Calendar, is_working_day
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import time_zone
from projections.findings.cases import (
    BEYOND_CALENDAR,
    NO_CALENDAR,
    PERSONNEL_NUMBERS,
    case,
    explained,
    own,
)
from projections.findings.peers.inputs.observing import Deed, Observed
from projections.findings.peers.shapes import (
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
    entries_of_deeds,
    stream_of_person,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

APPROVALS: Final = frozenset({"dossier.result_approved", "dossier.resolution_refused"})
PUT_BEFORE: Final = "dossier.submitted_for_approval"
NIGHT_BEGINS: Final = time(22)
NIGHT_ENDS: Final = time(6)
SECONDS_PER_MINUTE: Final = 60

_DAY_ONLY: Final = case(
    "day_only",
    "Chỉ biết ngày ký, không biết giờ.",
    "Only the day of the signature is known, not the hour.",
)
_BATCH: Final = case(
    "batch_signing",
    "Ký hàng loạt: mọi dự thảo đã được trình từ trước lượt ký.",
    "Batch signing: all drafts had been put before the approver before the first was signed.",
)
_WHOLE_OFFICE: Final = case(
    "whole_office",
    "Quá nửa số việc của cơ quan trong tháng đều ngoài giờ: đồng hồ sai múi giờ, hoặc cơ quan "
    "làm việc vào giờ đó.",
    "More than half of the office's acts of that month are out of hours: a wrong time zone, or an "
    "office that works then.",
)
_GROUP: Final = Sentence("mọi việc của cơ quan trong tháng", "all acts of the office in the month")


@dataclass(frozen=True, slots=True)
class _Signed:
    """One act of one officer, at a local time."""

    person: str
    office: str
    at: datetime
    local: datetime
    deed: Deed
    drafted_at: datetime | None


@dataclass(slots=True)
class _Month:
    """What one office's officers did in one month, in hours and out of them."""

    acts: int
    out_of_hours: list[_Signed]


def _examine_signing(population: Population, numbers: Numbers) -> Examination:
    """R23: over twenty approvals a minute by one person, or acts at night and on days off."""
    found = Examination()
    signed = list(_signed(population.observed, found))
    found.trials += _rushes(signed, numbers, found)
    found.trials += _odd_hours(signed, population.calendar, found)
    return found


def _signed(observed: Sequence[Observed], found: Examination) -> Iterator[_Signed]:
    for each in observed:
        zone = time_zone(each.zone)
        drafts = [deed.at.instant for deed in each.deeds if deed.kind == PUT_BEFORE]
        drafted_at = next((draft for draft in drafts if draft is not None), None)
        for deed in each.deeds:
            at = deed.at.instant
            if at is None:
                found.silent[_DAY_ONLY.name] += 1
                continue
            for person in dict.fromkeys(doer.person for doer in deed.doers):
                yield _Signed(person, each.office, at, at.astimezone(zone), deed, drafted_at)


def _rushes(signed: Sequence[_Signed], numbers: Numbers, found: Examination) -> Iterator[Trial]:
    by_person: defaultdict[str, list[_Signed]] = defaultdict(list)
    for each in signed:
        if each.deed.kind in APPROVALS:
            by_person[each.person].append(each)
    for person, approvals in sorted(by_person.items()):
        approvals.sort(key=lambda each: (each.at, each.deed.entry_index or 0))
        rush = _fullest_minute(approvals)
        if len(rush) <= numbers.approvals_a_minute:
            yield Trial()
        elif all(each.drafted_at and each.drafted_at < rush[0].at for each in rush):
            found.silent[_BATCH.name] += 1
            yield Trial()
        else:
            yield Trial(_rushed(person, rush, numbers))


def _fullest_minute(approvals: Sequence[_Signed]) -> Sequence[_Signed]:
    """Give the most approvals within less than a minute."""
    best, first = (0, 0), 0
    for last, each in enumerate(approvals):
        while (each.at - approvals[first].at).total_seconds() >= SECONDS_PER_MINUTE:
            first += 1
        best = max(best, (last + 1 - first, -first))
    return approvals[-best[1] : -best[1] + best[0]]


def _rushed(person: str, rush: Sequence[_Signed], numbers: Numbers) -> Finding:
    reason = Sentence(
        f"{len(rush)} lượt ký duyệt của một người trong một phút.",
        f"{len(rush)} approvals by one person within a minute.",
    )
    return R23.finding(
        stream_of_person(person),
        rush[0].office,
        reason,
        entries_of_deeds(each.deed for each in rush),
        peers=Peers(
            group=Sentence("không so với nhóm nào", "compared with nobody"),
            n=len(rush),
            threshold=f"> {numbers.approvals_a_minute}",
            base_rate="-",
            observed=f"{len(rush)}",
        ),
    )


def _odd_hours(
    signed: Sequence[_Signed], calendar: Calendar | None, found: Examination
) -> Iterator[Trial]:
    months: dict[tuple[str, str], _Month] = {}
    for each in signed:
        key = each.office, each.local.date().isoformat()[:7]
        month = months.setdefault(key, _Month(0, []))
        month.acts += 1
        if is_night(each.local) or _is_day_off(calendar, each.local.date(), found):
            month.out_of_hours.append(each)
    acts, odd = _totals(months)
    found.measured["acts_out_of_hours"] = odd, acts
    for (_, name), month in sorted(months.items()):
        persons = Counter(each.person for each in month.out_of_hours)
        if 2 * len(month.out_of_hours) > month.acts:
            found.silent[_WHOLE_OFFICE.name] += len(persons)
            continue
        for person in sorted(persons):
            yield Trial(_out_of_hours(person, name, month))


def _totals(months: dict[tuple[str, str], _Month]) -> tuple[int, int]:
    every = months.values()
    return sum(month.acts for month in every), sum(len(month.out_of_hours) for month in every)


def is_night(local: datetime) -> bool:
    """Tell whether a local time is at night: from ten in the evening to six in the morning."""
    return local.time() >= NIGHT_BEGINS or local.time() < NIGHT_ENDS


def _is_day_off(calendar: Calendar | None, day: date, found: Examination) -> bool:
    if calendar is None:
        found.silent[NO_CALENDAR.name] += 1
        return False
    try:
        return not is_working_day(calendar, day)
    except CalendarHorizonPassed:
        found.silent[BEYOND_CALENDAR.name] += 1
        return False


def _out_of_hours(person: str, name: str, month: _Month) -> Finding:
    mine = [each for each in month.out_of_hours if each.person == person]
    nights = sum(is_night(each.local) for each in mine)
    reason = Sentence(
        f"Trong tháng {name}, khóa của một người ký {nights} lần ban đêm và {len(mine) - nights} "
        "lần vào ngày nghỉ.",
        f"In {name}, one person's keys signed {nights} times at night and {len(mine) - nights} "
        "times on days off.",
    )
    return R23.finding(
        stream_of_person(person),
        mine[0].office,
        reason,
        entries_of_deeds(each.deed for each in mine),
        peers=Peers(
            group=_GROUP,
            n=month.acts,
            threshold="> 0",
            base_rate=f"{len(month.out_of_hours)}/{month.acts}",
            observed=f"{len(mine)}",
        ),
    )


R23: Final = PeerRule(
    id="R23",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Lạm dụng khóa", "Key misuse"),
    looks_for=Sentence(
        "Hơn 20 lượt ký duyệt trong một phút, hoặc ký ban đêm (22 giờ đến 6 giờ) hay ngày nghỉ.",
        "More than 20 approvals within a minute, or signatures at night (22:00 to 06:00) or on a "
        "day that is not worked.",
    ),
    why=Sentence(
        "Người khác có thể đang giữ khóa.", "Somebody else than its holder may have the key."
    ),
    explanations=(
        explained("Công cụ ký hàng loạt.", "Batch signing tools.", _BATCH.name),
        explained("Sai múi giờ.", "Time-zone errors.", _WHOLE_OFFICE.name),
        explained("Làm thêm giờ.", "Overtime."),
    ),
    exclusions=(_BATCH, _WHOLE_OFFICE),
    abstentions=(_DAY_ONLY, NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own("Hơn 20 lượt một phút; bất kỳ lượt nào ban đêm.", "Over 20 a minute; any at night."),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    not_looked_for=(
        Sentence(
            "Hai nơi cùng lúc: không đâu ghi nơi ký.",
            "Two places at once: nothing says where somebody signs.",
        ),
        Sentence(
            "Ký khi nghỉ phép: sổ cái không ghi nghỉ phép.",
            "Signing on leave: the ledger does not record leave.",
        ),
        Sentence(
            "Ký sau khi thu hồi: sổ cái từ chối ngay.",
            "Signing after revocation: the ledger refuses it at once.",
        ),
    ),
    unit=Sentence(
        "một người ký duyệt, hoặc một người có việc ngoài giờ trong một tháng",
        "one approver, or one person with acts out of hours in one month",
    ),
    least_n=None,
    examine=_examine_signing,
)
