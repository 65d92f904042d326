"""R10 among peers: dossiers done in a moment, and bursts of acceptance and issue in one sitting.

A duration is from acceptance to issue, waits included. How unlikely it is, is read off the peers'
own spread: on the logarithmic scale the quartiles of a normal distribution lie 1.349 deviations
apart, and what lies so far below the median that chance gives less than one in a thousand stands.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import erfc, log, sqrt
from typing import Final

from domain.errors import Sentence
from domain.outliers.quantiles import (
    FIRST_QUARTILE,
    MEDIAN,
    THIRD_QUARTILE,
    log_fences,
    quantile,
)
from projections.findings.cases import case, explained, own
from projections.findings.peers.grouping import (
    DAY_ONLY,
    NO_OFFICE,
    TOO_FEW,
    VEILED,
    by_group,
    open_alone,
)
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

QUARTILES_APART: Final = 1.349
PERCENT: Final = 100

_SAME_DAY: Final = case(
    "same_day",
    "Thủ tục giải quyết ngay trong ngày hoặc tại quầy.",
    "The procedure is decided at the counter, or within a working day or some hours.",
)
_BATCH: Final = case(
    "batch_delivery",
    "Nhiều kết quả được trả cùng lúc nhưng đã tiếp nhận từ trước.",
    "Many are finished together, but were accepted long before.",
)
_ALL_QUICK: Final = case(
    "quick_for_all",
    "Nhóm thường giải quyết dưới một ngày.",
    "The peers usually take less than a day.",
)
_NO_SPREAD: Final = case(
    "no_spread",
    "Quá nửa nhóm có cùng thời gian nên không đo được độ phân tán.",
    "The middle half of the peers took equally long, so that there is no spread to judge by.",
)


@dataclass(frozen=True, slots=True)
class _Spread:
    """How long the peers took, in seconds: the median and the quartiles."""

    n: int
    first: int
    median: int
    third: int

    def p_value(self, seconds: int) -> float:
        """Give how likely chance alone gives so short a time; a second is added to each."""
        deviation = (log(self.third + 1) - log(self.first + 1)) / QUARTILES_APART
        below = (log(self.median + 1) - log(seconds + 1)) / deviation
        return erfc(below / sqrt(2)) / 2


def _examine_speed(population: Population, numbers: Numbers) -> Examination:
    """R10: issued in under a twentieth of the peers' median, or many in one sitting."""
    found = Examination()
    finished = [each for each in open_alone(population, found) if each.is_issued]
    for group, dossiers in by_group(finished, found):
        timed = list(_timed(dossiers, found))
        if len(timed) - 1 < numbers.least_dossiers:
            found.silent[TOO_FEW.name] += len(timed)
            continue
        spread = _spread(timed)
        _measure(timed, found)
        found.trials += _quick(timed, group, spread, numbers, found)
        found.trials += _bursts(timed, group, spread, numbers, found)
    return found


def _timed(dossiers: Sequence[Observed], found: Examination) -> Iterator[Observed]:
    """Give the dossiers whose time is known to the second and means something."""
    for each in dossiers:
        if each.same_day:
            found.silent[_SAME_DAY.name] += 1
        elif not each.is_timed:
            found.silent[DAY_ONLY.name] += 1
        elif each.gross_seconds is not None:
            yield each


def _spread(timed: Sequence[Observed]) -> _Spread:
    rising = sorted(each.gross_seconds or 0 for each in timed)
    places = (FIRST_QUARTILE, MEDIAN, THIRD_QUARTILE)
    return _Spread(len(rising), *(quantile(rising, place) for place in places))


def _measure(timed: Sequence[Observed], found: Examination) -> None:
    """Count what lies outside of Tukey's fences, which no rule uses: durations have heavy tails."""
    rising = sorted(1 + (each.gross_seconds or 0) for each in timed)
    fences = log_fences(rising)
    outside = sum(fences.is_low(value) or fences.is_high(value) for value in rising)
    before = found.measured.get("outside_log_fences", (0, 0))
    found.measured["outside_log_fences"] = before[0] + outside, before[1] + len(rising)


def _quick(
    timed: Sequence[Observed],
    group: PeerGroup,
    spread: _Spread,
    numbers: Numbers,
    found: Examination,
) -> Iterator[Trial]:
    if spread.first == spread.third:
        found.silent[_NO_SPREAD.name] += len(timed)
        return
    for each in timed:
        seconds = each.gross_seconds or 0
        p_value = spread.p_value(seconds)
        is_short = PERCENT * seconds < numbers.fast_percent * spread.median
        is_hit = is_short and p_value < numbers.fast_p
        yield Trial(_short(each, group, spread, numbers) if is_hit else None, p_value)


def _short(each: Observed, group: PeerGroup, spread: _Spread, numbers: Numbers) -> Finding:
    seconds = each.gross_seconds or 0
    reason = Sentence(
        f"Từ tiếp nhận đến khi có kết quả chỉ {seconds} giây, trong khi trung vị của nhóm là "
        f"{spread.median} giây.",
        f"Only {seconds} seconds from acceptance to issue, where the median of the peers is "
        f"{spread.median} seconds.",
    )
    peers = Peers(
        group=group.said,
        n=spread.n,
        threshold=f"{numbers.fast_percent * spread.median // PERCENT}",
        base_rate=f"{spread.median}",
        observed=f"{seconds}",
    )
    return R10_SPEED.finding(each.stream, each.office, reason, each.evidence(), peers=peers)


def _bursts(
    timed: Sequence[Observed],
    group: PeerGroup,
    spread: _Spread,
    numbers: Numbers,
    found: Examination,
) -> Iterator[Trial]:
    by_office: defaultdict[str, list[Observed]] = defaultdict(list)
    for each in timed:
        by_office[each.office].append(each)
    if spread.median < numbers.slow_median_seconds:
        found.silent[_ALL_QUICK.name] += len(by_office)
        return
    for office, dossiers in sorted(by_office.items()):
        for burst in bursts_of(dossiers, numbers):
            yield Trial(_burst(office, burst, group, spread, numbers))


def bursts_of(dossiers: Sequence[Observed], numbers: Numbers) -> Iterator[list[Observed]]:
    """Give the stretches of one sitting in which enough dossiers were both accepted and issued."""
    session = timedelta(seconds=numbers.session_seconds)
    whole = sorted(
        (each.accepted_at, each.ended_at, each.stream, each)
        for each in dossiers
        if each.accepted_at is not None
        and each.ended_at is not None
        and each.ended_at - each.accepted_at <= session
    )
    place = 0
    while place < len(whole):
        end = whole[place][0] + session
        last = bisect_right(whole, end, key=lambda timed: timed[0])
        done = [at for at in range(place, last) if whole[at][1] <= end]
        if len(done) >= numbers.burst_dossiers:
            yield [whole[at][3] for at in done]
            place = done[-1] + 1
        else:
            place += 1


def _burst(
    office: str,
    burst: Sequence[Observed],
    group: PeerGroup,
    spread: _Spread,
    numbers: Numbers,
) -> Finding:
    minutes = numbers.session_seconds // 60
    reason = Sentence(
        f"{len(burst)} hồ sơ vừa được tiếp nhận vừa có kết quả trong một lượt không quá "
        f"{minutes} phút.",
        f"{len(burst)} dossiers were both accepted and issued in one sitting of at most "
        f"{minutes} minutes.",
    )
    peers = Peers(
        group=group.said,
        n=spread.n,
        threshold=f"{numbers.burst_dossiers}",
        base_rate=f"{spread.median}",
        observed=f"{len(burst)}",
    )
    evidence = sorted(entry for each in burst for entry in each.evidence())
    return R10_SPEED.finding(
        f"office:{office}", office, reason, evidence[:MOST_EVIDENCE], peers=peers
    )


R10_SPEED: Final = PeerRule(
    id="R10",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Nhận hồ sơ ngoài hệ thống (tốc độ)", "Off-system intake (speed)"),
    looks_for=Sentence(
        "Từ tiếp nhận đến khi có kết quả ngắn hơn 5 % trung vị của nhóm, hoặc từ năm hồ sơ vừa "
        "tiếp nhận vừa có kết quả trong một lượt.",
        "From acceptance to issue in less than 5 % of the peers' median, or five or more dossiers "
        "both accepted and issued in one sitting.",
    ),
    why=Sentence(
        "Có thể hồ sơ đã được giải quyết ngoài hệ thống rồi mới nhập vào.",
        "The work may have been done outside the system, and entered afterwards.",
    ),
    explanations=(
        explained("Thủ tục giải quyết ngay trong ngày.", "Same-day procedures.", _SAME_DAY.name),
        explained("Trả kết quả hàng loạt.", "Batch delivery.", _BATCH.name),
        explained("Cả nhóm đều nhanh.", "All peers are quick.", _ALL_QUICK.name),
    ),
    exclusions=(_SAME_DAY, _BATCH, _ALL_QUICK),
    abstentions=(TOO_FEW, NO_OFFICE, DAY_ONLY, _NO_SPREAD, VEILED),
    thresholds=(
        own(
            "Dưới 5 % trung vị và p < 0,001 theo độ phân tán của nhóm trên thang logarit; sau hiệu "
            "chỉnh Benjamini–Hochberg 5 % cho mỗi lần chạy.",
            "Below 5 % of the median, and p < 0.001 by the peers' spread on the logarithmic scale, "
            "standing after Benjamini–Hochberg at 5 % per run.",
        ),
        own(
            "Năm hồ sơ trong 30 phút, khi trung vị của nhóm từ một ngày trở lên.",
            "Five dossiers in 30 minutes, where the peers' median is a day or more.",
            "this ledger",
        ),
    ),
    unit=Sentence("một hồ sơ đã có kết quả", "one dossier with a result"),
    least_n=30,
    examine=_examine_speed,
)
