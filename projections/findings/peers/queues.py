"""R12: one officer's proxies go before those who came earlier.

Compared are dossiers of one officer, one office, one procedure and one limit, so that an express
track is never held against the ordinary one. Overtaken is a dossier accepted a day or more before
that was still open when the later one was done; what waited for its applicant is not counted.
"""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.outliers.quantiles import quantile
from domain.procedures import Limit
from domain.roles import Role
from projections.findings.cases import PERSONNEL_NUMBERS, case, explained, own
from projections.findings.peers.brokers import (
    NUMBER_OF_PROXY,
    PROXIES,
    Broker,
    proxies_of,
    told_by,
)
from projections.findings.peers.grouping import DAY_ONLY, NO_OFFICE, TOO_FEW, by_group
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerGroup,
    PeerRule,
    Population,
    Trial,
    stream_of_person,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
_ROLES: Final = frozenset[Role | None]({Role.PROCESSOR, None})
_EXPRESS: Final = case(
    "express",
    "Hồ sơ có thời hạn ngắn hơn (luồng ưu tiên) chỉ so với hồ sơ cùng thời hạn.",
    "A dossier on a shorter limit (an express track) is held against its like alone.",
)
NO_PROXY: Final = case(
    "no_proxy",
    "Hồ sơ không có người được ủy quyền.",
    "The dossier has no proxy.",
)
_WAITED: Final = case(
    "the_other_waited",
    "Hồ sơ nộp trước đang chờ người nộp, hoặc đồng hồ của nó đã dừng.",
    "The earlier dossier waited for its applicant, or its clock was stopped.",
)


@dataclass(frozen=True, slots=True)
class Overtaking:
    """How many earlier dossiers one overtook, and how many it could have."""

    dossier: Observed
    overtaken: int
    possible: int


def _examine_queues(population: Population, numbers: Numbers) -> Examination:
    """R12: dossiers of one officer's same proxy that jumped the queue three times or more."""
    found = Examination()
    jumps: defaultdict[tuple[PeerGroup, str, Broker], list[Overtaking]] = defaultdict(list)
    sizes: Counter[PeerGroup] = Counter()
    for group, dossiers in by_group(population.observed, found):
        sizes[group] = len(dossiers)
        for officer, one in _jumps(dossiers, numbers, found):
            proxies = proxies_of(population, one.dossier)
            found.silent[NO_PROXY.name] += not proxies
            for proxy in proxies:
                jumps[group, officer, proxy].append(one)
    for (group, officer, proxy), made in sorted(jumps.items(), key=lambda pair: pair[0]):
        is_hit = len(made) >= numbers.jumps_of_a_pair
        hit = _finding((officer, proxy), (group, sizes[group]), numbers, made) if is_hit else None
        found.trials.append(Trial(hit))
    return found


def _jumps(
    dossiers: Sequence[Observed], numbers: Numbers, found: Examination
) -> Iterator[tuple[str, Overtaking]]:
    """Give the dossiers of one peer group that overtook many and were among the fastest."""
    timed = [each for each in dossiers if each.is_timed and each.is_issued]
    found.silent[DAY_ONLY.name] += sum(each.is_issued and not each.is_timed for each in dossiers)
    if len(timed) - 1 < numbers.least_dossiers:
        found.silent[TOO_FEW.name] += len(timed)
        return
    rising = sorted(map(_seconds, timed))
    fast = quantile(rising, Fraction(numbers.fast_percent, 100))
    for officer, queue in _queues(dossiers):
        for one in overtakings(queue, numbers):
            _measure(one, numbers, found)
            if one.overtaken >= numbers.least_overtaken and _seconds(one.dossier) <= fast:
                yield officer, one


def _seconds(dossier: Observed) -> int:
    """Rank by the net time; an end before the acceptance took none, and comes before all others."""
    return -1 if dossier.net_seconds is None else dossier.net_seconds


def _measure(one: Overtaking, numbers: Numbers, found: Examination) -> None:
    for name, part, whole in (
        ("overtaken_of_possible", one.overtaken, one.possible),
        ("dossiers_that_overtook_any", one.overtaken > 0, 1),
        ("dossiers_that_overtook_many", one.overtaken >= numbers.least_overtaken, 1),
    ):
        before = found.measured.get(name, (0, 0))
        found.measured[name] = before[0] + part, before[1] + whole


def _queues(dossiers: Sequence[Observed]) -> list[tuple[str, list[Observed]]]:
    queues: defaultdict[tuple[str, str, Limit | None], list[Observed]] = defaultdict(list)
    for each in dossiers:
        for doer in each.doers(_ROLES):
            queues[doer.person, each.office, each.limit].append(each)
    ordered = sorted(queues.items(), key=lambda pair: (pair[0][0], pair[0][1], str(pair[0][2])))
    return [(officer, queue) for (officer, _, _), queue in ordered]


def overtakings(dossiers: Sequence[Observed], numbers: Numbers) -> Iterator[Overtaking]:
    """Count for each dossier with a result, by acceptance, how many earlier ones it left behind.

    Earlier ones were accepted at least the lead before it, and never rested.
    """
    accepted = sorted(
        (each.accepted_at, each.stream, each) for each in dossiers if each.accepted_at is not None
    )
    waiting = [(at, each) for at, _, each in accepted if _may_be_overtaken(each)]
    lead, place = timedelta(seconds=numbers.lead_seconds), 0
    ends: list[datetime] = []
    for at, _, each in accepted:
        if each.ended_at is None or not each.is_issued:
            continue
        while place < len(waiting) and waiting[place][0] <= at - lead:
            insort(ends, waiting[place][1].ended_at or _NEVER)
            place += 1
        overtaken = len(ends) - bisect_right(ends, max(each.ended_at, at))
        yield Overtaking(each, overtaken, len(ends) - bisect_right(ends, at))


def _may_be_overtaken(each: Observed) -> bool:
    has_timed_end = each.ended_on is None or each.ended_at is not None
    return has_timed_end and not each.has_rested


def _finding(
    pair: tuple[str, Broker],
    peers: tuple[PeerGroup, int],
    numbers: Numbers,
    made: Sequence[Overtaking],
) -> Finding:
    (group, size), (officer, proxy) = peers, pair
    overtaken, possible = (
        sum(one.overtaken for one in made),
        sum(one.possible for one in made),
    )
    source = told_by(proxy)
    reason = Sentence(
        f"{len(made)} hồ sơ của cùng một cán bộ và cùng một người được ủy quyền vượt trước "
        f"{overtaken} trên {possible} lượt có thể vượt. {source.vi}",
        f"{len(made)} dossiers of one officer and one proxy overtook {overtaken} of the "
        f"{possible} that they could overtake. {source.en}",
    )
    evidence = sorted(entry for one in made for entry in one.dossier.evidence())
    return R12.finding(
        stream_of_person(officer),
        made[0].dossier.office,
        reason,
        evidence[:MOST_EVIDENCE],
        peers=Peers(
            group=group.said,
            n=size,
            threshold=f"{numbers.jumps_of_a_pair}",
            base_rate=f"{overtaken}/{possible}",
            observed=f"{len(made)}",
        ),
    )


R12: Final = PeerRule(
    id="R12",
    version=2,
    severity=Severity.MEDIUM,
    name=Sentence("Vượt hàng", "Queue jumping"),
    looks_for=Sentence(
        "Ít nhất ba lần, hồ sơ của cùng một người được ủy quyền do cùng một cán bộ giải quyết xong "
        "trước từ mười hồ sơ tiếp nhận sớm hơn một ngày trở lên, và thuộc 5 % nhanh nhất.",
        "Three times or more, a dossier of one proxy is finished by one officer before ten or more "
        "that were accepted a day or more earlier, and is among the fastest 5 %.",
    ),
    why=Sentence(
        "Có thể người được ủy quyền trả tiền để được giải quyết trước.",
        "The proxy may pay for being served first.",
    ),
    explanations=(
        explained(
            "Hồ sơ ưu tiên hoặc khẩn cấp có thời hạn ngắn hơn.",
            "An express track with a shorter limit.",
            _EXPRESS.name,
        ),
        explained(
            "Hồ sơ nộp trước phải chờ bổ sung.",
            "The earlier dossiers waited for papers.",
            _WAITED.name,
        ),
        explained("Hồ sơ dễ hơn.", "An easier case."),
        explained(
            "Nhóm được ưu tiên: người cao tuổi, người khuyết tật, nhà đầu tư.",
            "Groups that go first: the elderly, the disabled, investors.",
        ),
    ),
    exclusions=(_EXPRESS, _WAITED),
    abstentions=(TOO_FEW, NO_OFFICE, DAY_ONLY, NO_PROXY),
    thresholds=(
        own(
            "Vượt ít nhất mười hồ sơ, cách ít nhất 24 giờ, thuộc 5 % nhanh nhất của nhóm, ba lần "
            "với cùng một cán bộ và người được ủy quyền.",
            "At least ten overtaken, with a lead of 24 hours, among the fastest 5 % of the peers, "
            "three times for one officer and proxy.",
            "domain.md 7.2; anchors.md 3b, K5",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS, PROXIES),
    not_looked_for=(NUMBER_OF_PROXY,),
    unit=Sentence(
        "một cán bộ và một người được ủy quyền có hồ sơ vượt hàng",
        "one officer and one proxy with a dossier that jumped the queue",
    ),
    least_n=30,
    examine=_examine_queues,
)
