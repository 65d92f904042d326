"""R23: a key is used as no person would: very many approvals a minute, or at night and on days off.

Signatures count by the moment that they claim; where a source knows the day alone, hours are not
judged. How many a minute are very many is a fixed number, and what nearly no minute of the peers
has: of those who approve at offices of one level in one quarter, whatever the procedure. Where
somebody signs from is recorded nowhere, so two places at once cannot be seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import Final

from domain.calendars import Calendar, is_working_day
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import time_zone
from domain.offices import Level
from projections.findings.cases import (
    BEYOND_CALENDAR,
    NO_CALENDAR,
    PERSONNEL_NUMBERS,
    case,
    explained,
    own,
)
from projections.findings.peers.grouping import NO_OFFICE
from projections.findings.peers.inputs.observing import Deed, Observed
from projections.findings.peers.shapes import (
    LEVELS,
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
    entries_of_deeds,
    quarter_of,
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
_FEW_MINUTES: Final = case(
    "few_minutes",
    "Những người khác cùng cấp, cùng quý ký duyệt trong chưa tới 1000 phút.",
    "Others of that level and quarter approved in fewer than 1,000 minutes.",
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
    level: Level | None
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
    found.trials += _paces(signed, numbers, found)
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
                local = at.astimezone(zone)
                yield _Signed(person, each.office, each.level, at, local, deed, drafted_at)


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
        elif _is_batch(rush):
            found.silent[_BATCH.name] += 1
            yield Trial()
        else:
            yield Trial(_rushed(person, rush, numbers))


def _is_batch(rush: Sequence[_Signed]) -> bool:
    """Tell whether all drafts had been put before the approver before the first was signed."""
    return all(each.drafted_at and each.drafted_at < rush[0].at for each in rush)


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


def _paces(signed: Sequence[_Signed], numbers: Numbers, found: Examination) -> Iterator[Trial]:
    """Hold each approver's fullest minute of the clock against nearly all minutes of the others."""
    groups: defaultdict[tuple[Level, str], list[_Signed]] = defaultdict(list)
    for each in signed:
        if each.deed.kind not in APPROVALS:
            continue
        if each.level is None:
            found.silent[NO_OFFICE.name] += 1
        else:
            groups[each.level, quarter_of(each.local.date())].append(each)
    for (level, quarter), approvals in sorted(groups.items()):
        group = Sentence(
            f"người ký duyệt ở {LEVELS[level].vi}, quý {quarter}",
            f"approvers at {LEVELS[level].en}, quarter {quarter}",
        )
        yield from _paces_of(group, approvals, numbers, found)


def _paces_of(
    group: Sentence, approvals: Sequence[_Signed], numbers: Numbers, found: Examination
) -> Iterator[Trial]:
    minutes: defaultdict[str, defaultdict[datetime, list[_Signed]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in approvals:
        minutes[each.person][each.at.replace(second=0, microsecond=0)].append(each)
    counts = {person: Counter(map(len, made.values())) for person, made in minutes.items()}
    total: Counter[int] = sum(counts.values(), Counter())
    for person, mine in sorted(minutes.items()):
        others = total - counts[person]
        if others.total() < numbers.least_minutes:
            found.silent[_FEW_MINUTES.name] += 1
            continue
        usual = _nearly_most(others, numbers.usual_minutes)
        fullest = max(mine.values(), key=len)
        yield Trial(_paced(group, fullest, (usual, others.total()), numbers, found))


def _nearly_most(counts: Counter[int], share: Fraction) -> int:
    """Give the quantile of minutes by how many approvals each had, as `quantile` does."""
    rank, passed = -(-share.numerator * counts.total() // share.denominator), 0
    for count, times in sorted(counts.items()):
        passed += times
        if passed >= rank:
            return count
    raise AssertionError("a share is at most 1")


def _paced(
    group: Sentence,
    fullest: Sequence[_Signed],
    others: tuple[int, int],
    numbers: Numbers,
    found: Examination,
) -> Finding | None:
    usual, minutes = others
    # More than the fixed number a minute is a finding already, whatever the others do.
    if not max(usual, numbers.quick_approvals) < len(fullest) <= numbers.approvals_a_minute:
        return None
    if _is_batch(fullest):
        found.silent[_BATCH.name] += 1
        return None
    reason = Sentence(
        f"{len(fullest)} lượt ký duyệt của một người trong một phút; 99,9 % số phút của những "
        f"người khác có không quá {usual} lượt.",
        f"{len(fullest)} approvals by one person in one minute; 99.9 % of the others' minutes have "
        f"no more than {usual}.",
    )
    return R23.finding(
        stream_of_person(fullest[0].person),
        fullest[0].office,
        reason,
        entries_of_deeds(each.deed for each in fullest),
        severity=Severity.MEDIUM,
        peers=Peers(
            group=group,
            n=minutes,
            threshold=f"> p99.9, > {numbers.quick_approvals}",
            base_rate=f"{usual}",
            observed=f"{len(fullest)}",
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
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Lạm dụng khóa", "Key misuse"),
    looks_for=Sentence(
        "Hơn 20 lượt ký duyệt trong một phút, hoặc nhiều hơn 99,9 % số phút của những người ký "
        "duyệt cùng cấp, hoặc ký ban đêm (22 giờ đến 6 giờ) hay ngày nghỉ.",
        "More than 20 approvals within a minute, or more than in 99.9 % of the minutes of others "
        "who approve at that level; or signatures at night (22:00 to 06:00) or on a day that is "
        "not worked.",
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
    abstentions=(_DAY_ONLY, _FEW_MINUTES, NO_OFFICE, NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own("Hơn 20 lượt một phút; bất kỳ lượt nào ban đêm.", "Over 20 a minute; any at night."),
        own(
            "Hơn 99,9 % số phút của những người khác và hơn 5 lượt, từ 1000 phút trở lên.",
            "More than in 99.9 % of the others' minutes and more than 5, from 1,000 minutes on.",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    not_looked_for=(
        Sentence(
            "Hai nơi cùng lúc: không đâu ghi nơi ký.",
            "Two places at once: nothing says where somebody signs.",
        ),
        Sentence(
            "Ký khi nghỉ phép: sổ cái không ghi ai nghỉ từ ngày nào đến ngày nào; phiếu xin lỗi có "
            "thể nêu lý do cán bộ vắng mặt, nhưng không nêu ai và bao lâu.",
            "Signing on leave: no act says who is away from when to when; an apology may give an "
            "officer's absence as its reason, but neither whose nor how long.",
        ),
        Sentence(
            "Ký sau khi thu hồi: sổ cái từ chối ngay.",
            "Signing after revocation: the ledger refuses it at once.",
        ),
    ),
    unit=Sentence(
        "một người ký duyệt (trong toàn bộ thời gian, hoặc trong một quý so với người khác), hoặc "
        "một người có việc ngoài giờ trong một tháng",
        "one approver (of all time, or of a quarter against others), or one person with acts out "
        "of hours in one month",
    ),
    least_n=None,
    examine=_examine_signing,
)
