"""R11 among peers: a spike of completions in the last two days of a month.

Days are those on which the peers finished anything at all in that month, so that weekends and
holidays need no calendar. The office's share of the last two is held against two days' share of
them, and against the share that its peers have, whichever is larger.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.outliers.binomial import binomial_tails
from domain.outliers.deviations import is_spike, z_hundredths
from projections.findings.cases import case, explained, own
from projections.findings.peers.grouping import NO_OFFICE, VEILED, group_of, open_alone
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerGroup,
    PeerRule,
    Population,
    Trial,
)
from projections.findings.shapes import Finding, Peers, Severity

_TOO_FEW: Final = case(
    "too_few",
    "Dưới 30 hồ sơ kết thúc trong tháng.",
    "Fewer than 30 dossiers were finished in the month.",
)
_FEW_DAYS: Final = case(
    "few_days",
    "Nhóm kết thúc hồ sơ trong chưa tới mười ngày của tháng.",
    "The peers finished dossiers on fewer than ten days of the month.",
)
_NOT_OVER: Final = case("not_over", "Tháng chưa kết thúc.", "The month is not over.")
_PEERS_TOO: Final = case(
    "peers_too",
    "Các cơ quan cùng nhóm cũng dồn vào cuối tháng như vậy.",
    "The peers finish as large a share on the last days of that month.",
)


@dataclass(frozen=True, slots=True)
class _Month:
    """One peer group's completions in a month: by office, each dossier by its day."""

    group: PeerGroup
    month: str
    by_office: Mapping[str, list[Observed]]

    @property
    def days(self) -> list[date]:
        """Give the days on which anybody finished anything, in order."""
        found = {each.ended_on for dossiers in self.by_office.values() for each in dossiers}
        return sorted(day for day in found if day is not None)


@dataclass(frozen=True, slots=True)
class _Share:
    """What an office finished in the month and on its last days, and what was to be expected."""

    finished: int
    late: int
    expected: Fraction
    peers: int


def _examine_spikes(population: Population, numbers: Numbers) -> Examination:
    """R11: far more completions on the last days of a month than on others."""
    found = Examination()
    for month in _months(population, found):
        days = month.days
        if len(days) < numbers.least_active_days:
            found.silent[_FEW_DAYS.name] += len(month.by_office)
            continue
        last = frozenset(days[-numbers.last_days :])
        for office, dossiers in sorted(month.by_office.items()):
            if len(dossiers) < numbers.least_dossiers:
                found.silent[_TOO_FEW.name] += 1
                continue
            found.trials.append(_trial(month, office, (last, len(days)), numbers, found))
    return found


def _months(population: Population, found: Examination) -> Iterator[_Month]:
    cells: defaultdict[tuple[PeerGroup, str], defaultdict[str, list[Observed]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in open_alone(population, found):
        if not each.is_issued or each.ended_on is None:
            continue
        group, month = group_of(each, each.ended_on), each.ended_on.isoformat()[:7]
        if group is None:
            found.silent[NO_OFFICE.name] += 1
        elif month >= population.as_of.day_in(each.zone).isoformat()[:7]:
            found.silent[_NOT_OVER.name] += 1
        else:
            cells[group, month][each.office].append(each)
    for (group, month), by_office in sorted(cells.items(), key=lambda cell: cell[0]):
        yield _Month(group, month, by_office)


def _trial(
    month: _Month,
    office: str,
    days: tuple[frozenset[date], int],
    numbers: Numbers,
    found: Examination,
) -> Trial:
    last, count = days
    even = Fraction(len(last), count)
    share = _share(month, office, last, even, numbers)
    p_value = binomial_tails(share.late, share.finished, share.expected).upper
    if is_spike(share.late, share.finished, share.expected, numbers.spike_deviations):
        return Trial(_finding(month, office, last, share, numbers), p_value)
    if is_spike(share.late, share.finished, even, numbers.spike_deviations):
        found.silent[_PEERS_TOO.name] += 1
    return Trial(p_value=p_value)


def _share(
    month: _Month, office: str, last: frozenset[date], even: Fraction, numbers: Numbers
) -> _Share:
    late: Counter[str] = Counter()
    finished: Counter[str] = Counter()
    for each, dossiers in month.by_office.items():
        finished[each] = len(dossiers)
        late[each] = sum(dossier.ended_on in last for dossier in dossiers)
    others = finished.total() - finished[office]
    of_others = Fraction(late.total() - late[office], others) if others else Fraction(0)
    expected = max(even, of_others) if others >= numbers.least_dossiers else even
    return _Share(finished[office], late[office], expected, finished.total())


def _finding(
    month: _Month, office: str, last: frozenset[date], share: _Share, numbers: Numbers
) -> Finding:
    z = z_hundredths(share.late, share.finished, share.expected) or 0
    of_days = ", ".join(day.isoformat() for day in sorted(last))
    reason = Sentence(
        f"{share.late} trên {share.finished} hồ sơ của tháng {month.month} kết thúc vào các ngày "
        f"{of_days}.",
        f"{share.late} of the {share.finished} dossiers of {month.month} were finished on "
        f"{of_days}.",
    )
    evidence = sorted(
        each.ended_entry
        for each in month.by_office[office]
        if each.ended_on in last and each.ended_entry is not None
    )
    peers = Peers(
        group=month.group.said,
        n=share.peers,
        threshold=f"z > {numbers.spike_deviations}",
        base_rate=f"{share.expected.numerator}/{share.expected.denominator}",
        observed=f"{share.late}/{share.finished}, z = {z / 100:.2f}",
    )
    return R11_SPIKE.finding(
        f"office:{office}", office, reason, evidence[:MOST_EVIDENCE], peers=peers
    )


R11_SPIKE: Final = PeerRule(
    id="R11",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Kết thúc ảo (dồn cuối kỳ)", "Virtual completion (spike at the period's end)"),
    looks_for=Sentence(
        "Số hồ sơ kết thúc trong hai ngày làm việc cuối tháng vượt xa mức bình thường (z > 4).",
        "Far more dossiers are finished on the last two working days of a month than on others "
        "(z > 4).",
    ),
    why=Sentence(
        "Có thể hồ sơ được ghi là xong để đẹp số liệu của kỳ.",
        "Dossiers may be written down as finished so that the period's figures look well.",
    ),
    explanations=(
        explained(
            "Giải quyết tồn đọng cuối năm: khi đó các cơ quan khác cũng vậy.",
            "Year-end work on the backlog: then the peers do the same.",
            _PEERS_TOO.name,
        ),
        explained(
            "Một cơ quan trả dứt điểm hồ sơ tồn đọng của riêng mình.",
            "One office finishes a backlog of its own.",
        ),
    ),
    exclusions=(_PEERS_TOO,),
    abstentions=(_TOO_FEW, NO_OFFICE, _FEW_DAYS, _NOT_OVER, VEILED),
    thresholds=(
        own(
            "z > 4 so với phần của hai ngày trong số ngày có hồ sơ kết thúc, hoặc so với phần của "
            "các cơ quan cùng nhóm nếu lớn hơn.",
            "z > 4 against two days' share of the days on which dossiers were finished, or against "
            "the peers' share where that is larger.",
        ),
    ),
    unit=Sentence("một cơ quan trong một tháng", "one office in one month"),
    least_n=30,
    examine=_examine_spikes,
)
